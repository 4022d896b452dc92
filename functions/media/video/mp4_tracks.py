"""The samples of a track (its pictures, its pieces of sound): where they are, when, how large."""

from array import array
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from struct import unpack_from

from media.video.mp4_boxes import Box, numbers


@dataclass(frozen=True, slots=True)
class Track:
    """One track of a film. Times are in units of 1/`timescale` s, from the film's beginning."""

    box: Box
    id: int
    timescale: int
    durations: "array[int]"
    sizes: "array[int]"  # bytes
    places: list[int]  # of their bytes in the file
    shifts: "array[int]"  # from a sample's turn in decoding to when it is shown
    is_key: bytearray
    starts: list[int]  # when each is decoded, and at last the end
    skipped: int  # of the beginning, which an edit list leaves out
    delay: int  # before the first sample, by the edit list

    @property
    def is_picture(self) -> bool:
        return self.box.get("mdia/hdlr").data[8:12] == b"vide"

    def shown_at(self, sample: int) -> int:
        return self.starts[sample] + self.shifts[sample] - self.skipped + self.delay

    @property
    def ends_at(self) -> float:
        """Seconds."""
        ends = (self.shown_at(at) + lasts for at, lasts in enumerate(self.durations))
        return max(ends) / self.timescale

    @property
    def rate(self) -> float:
        """Samples a second, as nearly all of them come."""
        [(duration, _)] = Counter(self.durations).most_common(1)
        return self.timescale / max(1, duration)

    @property
    def codec(self) -> str:
        """As RFC 6381 writes it."""
        if not self.is_picture:
            return "mp4a.40.2"  # AAC-LC, which is what ffmpeg's encoder makes
        entry = self.box.get("mdia/minf/stbl/stsd").data
        profile = entry.index(b"avcC") + 5
        return f"avc1.{entry[profile : profile + 3].hex()}"


def tracks_of(moov: Box) -> list[Track]:
    """The tracks, the pictures' first."""
    timescale = _clock(moov.get("mvhd"))
    tracks = [_track(box, timescale) for box in moov.inside if box.name == b"trak"]
    return sorted(tracks, key=lambda track: not track.is_picture)


def _track(box: Box, film_timescale: int) -> Track:
    table = box.get("mdia/minf/stbl")
    durations = _runs(table.get("stts"), "I")
    count = len(durations)
    shifts = table.find("ctts")
    timescale = _clock(box.get("mdia/mdhd"))
    skipped, delay = _edit(box.find("edts/elst"))
    sizes = _sizes(table.get("stsz"))
    header = box.get("tkhd").data
    return Track(
        box=box,
        id=unpack_from(">I", header, 20 if header[0] else 12)[0],
        timescale=timescale,
        durations=durations,
        sizes=sizes,
        places=_places(table, sizes),
        shifts=_runs(shifts, "i") if shifts else array("i", bytes(4 * count)),
        is_key=_keys(table.find("stss"), count),
        starts=list(accumulate(durations, initial=0)),
        skipped=skipped,
        delay=round(delay * timescale / film_timescale),
    )


def _clock(header: Box) -> int:
    """The units of a second that an `mvhd` or `mdhd` counts in."""
    (timescale,) = unpack_from(">I", header.data, 20 if header.data[0] else 12)
    return int(timescale)


def _runs(box: Box, code: str) -> "array[int]":
    """A table of (count, value), one value for each sample."""
    table, values = numbers(box.data[8:], code), array(code)
    for count, value in zip(table[::2], table[1::2], strict=True):
        values.extend([value] * count)
    return values


def _sizes(box: Box) -> "array[int]":
    same, count = unpack_from(">II", box.data, 4)
    return array("I", [same]) * count if same else numbers(box.data[12:])


def _keys(box: Box | None, count: int) -> bytearray:
    if box is None:
        return bytearray(b"\1") * count
    keys = bytearray(count)
    for number in numbers(box.data[8:]):
        keys[number - 1] = 1
    return keys


def _places(table: Box, sizes: "array[int]") -> list[int]:
    short, wide = table.find("stco"), table.find("co64")
    chunks = numbers(short.data[8:]) if short else numbers((wide or Box(b"")).data[8:], "Q")
    runs = numbers(table.get("stsc").data[8:])
    first, counts = [*runs[::3], len(chunks) + 1], runs[1::3]
    places: list[int] = []
    for run, count in enumerate(counts):
        for chunk in range(first[run], first[run + 1]):
            at = chunks[chunk - 1]
            for _ in range(count):
                places.append(at)
                at += sizes[len(places) - 1]
    return places


def _edit(box: Box | None) -> tuple[int, int]:
    """What an edit list skips (in the track's units), and how long it waits (in the film's)."""
    delay = 0
    if box is None:
        return 0, 0
    layout, size = (">Qq", 20) if box.data[0] else (">Ii", 12)
    for at in range(8, len(box.data), size):
        lasts, begins = unpack_from(layout, box.data, at)
        if begins >= 0:
            return begins, delay
        delay += lasts
    return 0, delay
