"""S3 event: render the sizes, the poster and the preview of an uploaded video."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from media.models import StoredMedia, Upload
from media.processing import Rendered, Renderer, check_still_needed, process, record_progress
from media.s3_objects import object_key
from media.video import rendering
from shared.config import config

_MB = 1_000_000
_RESERVE = 20  # seconds that storing the files and the result may take
_STEP = 10  # per cent between two writes of the progress
_CHECK_EVERY = 2  # seconds between two checks whether the upload still exists


def app(event: dict[str, Any], context: Any) -> None:
    """Render the videos of the event before the Lambda times out."""
    process(event, _renderer(lambda: context.get_remaining_time_in_millis() / 1000 - _RESERVE))


def _renderer(seconds_left: Callable[[], float]) -> Renderer:
    def render(upload: Upload, source: Path, into: Path) -> Rendered:
        rendered = rendering.render(
            source,
            into,
            declared=upload.content_type,
            max_bytes=config.limits.max_video_mb * _MB,
            max_seconds=_max_seconds(upload.purpose),
            deadline=seconds_left(),
            on_progress=_progress_of(upload),
        )
        variants = {name: object_key(upload, file) for name, file in rendered.variants.items()}
        stored: StoredMedia = {
            "upload_id": upload.upload_id,
            "type": "video",
            "status": "ready",
            "original": next(iter(variants.values())),
            "variants": variants,
            "variants_webp": {},
            "thumbnail": object_key(upload, rendered.poster),
            "preview": object_key(upload, rendered.preview),
            "width": rendered.width,
            "height": rendered.height,
            "duration": round(rendered.duration, 3),
            "blurhash": rendered.blurhash,
            "alt_text": upload.alt_text,
            "hls": True,
        }
        return stored, rendered.files, rendered.content_type

    return render


def _max_seconds(purpose: str | None) -> int:
    if purpose == "reel":
        return config.limits.max_reel_seconds
    if purpose in ("story", "message"):
        return config.limits.max_story_seconds
    return config.limits.max_video_seconds


def _progress_of(upload: Upload) -> Callable[[int], None]:
    """Write the progress every ten per cent, and never less than an earlier attempt wrote; in
    between, check whether the upload still exists."""
    written, checked_at = upload.progress, monotonic()

    def on_progress(percent: int) -> None:
        nonlocal written, checked_at
        if written + _STEP <= percent < 100:
            written, checked_at = percent, monotonic()
            record_progress(upload, percent)
        elif monotonic() >= checked_at + _CHECK_EVERY:
            checked_at = monotonic()
            check_still_needed(upload)

    return on_progress
