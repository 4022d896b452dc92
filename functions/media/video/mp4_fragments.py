"""Films in fragments, as HLS has them: where a film is cut, and the index of each fragment.

A segment begins with a key frame, the same one in every size of a film. It holds a fragment for
each second, so that pictures and their sound are never far from each other.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from struct import pack
from typing import Final

from media.video.mp4_boxes import Box, full_box, packed
from media.video.mp4_tracks import Track

SEGMENT: Final = 4  # seconds, and between two key frames that are asked of the encoder
TYPE: Final = Box(b"ftyp", b"iso6\0\0\0\0iso6mp41")
_PLAIN, _KEY = 0x01010000, 0x02000000  # flags of a sample


@dataclass(frozen=True, slots=True)
class Run:
    """Some samples of a track, one behind the other."""

    track: Track
    first: int
    end: int

    @property
    def size(self) -> int:
        return sum(self.track.sizes[self.first : self.end])

    def extents(self) -> Iterator[tuple[int, int]]:
        """Where their bytes are in the source, in as few extents as they make."""
        places, sizes = self.track.places, self.track.sizes
        begin = at = places[self.first]
        for sample in range(self.first, self.end):
            if places[sample] != at:
                yield begin, at
                begin = at = places[sample]
            at += sizes[sample]
        yield begin, at


@dataclass(slots=True)
class Fragment:
    """About a second of a film: its header, and the samples that follow it."""

    header: bytes  # `moof`, and the head of the `mdat`
    runs: list[Run]
    begins_segment: bool
    starts: float  # seconds

    @property
    def size(self) -> int:
        return len(self.header) + sum(run.size for run in self.runs)


def fragments_of(tracks: Sequence[Track]) -> list[Fragment]:
    """A whole film; its pictures are the first track."""
    cuts = list(_cuts(tracks[0]))
    timescale = tracks[0].timescale
    bounds = [_bounds(track, cuts, timescale) for track in tracks]
    made = []
    for number, (_, shown, begins_segment) in enumerate(cuts):
        parts = [
            Run(track, each[number], each[number + 1])
            for track, each in zip(tracks, bounds, strict=True)
        ]
        runs = [run for run in parts if run.end > run.first]
        header = _moof(number + 1, runs)
        made.append(Fragment(header, runs, begins_segment, shown / timescale))
    return made


def segments_of(fragments: Sequence[Fragment], ends: float) -> list[tuple[float, int]]:
    """The seconds and bytes of each segment of a film that ends after `ends` seconds."""
    first = [at for at, fragment in enumerate(fragments) if fragment.begins_segment]
    starts = [*(fragments[at].starts for at in first), ends]
    sizes = [
        sum(fragment.size for fragment in fragments[begin:end])
        for begin, end in pairwise([*first, len(fragments)])
    ]
    lasts = [round(after - before, 3) for before, after in pairwise(starts)]
    return list(zip(lasts, sizes, strict=True))


def header_of(moov: Box, tracks: Sequence[Track]) -> bytes:
    """What comes before all fragments: the tracks, without a sample."""
    extends = [full_box(b"trex", pack(">5I", track.id, 1, 0, 0, 0)) for track in tracks]
    inside = [_endless(moov.get("mvhd")), *map(_empty, tracks), Box(b"mvex", inside=extends)]
    return TYPE.encode() + Box(b"moov", inside=inside).encode()


def _cuts(video: Track) -> Iterator[tuple[int, int, bool]]:
    """The pictures that begin a fragment: which, when it is shown, and whether a segment too."""
    yield 0, 0, True
    last, step = 0, SEGMENT * video.timescale
    due = step
    for sample in range(1, len(video.sizes)):
        shown = video.shown_at(sample)
        if video.is_key[sample] and shown >= due:
            # The encoder made key frames of the first pictures of every four seconds.
            due = (shown // step + 1) * step
            yield sample, shown, True
        elif video.starts[sample] - video.starts[last] >= video.timescale:
            yield sample, video.starts[sample] + video.delay, False
        else:
            continue
        last = sample


def _bounds(track: Track, cuts: Sequence[tuple[int, int, bool]], timescale: int) -> list[int]:
    """The first sample of the track in each fragment, and their number: a fragment's sound is what
    is heard from its first picture on to the next one's."""
    if track.is_picture:
        return [*(sample for sample, *_ in cuts), len(track.sizes)]
    offset = track.skipped - track.delay
    first = [
        bisect_left(
            track.starts, shown * track.timescale // timescale + offset, hi=len(track.sizes)
        )
        for _, shown, _ in cuts[1:]
    ]
    return [0, *first, len(track.sizes)]


