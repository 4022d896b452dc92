"""The preview of a video: a short animation that is shown until it is played."""

import os
import warnings
from pathlib import Path
from typing import Final

from media.errors import MediaUnreadable, ProcessingFailed
from media.renditions import Rendition
from media.video import ffmpeg

_SECONDS: Final = 3.0
_STARTS_AT: Final = 1.0  # as the poster, if the video is long enough
_LONG_SIDE: Final = 320
_FRAME_RATE: Final = 8


def write(rendition: Rendition, into: Path, *, duration: float, seconds: float) -> Rendition:
    """Write `preview.webp`: up to three seconds of `rendition`, small, silent, in a loop.

    `duration`: of its video track (sound may last longer); `seconds`: time left; both in seconds.
    Animated WebP plays in an <img>, with a fifth of the bytes of a GIF.
    """
    if seconds <= 0:
        raise ProcessingFailed("The file took too long to process.")
    os.environ["IMAGEIO_FFMPEG_EXE"] = ffmpeg.binary()
    os.environ["PYTHON_DOTENV_DISABLED"] = "1"  # moviepy would load any .env that it finds
    from moviepy import VideoFileClip  # takes a second, and most of our functions do not need it

    path = into / "preview.webp"
    scale = min(1.0, _LONG_SIDE / max(rendition.width, rendition.height))
    size = (max(2, round(rendition.width * scale)), max(2, round(rendition.height * scale)))
    with warnings.catch_warnings():
        # NumPy warns about what moviepy does to arrays, and moviepy about repeating the last frame
        # where a clip ends early, which is intended.
        warnings.simplefilter("ignore")
        with VideoFileClip(str(rendition.path), audio=False) as clip:
            end = min(clip.duration, duration)
            if not clip.fps or not end > 0:
                raise MediaUnreadable("The video has no duration.")
            start = max(0.0, min(_STARTS_AT, end - _SECONDS))
            part = clip.subclipped(start, min(end, start + _SECONDS)).resized(size)
            part.write_videofile(
                str(path),
                codec="libwebp",
                fps=max(min(_FRAME_RATE, clip.fps), 1.01 / part.duration),  # at least one frame
                audio=False,
                preset="picture",
                ffmpeg_params=["-loop", "0", "-quality", "60", "-compression_level", "3"],
                pixel_format="yuv420p",
                logger=None,
            )
    return Rendition(path, "image/webp", *size)
