"""The sizes of a video, and the one ffmpeg run that writes all of them and its poster.

What the rules are, and what they rest on:

- `720p`, `480p` and `360p` are the short side, so a portrait reel is not squeezed. The ratio is
  kept, sides are even (H.264 needs it), nothing is upscaled: rungs above the upload are left out,
  and an upload below 360 has a single rung `360p` of its own size.
- One decode for all. Each rung is scaled from the one above; `lanczos` there makes up for what
  scaling twice would blur.
- H.264 at crf 23, 4:2:0, AAC, no metadata, at most 60 pictures a second, the index at the front.
- A key frame every four seconds, of the same picture in each rung, so that a player can go from one
  to the other there. That makes the files about 7 % larger; every two seconds it would be 18 %.
- Preset `veryfast`, with the look-ahead of `medium` and a rounding that keeps fine grain: two to
  three times cheaper than four runs at `medium`, in files of much the same size, with an SSIM
  within 0.007 of theirs even on grain. There, plain `veryfast` loses 0.02, plain `faster` 0.014.
- HDR, as phones record it, is brought to the colours that every screen has; of interlaced pictures
  the missing lines are made.
"""

from collections.abc import Callable, Iterator
from math import ceil
from pathlib import Path
from typing import Final

from media.errors import MediaUnreadable
from media.renditions import Rendition
from media.video import ffmpeg, hybrid_mp4
from media.video.ffmpeg import FfmpegFailed
from media.video.mp4_fragments import SEGMENT
from media.video.probe import Video

SHORT_SIDES: Final = (720, 480, 360)
_POSTER_AT: Final = 1.0  # seconds; shorter videos: the middle
_MOST_A_SECOND: Final = 60
_ENCODING: Final = (
    *("-c:v", "libx264", "-crf", "23", "-preset", "veryfast", "-pix_fmt", "yuv420p"),
    *("-x264-params", "rc-lookahead=40:deadzone-inter=12:deadzone-intra=6"),
    *("-c:a", "aac", "-b:a", "128k", "-ac", "2"),
    *("-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT})"),
    *("-map_metadata", "-1", "-map_chapters", "-1", "-f", "mp4"),
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
)
# Silence where sound begins late or has holes, which players would close, and where it ends before
# the pictures: players in browsers wait for ever on pieces without sound.
_SOUND: Final = (
    "aresample=async=1:first_pts=0,aformat=sample_rates=44100|48000,apad=whole_dur={seconds}"
)
_TO_SDR: Final = (
    # Said anew, because some files name their transfer curve and forget the rest.
    "format=yuv420p10le,"
    "setparams=color_trc={transfer}:color_primaries=bt2020:colorspace=bt2020nc,"
    "zscale=t=linear:npl=100,format=gbrpf32le,"
    "zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv"
)


def rungs(width: int, height: int) -> dict[str, tuple[int, int]]:
    """The rungs for a video shown in this size, best first: name to width and height."""
    short = min(width, height)
    sides = [side for side in SHORT_SIDES if side <= short]
    named = {f"{side}p": side for side in sides} or {f"{SHORT_SIDES[-1]}p": short}

    def even(length: int, side: int) -> int:
        return max(2, round(length * side / short / 2) * 2)

    return {name: (even(width, side), even(height, side)) for name, side in named.items()}


def write(
    video: Video, into: Path, *, seconds: float, on_progress: Callable[[int], object]
) -> tuple[dict[str, Rendition], Path]:
    """Write `<rung>.mp4` for every rung, and the poster's picture, uncompressed.

    `on_progress` gets the percentage of pictures done.
    """
    sizes = rungs(video.width, video.height)
    poster = into / "poster.ppm"
    expected = min(video.frames, ceil(video.picture_duration * _MOST_A_SECOND)) or 1
    filled = _SOUND.format(seconds=video.picture_duration)
    sound = ("-map", "0:a:0", "-af", filled) if video.audio_codec else ()
    # As they come, uneven as phones' are: an even rate that suits them all may be twice as many.
    rate = ("-fpsmax", str(_MOST_A_SECOND)) if video.frames > expected else ("-fps_mode", "vfr")
    arguments = [*video.input, "-filter_complex", _graph(video, list(sizes.values()))]
    for at, name in enumerate(sizes):
        arguments += ["-map", f"[v{at}]", *sound, *_ENCODING, *rate, f"file:{into / name}"]
    arguments += ["-map", "[poster]", "-frames:v", "2", "-fps_mode", "passthrough"]
    arguments += ["-c:v", "ppm", "-f", "image2", "-update", "1", f"file:{poster}"]

    def progress(line: str) -> None:
        name, _, value = line.partition("=")
        if name == "frame":
            on_progress(min(100, int(value) * 100 // expected))

    try:
        ffmpeg.run(
            ["-progress", "pipe:1", "-stats_period", "0.5", *arguments],
            seconds=seconds,
            on_line=progress,
        )
    except FfmpegFailed as error:
        if error.blames_input:
            raise MediaUnreadable("The video is damaged.") from error
        raise
    return {name: _film(into / name, size) for name, size in sizes.items()}, poster


def _film(encoded: Path, size: tuple[int, int]) -> Rendition:
    path = encoded.with_suffix(".mp4")
    pieces = hybrid_mp4.write(encoded, path)
    encoded.unlink()
    return Rendition(path, "video/mp4", *size, pieces)


def _graph(video: Video, sizes: list[tuple[int, int]]) -> str:
    return ";".join(_chains(video, sizes))


def _chains(video: Video, sizes: list[tuple[int, int]]) -> Iterator[str]:
    """[0:v] → v0 → v1 → v2, each copied out as it passes; the first one also gives the poster."""
    whole = "bwdif=mode=send_frame:deint=interlaced," if video.is_interlaced else ""
    to_sdr = _TO_SDR.format(transfer=video.hdr_transfer) + "," if video.hdr_transfer else ""
    at = min(_POSTER_AT, video.picture_duration / 2)
    for number, (width, height) in enumerate(sizes):
        above, scaler, colours = (
            (f"[0:V:0]{whole}", "bicubic", to_sdr)
            if number == 0
            else (f"[n{number - 1}]", "lanczos", "")
        )
        outputs = [f"[v{number}]"]
        if number == 0:
            outputs.append("[p]")
        if number + 1 < len(sizes):
            outputs.append(f"[n{number}]")
        split = f",split={len(outputs)}" if len(outputs) > 1 else ""
        yield (
            f"{above}scale={width}:{height}:flags={scaler},setsar=1,{colours}"
            f"format=yuv420p{split}{''.join(outputs)}"
        )
    # The second is written over the first, which is there if a film has one picture.
    yield f"[p]select='eq(n,0)+gte(t,{at:.3f})'[poster]"
