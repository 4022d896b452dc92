"""MP4 files that play as one and in pieces: for `<video>`, and as the byte ranges of HLS.

A film's samples lie in its `mdat`, wherever its index `moov` says that they are. What is between
them is free, and here it makes of the inside of the `mdat` a fragmented film of its own:

    ftyp  moov  mdat [ ftyp  moov  (moof mdat)  (moof mdat)  … ]

From outside it is a plain film with its index at the beginning; the range of the inner header and
the ranges of its segments are what an HLS playlist names. Nothing is encoded or stored twice.
(ffmpeg calls such files `hybrid_fragmented`, from 7.1 on, with the index at the end.)
"""

from collections.abc import Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path
from struct import pack

from media.renditions import Pieces
from media.video.mp4_boxes import Box, full_box, packed, parse, spans
from media.video.mp4_fragments import Fragment, fragments_of, header_of, segments_of
from media.video.mp4_tracks import tracks_of

_LARGE = 1 << 31  # bytes from which on places are written in 64 bits


def write(source: Path, target: Path) -> Pieces:
    """Write the film `source` (pictures, and sound if it has any) to `target` in this form."""
    with source.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as film:
        where = spans(film)
        kind = film[slice(*where[b"ftyp"])]
        [moov] = parse(film[slice(*where[b"moov"])])
        tracks = tracks_of(moov)
        header, fragments = header_of(moov, tracks), fragments_of(tracks)
        size = len(header) + sum(fragment.size for fragment in fragments)
        is_large = size >= _LARGE
        head = pack(">I4sQ", 1, b"mdat", 16 + size) if is_large else pack(">I4s", 8 + size, b"mdat")
        # Where the samples are depends on how long the index is that says so.
        index = _index(moov, fragments, 0, is_large=is_large)
        start = len(kind) + len(index) + len(head)
        index = _index(moov, fragments, start + len(header), is_large=is_large)
        with target.open("wb") as out:
            out.writelines((kind, index, head, header))
            for fragment in fragments:
                out.write(fragment.header)
                for run in fragment.runs:
                    out.writelines(film[begin:end] for begin, end in run.extents())
    return Pieces(
        codecs=",".join(track.codec for track in tracks),
        frame_rate=round(tracks[0].rate, 3),
        start=start,
        header=len(header),
        segments=segments_of(fragments, max(track.ends_at for track in tracks)),
    )


def _index(moov: Box, fragments: Sequence[Fragment], start: int, *, is_large: bool) -> bytes:
    """`moov` as it was, but for the places of the samples: a chunk for each run."""
    chunks: dict[int, list[tuple[int, int]]] = {}
    tables = {}
    for fragment in fragments:
        at = start + len(fragment.header)
        for run in fragment.runs:
            tables[run.track.id] = run.track.box.get("mdia/minf/stbl")
            chunks.setdefault(run.track.id, []).append((at, run.end - run.first))
            at += run.size
        start = at
    for number, table in tables.items():
        kept = [box for box in table.inside if box.name not in (b"stsc", b"stco", b"co64")]
        table.inside = [*kept, *_chunk_tables(chunks[number], is_large=is_large)]
    return moov.encode()


def _chunk_tables(chunks: Sequence[tuple[int, int]], *, is_large: bool) -> list[Box]:
    runs: list[int] = []  # first chunk, samples in each from there on, kind of sample
    for number, (_, count) in enumerate(chunks):
        if not runs or runs[-2] != count:
            runs += [number + 1, count, 1]
    places, code = [place for place, _ in chunks], "Q" if is_large else "I"
    name = b"co64" if is_large else b"stco"
    return [
        full_box(b"stsc", pack(">I", len(runs) // 3), packed(runs)),
        full_box(name, pack(">I", len(places)), packed(places, code)),
    ]
