"""Hybrid MP4 files: for `<video>`, and, by byte ranges, for HLS.

The samples of an MP4 lie in its `mdat`, wherever its index `moov` says. The bytes between them are
free, and here they make the inside of the `mdat` a fragmented MP4 of its own:

    ftyp  moov  mdat [ ftyp  moov  (moof mdat)  (moof mdat)  … ]

From outside this is a plain MP4 with its index at the beginning; an HLS playlist names the byte
ranges of the inner header and of its segments. Nothing is encoded, stored, uploaded or deleted
twice. The files grow by 0.2 to 1 %; the rewriting replaces `+faststart`. ffmpeg writes such
files from 7.1 on (`hybrid_fragmented`), with the index at the end; ours is 7.0.2.
Key frames come every 6 s, the same frames in each rung (see ladder.py). Edit lists keep the times,
as ffmpeg writes them: its demuxer shows frames late if their shifts are negative.
Rejected: a second, fragmented file for each rung (twice the storage); fragmented files only
(players without scripts seek badly in them); files for segments (thousands of objects).
"""

from collections.abc import Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path
from struct import pack

from media.renditions import HlsIndex
from media.video.mp4_boxes import Box, full_box, pack_table, parse, spans
from media.video.mp4_fragments import Fragment, fragments_of, header_of, segments_of
from media.video.mp4_tracks import tracks_of

_LARGE = 1 << 31  # bytes from which on offsets need 64 bits


def write(source: Path, target: Path) -> HlsIndex:
    """Write the MP4 `source` (a video track, and an audio track if any) to `target` as a hybrid."""
    with source.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        found = spans(data)
        ftyp = data[slice(*found[b"ftyp"])]
        [moov] = parse(data[slice(*found[b"moov"])])
        tracks = tracks_of(moov)
        header, fragments = header_of(moov, tracks), fragments_of(tracks)
        size = len(header) + sum(fragment.size for fragment in fragments)
        is_large = size >= _LARGE
        head = pack(">I4sQ", 1, b"mdat", 16 + size) if is_large else pack(">I4s", 8 + size, b"mdat")
        # The offsets of the samples depend on the size of the index, which contains them.
        index = _index(moov, fragments, 0, is_large=is_large)
        start = len(ftyp) + len(index) + len(head)
        index = _index(moov, fragments, start + len(header), is_large=is_large)
        with target.open("wb") as out:
            out.writelines((ftyp, index, head, header))
            for fragment in fragments:
                out.write(fragment.header)
                for run in fragment.runs:
                    out.writelines(data[begin:end] for begin, end in run.extents())
    return HlsIndex(
        codecs=",".join(track.codec for track in tracks),
        frame_rate=round(tracks[0].rate, 3),
        start=start,
        header=len(header),
        segments=segments_of(fragments, max(track.ends_at for track in tracks)),
    )


def _index(moov: Box, fragments: Sequence[Fragment], start: int, *, is_large: bool) -> bytes:
    """`moov` with new offsets of the samples: one chunk for each run."""
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
        kept = [box for box in table.children if box.name not in (b"stsc", b"stco", b"co64")]
        table.children = [*kept, *_chunk_tables(chunks[number], is_large=is_large)]
    return moov.encode()


def _chunk_tables(chunks: Sequence[tuple[int, int]], *, is_large: bool) -> list[Box]:
    runs: list[int] = []  # first chunk, samples in each chunk from there on, sample description
    for number, (_, count) in enumerate(chunks):
        if not runs or runs[-2] != count:
            runs += [number + 1, count, 1]
    offsets, code = [offset for offset, _ in chunks], "Q" if is_large else "I"
    name = b"co64" if is_large else b"stco"
    return [
        full_box(b"stsc", pack(">I", len(runs) // 3), pack_table(runs)),
        full_box(name, pack(">I", len(offsets)), pack_table(offsets, code)),
    ]
