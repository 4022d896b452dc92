"""The rungs of a video, and the single ffmpeg run that writes all of them and its poster.

The rules and their reasons:

- `720p`, `480p` and `360p` are the short side, so a portrait reel is not squeezed. The aspect ratio
  is kept, sides are even (H.264 needs it), nothing is upscaled: rungs above the upload are left
  out, and an upload below 360 has a single rung `360p` of its own size.
- One decode for all. Each rung is scaled from the one above; `lanczos` there compensates for the
  blur of scaling twice.
- H.264, 4:2:0, AAC, no metadata, at most 60 frames a second, the index at the front.
- A key frame every six seconds, at the same frame in each rung, so that a player can switch
  between rungs there. That makes the files 5 % larger; every four seconds it would be 5 to 12 %.
- Preset `faster` with the look-ahead of `medium`, and a rate by rung, in which every bit serves
  the likeness to the upload: no psychovisual tuning, which spends bits on what is grain-like, and
  more bits for flat parts. Most of the time goes into 720p, so its search is shorter (a quarter of
  the time for nothing visible); the small rungs search longer. Against ffmpeg's own settings
  (`medium`, crf 23) in tests/bench/media.py: a tenth fewer bytes of pictures, SSIM at most 0.002
  lower, less time. Strong grain loses more: SSIM 0.02 in 720p, with half of the bytes.
- Colours: see colours.py. Interlaced video is deinterlaced.
- A picture whose size changes on the way, as that of browsers' recorders and turned phones does,
  keeps the first size, with bars. ffmpeg then builds the filters again, and loses frames if one
  of the outputs has not begun or has ended, as a poster's: so the poster is a run of its own.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import ceil
from pathlib import Path
from time import monotonic
from typing import Final

from media.errors import MediaUnreadable
from media.renditions import Rendition
from media.video import ffmpeg, hybrid_mp4
from media.video.ffmpeg import FfmpegFailed
from media.video.mp4_fragments import SEGMENT
from media.video.probe import Video

SHORT_SIDES: Final = (720, 480, 360)
_MOMENT: Final = 0.001  # seconds, shorter than any frame
_MAX_FRAME_RATE: Final = 60
_X264: Final = "psy=0:aq-mode=2:rc-lookahead=40"
_LONGER: Final = f"{_X264}:subme=6:bframes=5:b-adapt=2"
# For each rung: H.264's constant rate factor and parameters, and the bits of sound a second.
_RATES: Final = {
    "720p": ("23.9", f"{_X264}:partitions=i8x8,i4x4:ref=1", "128k"),
    "480p": ("23.9", _LONGER, "96k"),
    "360p": ("23.9", _LONGER, "96k"),
}
_ENCODING: Final = (
    *("-c:v", "libx264", "-preset", "faster", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2"),
    *("-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT})"),
    *("-map_metadata", "-1", "-map_chapters", "-1", "-f", "mp4"),
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
)
# Silence where sound begins late or has gaps, which players would close, and where it ends before
# the video: players in browsers wait forever on segments without sound.
_AUDIO_FILTER: Final = (
    "aresample=async=1:first_pts=0,aformat=sample_rates=44100|48000,apad=whole_dur={seconds}"
)
_BETWEEN_RUNGS: Final = "in_color_matrix=bt709:out_color_matrix=bt709:in_range=tv:out_range=tv"
# A picture of another shape than the first gets bars. Rounding to even sides is no other shape.
_FITTED: Final = (
    "scale=w='if(lt(abs(dar/{shape:.6f}-1),0.02),{width},max(2,min({width},2*round({height}*dar/2))))'"
    ":h='if(lt(abs(dar/{shape:.6f}-1),0.02),{height},max(2,min({height},2*round({width}/dar/2))))'"
    ":flags=bicubic:{colours},pad={width}:{height}:-1:-1"
)


def rung_sizes(width: int, height: int) -> dict[str, tuple[int, int]]:
    """The sizes of the rungs for a video shown in this size, best first: name -> width, height."""
    short = min(width, height)
    sides = [side for side in SHORT_SIDES if side <= short]
    short_sides = {f"{side}p": side for side in sides} or {f"{SHORT_SIDES[-1]}p": short}

    def even(length: int, side: int) -> int:
        return max(2, round(length * side / short / 2) * 2)

    return {name: (even(width, side), even(height, side)) for name, side in short_sides.items()}


def write(
    video: Video, into: Path, *, seconds: float, on_progress: Callable[[int], object]
) -> tuple[dict[str, Rendition], Path]:
    """Write `<rung>.mp4` for every rung, and the poster's frame, uncompressed. Sound that cannot be
    decoded is left out.

    `on_progress` gets the percentage of encoded frames.
    """
    ends = monotonic() + seconds
    sizes = rung_sizes(video.width, video.height)
    poster = into / "poster.ppm"
    try:
        _write_poster(video, sizes, poster, seconds)
        if not poster.exists():
            raise MediaUnreadable("The video has no picture that can be decoded.")
        _write_rungs_with_sound(video, sizes, into, ends, on_progress)
    except FfmpegFailed as error:
        if error.blames_input:
            raise MediaUnreadable("The video is damaged.") from error
        raise
    return {name: _as_hybrid(into / name, size) for name, size in sizes.items()}, poster


def _write_rungs_with_sound(
    video: Video,
    sizes: dict[str, tuple[int, int]],
    into: Path,
    ends: float,
    on_progress: Callable[[int], object],
) -> None:
    """Write the rungs; without sound if that fails with it."""
    try:
        _write_rungs(video, sizes, into, ends - monotonic(), on_progress)
    except FfmpegFailed:
        if video.audio_codec is None:
            raise
        silent = replace(video, audio_codec=None)
        _write_rungs(silent, sizes, into, ends - monotonic(), on_progress)


def _write_rungs(
    video: Video,
    sizes: dict[str, tuple[int, int]],
    into: Path,
    seconds: float,
    on_progress: Callable[[int], object],
) -> None:
    expected = min(video.frames, ceil(video.video_duration * _MAX_FRAME_RATE)) or 1
    audio_filter = _AUDIO_FILTER.format(seconds=video.video_duration)
    audio = ("-map", "0:a:0", "-af", audio_filter) if video.audio_codec else ()
    # The times of the frames are kept, uneven as those of phones are: an even rate that fits them
    # all may need twice as many frames.
    rate = ("-fpsmax", str(_MAX_FRAME_RATE)) if video.frames > expected else ("-fps_mode", "vfr")
    chains = ";".join(_chains(video, list(sizes.values())))
    arguments = [*video.input, "-filter_complex", chains]
    for at, name in enumerate(sizes):
        arguments += ["-map", f"[v{at}]", *audio, *_ENCODING, *_rates(name), *rate]
        arguments.append(f"file:{into / name}")

    def progress(line: str) -> None:
        name, _, value = line.partition("=")
        if name == "frame":
            on_progress(min(100, int(value) * 100 // expected))

    ffmpeg.run(
        ["-progress", "pipe:1", "-stats_period", "0.5", *arguments],
        seconds=seconds,
        on_line=progress,
    )


def _rates(rung: str) -> tuple[str, ...]:
    factor, parameters, sound = _RATES[rung]
    return ("-crf", factor, "-x264-params", parameters, "-b:a", sound)


def _write_poster(
    video: Video, sizes: dict[str, tuple[int, int]], poster: Path, seconds: float
) -> None:
    """Write the frame that is on screen at one second, or in the middle of a shorter video."""
    at, size = video.poster_at, next(iter(sizes.values()))
    # ffmpeg counts frames and its `-t` again from where the size changes. The last frame stays.
    chosen = f"select='lte(t,{at + _MOMENT:.4f})*(eq(n,0)+gte(t,{at - _MOMENT:.4f}))',"
    first = ("-frames:v", "1")
    for limits, select, more in ((("-t", f"{at + _MOMENT:.4f}"), chosen, ()), ((), "", first)):
        if poster.exists():  # else no frame could be decoded up to then
            return
        ffmpeg.run(
            [
                *(*limits, *video.input, "-map", "0:V:0"),
                *("-vf", f"{select}{_first_rung(video, *size)}", *more, "-fps_mode", "passthrough"),
                *("-c:v", "ppm", "-f", "image2", "-update", "1", f"file:{poster}"),
            ],
            seconds=seconds,
        )


def _as_hybrid(encoded: Path, size: tuple[int, int]) -> Rendition:
    path = encoded.with_suffix(".mp4")
    index = hybrid_mp4.write(encoded, path)
    encoded.unlink()
    return Rendition(path, "video/mp4", *size, index)


def _chains(video: Video, sizes: list[tuple[int, int]]) -> Iterator[str]:
    """[0:v] → v0 → v1 → v2; each is output and scaled to the next."""
    for number, (width, height) in enumerate(sizes):
        is_last = number + 1 == len(sizes)
        outputs = f"[v{number}]" if is_last else f",split[v{number}][n{number}]"
        if number == 0:
            yield f"[0:V:0]{_first_rung(video, width, height)}{outputs}"
        else:
            scaled = f"scale={width}:{height}:flags=lanczos:{_BETWEEN_RUNGS}"
            yield f"[n{number - 1}]{scaled},{video.colours.names}{outputs}"


def _first_rung(video: Video, width: int, height: int) -> str:
    deinterlaced = "bwdif=mode=send_frame:deint=interlaced," if video.is_interlaced else ""
    fitted = _FITTED.format(
        shape=video.width / video.height, width=width, height=height, colours=video.colours.scaling
    )
    colours = f"{video.colours.conversion}format=yuv420p,{video.colours.names}"
    return f"{deinterlaced}{fitted},setsar=1,{colours}"
