"""Fragmented MP4, as HLS needs it: where a video is cut, and the index of each fragment.

A segment begins with a key frame, the same one in every rung of a video. It contains one fragment
for each second, so that the frames and their sound are close to each other.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from struct import pack
from typing import Final

from media.video.mp4_boxes import Box, full_box, pack_table
from media.video.mp4_tracks import Track

SEGMENT: Final = 6  # seconds; also between the key frames that the encoder is asked for
TYPE: Final = Box(b"ftyp", b"iso6\0\0\0\0iso6mp41")
_DELTA, _KEY = 0x01010000, 0x02000000  # sample flags: depends on others, key frame


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive samples of a track."""

    track: Track
    first: int
    end: int

    @property
    def size(self) -> int:
        return sum(self.track.sizes[self.first : self.end])

    def extents(self) -> Iterator[tuple[int, int]]:
        """The byte ranges of the samples in the source, adjacent ones merged."""
        offsets, sizes = self.track.offsets, self.track.sizes
        begin = at = offsets[self.first]
        for sample in range(self.first, self.end):
            if offsets[sample] != at:
                yield begin, at
                begin = at = offsets[sample]
            at += sizes[sample]
        yield begin, at


@dataclass(slots=True)
class Fragment:
    """About a second of a video: its header, and the samples that follow it."""

    header: bytes  # `moof`, and the header of the `mdat`
    runs: list[Run]
    begins_segment: bool
    starts: float  # seconds

    @property
    def size(self) -> int:
        return len(self.header) + sum(run.size for run in self.runs)


def fragments_of(tracks: Sequence[Track]) -> list[Fragment]:
    """The fragments of a whole video; the first track is the video track."""
    cuts = list(_cuts(tracks[0]))
    timescale = tracks[0].timescale
    bounds = [_bounds(track, cuts, timescale) for track in tracks]
    fragments = []
    for number, (_, shown, begins_segment) in enumerate(cuts):
        parts = [
            Run(track, each[number], each[number + 1])
            for track, each in zip(tracks, bounds, strict=True)
        ]
        runs = [run for run in parts if run.end > run.first]
        header = _moof(number + 1, runs)
        fragments.append(Fragment(header, runs, begins_segment, shown / timescale))
    return fragments


def segments_of(fragments: Sequence[Fragment], ends: float) -> list[tuple[float, int]]:
    """The seconds and bytes of each segment of a video that ends after `ends` seconds."""
    first = [at for at, fragment in enumerate(fragments) if fragment.begins_segment]
    starts = [*(fragments[at].starts for at in first), ends]
    sizes = [
        sum(fragment.size for fragment in fragments[begin:end])
        for begin, end in pairwise([*first, len(fragments)])
    ]
    durations = [round(after - before, 3) for before, after in pairwise(starts)]
    return list(zip(durations, sizes, strict=True))


def header_of(moov: Box, tracks: Sequence[Track]) -> bytes:
    """The HLS initialization header: the tracks without samples."""
    extends = [full_box(b"trex", pack(">5I", track.id, 1, 0, 0, 0)) for track in tracks]
    children = [
        _without_duration(moov.get("mvhd")),
        *map(_without_samples, tracks),
        Box(b"mvex", children=extends),
    ]
    return TYPE.encode() + Box(b"moov", children=children).encode()


def _cuts(video: Track) -> Iterator[tuple[int, int, bool]]:
    """The frames that begin a fragment: sample number, presentation time, and whether the frame
    also begins a segment."""
    yield 0, 0, True
    last, step = 0, SEGMENT * video.timescale
    due = step
    for sample in range(1, len(video.sizes)):
        shown = video.shown_at(sample)
        if video.is_key[sample] and shown >= due:
            # The encoder made the first frame of every six seconds a key frame.
            due = (shown // step + 1) * step
            yield sample, shown, True
        elif video.starts[sample] - video.starts[last] >= video.timescale:
            yield sample, video.starts[sample] + video.delay, False
        else:
            continue
        last = sample


def _bounds(track: Track, cuts: Sequence[tuple[int, int, bool]], timescale: int) -> list[int]:
    """The first sample of the track in each fragment, and, last, the number of samples. A
    fragment's sound lasts from its first frame to that of the next fragment."""
    if track.is_video:
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
    """The index of one track's samples in a fragment: the bytes before and after the data offset,
    which is only known when all indexes are encoded."""
    track, samples = run.track, slice(run.first, run.end)
    durations, sizes = track.durations[samples], track.sizes[samples]
    keys, shifts = track.is_key[samples], track.shifts[samples]
    head_flags, common, flags, first, columns = 0x020020, b"", 0x201, b"", [sizes.tolist()]
    if len(set(durations)) == 1:
        head_flags |= 0x8
        common = pack(">I", durations[0])
    else:
        flags |= 0x100
        columns.insert(0, durations.tolist())
    if len(set(keys[1:])) > 1:
        flags |= 0x400
        columns.append([_KEY if key else _DELTA for key in keys])
    else:
        flags |= 0x4
        first = pack(">I", _KEY if keys[0] else _DELTA)
    if any(shifts):
        flags |= 0x800
        columns.append([shift & 0xFFFFFFFF for shift in shifts])  # signed
    common += pack(">I", _KEY if keys[-1] else _DELTA)
    table = [0] * (len(columns) * len(sizes))
    for at, column in enumerate(columns):
        table[at :: len(columns)] = column
    after = first + pack_table(table)
    begin = pack(">Q", track.starts[run.first] + track.delay)
    before = b"".join(
        (
            full_box(b"tfhd", pack(">I", track.id), common, flags=head_flags).encode(),
            full_box(b"tfdt", begin, version=1).encode(),
            pack(">I4sII", 20 + len(after), b"trun", 1 << 24 | flags, len(sizes)),
        )
    )
    return pack(">I4s", 8 + len(before) + 4 + len(after), b"traf") + before, after


def _without_samples(track: Track) -> Box:
    media = track.box.get("mdia")
    empty_tables = [full_box(name, bytes(4)) for name in (b"stts", b"stsc", b"stco")]
    empty_tables.append(full_box(b"stsz", bytes(8)))
    table = Box(b"stbl", children=[media.get("minf/stbl/stsd"), *empty_tables])
    others = [box for box in media.get("minf").children if box.name != b"stbl"]
    boxes = [
        _without_duration(media.get("mdhd")),
        media.get("hdlr"),
        Box(b"minf", children=[*others, table]),
    ]
    edits = []
    if track.skipped:  # samples that are decoded only, or frames out of order
        edit = full_box(b"elst", pack(">IIiI", 1, 0, track.skipped, 1 << 16))
        edits = [Box(b"edts", children=[edit])]
    return Box(
        b"trak",
        children=[_without_duration(track.box.get("tkhd")), *edits, Box(b"mdia", children=boxes)],
    )


def _without_duration(header: Box) -> Box:
    """An `mvhd`, `mdhd` or `tkhd` without a duration, which the fragments give."""
    at, size = (24, 8) if header.data[0] else (16, 4)
    if header.name == b"tkhd":
        at += 4
    return Box(header.name, header.data[:at] + bytes(size) + header.data[at + size :])
