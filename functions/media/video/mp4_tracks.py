"""The samples of an MP4's tracks (video frames, audio frames): offsets, sizes and times."""

from array import array
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from struct import unpack_from

from media.video.mp4_boxes import Box, unpack_table


@dataclass(frozen=True, slots=True)
class Track:
    """One track. Times are in units of 1/`timescale` s, from the beginning of the video."""

    box: Box
    id: int
    timescale: int
    durations: "array[int]"
    sizes: "array[int]"  # bytes
    offsets: list[int]  # of the samples in the file
    shifts: "array[int]"  # from the decoding time of a sample to its presentation time
    is_key: bytearray
    starts: list[int]  # decoding time of each sample, and, last, the end
    skipped: int  # time at the beginning that an edit list leaves out
    delay: int  # before the first sample, by the edit list

    @property
    def is_video(self) -> bool:
        return self.box.get("mdia/hdlr").data[8:12] == b"vide"

    def shown_at(self, sample: int) -> int:
        return self.starts[sample] + self.shifts[sample] - self.skipped + self.delay

    @property
    def ends_at(self) -> float:
        """Seconds."""
        ends = (self.shown_at(at) + duration for at, duration in enumerate(self.durations))
        return max(ends) / self.timescale

    @property
    def rate(self) -> float:
        """Samples a second, by the most common duration."""
        [(duration, _)] = Counter(self.durations).most_common(1)
        return self.timescale / max(1, duration)

    @property
    def codec(self) -> str:
        """In the notation of RFC 6381."""
        if not self.is_video:
            return "mp4a.40.2"  # AAC-LC, the profile of ffmpeg's encoder
        entry = self.box.get("mdia/minf/stbl/stsd").data
        profile = entry.index(b"avcC") + 5
        return f"avc1.{entry[profile : profile + 3].hex()}"


def tracks_of(moov: Box) -> list[Track]:
    """The tracks, video first."""
    timescale = _timescale(moov.get("mvhd"))
    tracks = [_track(box, timescale) for box in moov.children if box.name == b"trak"]
    return sorted(tracks, key=lambda track: not track.is_video)


def _track(box: Box, movie_timescale: int) -> Track:
    table = box.get("mdia/minf/stbl")
    durations = _runs(table.get("stts"), "I")
    count = len(durations)
    shifts = table.find("ctts")
    timescale = _timescale(box.get("mdia/mdhd"))
    skipped, delay = _edit(box.find("edts/elst"))
    sizes = _sizes(table.get("stsz"))
    header = box.get("tkhd").data
    return Track(
        box=box,
        id=unpack_from(">I", header, 20 if header[0] else 12)[0],
        timescale=timescale,
        durations=durations,
        sizes=sizes,
        offsets=_offsets(table, sizes),
        shifts=_runs(shifts, "i") if shifts else array("i", bytes(4 * count)),
        is_key=_keys(table.find("stss"), count),
        starts=list(accumulate(durations, initial=0)),
        skipped=skipped,
        delay=round(delay * timescale / movie_timescale),
    )


def _timescale(header: Box) -> int:
    """The units per second of an `mvhd` or `mdhd`."""
    (timescale,) = unpack_from(">I", header.data, 20 if header.data[0] else 12)
    return int(timescale)


def _runs(box: Box, code: str) -> "array[int]":
    """A run-length table of (count, value), expanded to one value per sample."""
    table, values = unpack_table(box.data[8:], code), array(code)
    for count, value in zip(table[::2], table[1::2], strict=True):
        values.extend([value] * count)
    return values


def _sizes(box: Box) -> "array[int]":
    same, count = unpack_from(">II", box.data, 4)
    return array("I", [same]) * count if same else unpack_table(box.data[12:])


def _keys(box: Box | None, count: int) -> bytearray:
    if box is None:
        return bytearray(b"\1") * count
    keys = bytearray(count)
    for number in unpack_table(box.data[8:]):
        keys[number - 1] = 1
    return keys


def _offsets(table: Box, sizes: "array[int]") -> list[int]:
    short, wide = table.find("stco"), table.find("co64")
    chunks = (
        unpack_table(short.data[8:]) if short else unpack_table((wide or Box(b"")).data[8:], "Q")
    )
    runs = unpack_table(table.get("stsc").data[8:])
    first, counts = [*runs[::3], len(chunks) + 1], runs[1::3]
    offsets: list[int] = []
    for run, count in enumerate(counts):
        for chunk in range(first[run], first[run + 1]):
            at = chunks[chunk - 1]
            for _ in range(count):
                offsets.append(at)
                at += sizes[len(offsets) - 1]
    return offsets


def _edit(box: Box | None) -> tuple[int, int]:
    """The time that an edit list skips (in the track's units) and its delay (in the movie's)."""
    delay = 0
    if box is None:
        return 0, 0
    layout, size = (">Qq", 20) if box.data[0] else (">Ii", 12)
    for at in range(8, len(box.data), size):
        duration, begin = unpack_from(layout, box.data, at)
        if begin >= 0:
            return begin, delay
        delay += duration
    return 0, delay
