"""Rendering a video: the rungs, the poster and the preview that are served."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from PIL import Image

from media.images import blurhashes, rendering
from media.renditions import Rendition
from media.video import ladder, previews
from media.video.probe import probe

_TIME_LIMIT: Final = 60, 15  # seconds, and seconds for each second of the video
_SOUND: Final = "mp4a"  # among the codecs of a file
_LADDER_SHARE: Final = 0.95  # of the work; the rest is the poster and the preview


@dataclass(frozen=True, slots=True)
class RenderedVideo:
    """The files of one video. Width and height are those of the upload as shown, in pixels."""

    content_type: str  # of the upload
    duration: float  # seconds
    width: int
    height: int
    has_audio: bool
    blurhash: str  # of the poster
    variants: dict[str, Rendition]  # some of `720p`, `480p`, `360p`, best first, at least one
    poster: Rendition  # JPEG, as large as the best variant
    preview: Rendition  # animated WebP of up to 3 s

    @property
    def files(self) -> list[Rendition]:
        """All files, each once."""
        return [*self.variants.values(), self.poster, self.preview]


def render(
    source: Path,
    into: Path,
    *,
    declared: str,
    max_bytes: int,
    max_seconds: float,
    deadline: float,
    on_progress: Callable[[int], object] | None = None,
) -> RenderedVideo:
    """Write every rendition of the video `source` into the directory `into`.

    `deadline`: seconds for all the work; no process outlives it. `on_progress` gets percentages
    that never fall, twice a second during encoding, and finally 100; an exception from it ends the
    work. Raises a MediaError for a file that is of another kind, is damaged or exceeds a limit, and
    ProcessingFailed when the time is up.
    """
    ends = monotonic() + deadline
    report = _Progress(on_progress)
    video = probe(
        source,
        declared=declared,
        max_bytes=max_bytes,
        max_seconds=max_seconds,
        seconds=ends - monotonic(),
    )
    base, per_second = _TIME_LIMIT
    ends = min(ends, monotonic() + base + per_second * video.duration)
    variants, frame = ladder.write(
        video,
        into,
        seconds=ends - monotonic(),
        on_progress=lambda percent: report(int(percent * _LADDER_SHARE)),
    )
    poster, blurhash = _poster(frame, into)
    smallest = list(variants.values())[-1]
    preview = previews.write(
        smallest, into, duration=video.video_duration, seconds=ends - monotonic()
    )
    report(100)
    return RenderedVideo(
        content_type=video.content_type,
        duration=video.duration,
        width=video.width,
        height=video.height,
        has_audio=any(_SOUND in file.hls.codecs for file in variants.values() if file.hls),
        blurhash=blurhash,
        variants=variants,
        poster=poster,
        preview=preview,
    )


def _poster(frame: Path, into: Path) -> tuple[Rendition, str]:
    with Image.open(frame, formats=["PPM"]) as image:
        poster, blurhash = rendering.save_jpeg(image, into / "poster.jpg"), blurhashes.of(image)
    frame.unlink()
    return poster, blurhash


class _Progress:
    """Reports percentages that never fall to a listener."""

    def __init__(self, listener: Callable[[int], object] | None) -> None:
        self._listener = listener
        self._highest = 0

    def __call__(self, percent: int) -> None:
        self._highest = max(self._highest, percent)
        if self._listener:
            self._listener(self._highest)
