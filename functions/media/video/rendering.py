"""Videos: the ladder of sizes, the poster and the preview that are served, from one upload."""

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

_PATIENCE: Final = 60, 15  # seconds at least, and for each that it lasts; then it never ends
_LADDER_SHARE: Final = 0.95  # of the work; the rest are the poster and the preview


@dataclass(frozen=True, slots=True)
class RenderedVideo:
    """The files of one video. Width and height are the upload's as shown, in pixels."""

    content_type: str  # what was uploaded
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
        """Everything that is to be kept."""
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

    `deadline`: seconds that all of it may take; no process outlives it. `on_progress` gets
    percentages that never fall, twice a second while it encodes, 100 last; what it raises ends the
    work. Raises a MediaError for a file that is no such video, is
    damaged, or breaks a bound, and ProcessingFailed when time is up.
    """
    ends = monotonic() + deadline
    tell = _Progress(on_progress)
    video = probe(
        source,
        declared=declared,
        max_bytes=max_bytes,
        max_seconds=max_seconds,
        seconds=ends - monotonic(),
    )
    least, each = _PATIENCE
    ends = min(ends, monotonic() + least + each * video.duration)
    variants, picture = ladder.write(
        video,
        into,
        seconds=ends - monotonic(),
        on_progress=lambda percent: tell(int(percent * _LADDER_SHARE)),
    )
    poster, blurhash = _poster(picture, into)
    smallest = list(variants.values())[-1]
    preview = previews.write(
        smallest, into, duration=video.picture_duration, seconds=ends - monotonic()
    )
    tell(100)
    return RenderedVideo(
        content_type=video.content_type,
        duration=video.duration,
        width=video.width,
        height=video.height,
        has_audio=video.audio_codec is not None,
        blurhash=blurhash,
        variants=variants,
        poster=poster,
        preview=preview,
    )


def _poster(picture: Path, into: Path) -> tuple[Rendition, str]:
    with Image.open(picture, formats=["PPM"]) as image:
        poster, blurhash = rendering.save_jpeg(image, into / "poster.jpg"), blurhashes.of(image)
    picture.unlink()
    return poster, blurhash


class _Progress:
    """Tells a listener percentages that never fall."""

    def __init__(self, listener: Callable[[int], object] | None) -> None:
        self._listener = listener
        self._most = 0

    def __call__(self, percent: int) -> None:
        self._most = max(self._most, percent)
        if self._listener:
            self._listener(self._most)