def _moof(number: int, runs: Sequence[Run]) -> bytes:
    head = full_box(b"mfhd", pack(">I", number)).encode()
    trafs = [_traf(run) for run in runs]
    size = 8 + len(head) + sum(len(before) + 4 + len(after) for before, after in trafs)
    parts, at = [pack(">I4s", size, b"moof"), head], size + 8
    for run, (before, after) in zip(runs, trafs, strict=True):
        parts += [before, pack(">I", at), after]
        at += run.size
    return b"".join([*parts, pack(">I4s", at - size, b"mdat")])


def _traf(run: Run) -> tuple[bytes, bytes]:
    """The index of one track's samples in a fragment: what comes before the place of their bytes,
    which is only known when all are made, and what comes behind it."""
    track, some = run.track, slice(run.first, run.end)
    durations, sizes, keys = track.durations[some], track.sizes[some], track.is_key[some]
    shifts = track.shifts[some]
    head_flags, common, flags, first, columns = 0x020020, b"", 0x201, b"", [sizes.tolist()]
    if len(set(durations)) == 1:
        head_flags |= 0x8
        common = pack(">I", durations[0])
    else:
        flags |= 0x100
        columns.insert(0, durations.tolist())
    if len(set(keys[1:])) > 1:
        flags |= 0x400
        columns.append([_KEY if key else _PLAIN for key in keys])
    else:
        flags |= 0x4
        first = pack(">I", _KEY if keys[0] else _PLAIN)
    if any(shifts):
        flags |= 0x800
        columns.append([shift & 0xFFFFFFFF for shift in shifts])  # which have a sign
    common += pack(">I", _KEY if keys[-1] else _PLAIN)
    table = [0] * (len(columns) * len(sizes))
    for at, column in enumerate(columns):
        table[at :: len(columns)] = column
    after = first + packed(table)
    begins = pack(">Q", track.starts[run.first] + track.delay)
    before = b"".join(
        (
            full_box(b"tfhd", pack(">I", track.id), common, flags=head_flags).encode(),
            full_box(b"tfdt", begins, version=1).encode(),
            pack(">I4sII", 20 + len(after), b"trun", 1 << 24 | flags, len(sizes)),
        )
    )
    return pack(">I4s", 8 + len(before) + 4 + len(after), b"traf") + before, after


def _empty(track: Track) -> Box:
    media = track.box.get("mdia")
    nothing = [full_box(name, bytes(4)) for name in (b"stts", b"stsc", b"stco")]
    nothing.append(full_box(b"stsz", bytes(8)))
    table = Box(b"stbl", inside=[media.get("minf/stbl/stsd"), *nothing])
    about = [box for box in media.get("minf").inside if box.name != b"stbl"]
    boxes = [_endless(media.get("mdhd")), media.get("hdlr"), Box(b"minf", inside=[*about, table])]
    edits = []
    if track.skipped:  # what is there to be decoded, and is not heard; or pictures out of order
        edit = full_box(b"elst", pack(">IIiI", 1, 0, track.skipped, 1 << 16))
        edits = [Box(b"edts", inside=[edit])]
    return Box(
        b"trak", inside=[_endless(track.box.get("tkhd")), *edits, Box(b"mdia", inside=boxes)]
    )


def _endless(header: Box) -> Box:
    """An `mvhd`, `mdhd` or `tkhd` that leaves the length to the fragments."""
    at, size = (24, 8) if header.data[0] else (16, 4)
    if header.name == b"tkhd":
        at += 4
    return Box(header.name, header.data[:at] + bytes(size) + header.data[at + size :])
