"""S3 event: make the ladder of sizes, the poster and the preview of a video that was uploaded."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from media.models import StoredMedia, Upload
from media.processing import Renderer, check_wanted, process, record_progress
from media.renditions import Rendition
from media.s3_objects import object_key
from media.video import rendering
from shared.config import config

_MB = 1_000_000
_RESERVE = 20  # seconds that storing the files and saying so may take
_STEP = 10  # per cent between two writes of the progress
_LOOKS = 2  # seconds between two looks whether its owner still wants it
_LONGEST = {"reel": "MaxReelSeconds", "story": "MaxStorySeconds", "message": "MaxStorySeconds"}


def app(event: dict[str, Any], context: Any) -> None:
    """Render the videos that the event tells of, before the Lambda's own time is up."""
    process(event, _renderer(lambda: context.get_remaining_time_in_millis() / 1000 - _RESERVE))


def _renderer(seconds_left: Callable[[], float]) -> Renderer:
    def render(upload: Upload, source: Path, into: Path) -> tuple[StoredMedia, list[Rendition]]:
        made = rendering.render(
            source,
            into,
            declared=upload.content_type,
            max_bytes=config.limit("MaxVideoMB") * _MB,
            max_seconds=config.limit(_LONGEST.get(upload.purpose, "MaxVideoSeconds")),
            deadline=seconds_left(),
            on_progress=_progress_of(upload),
        )
        variants = {name: object_key(upload, file) for name, file in made.variants.items()}
        stored: StoredMedia = {
            "upload_id": upload.upload_id,
            "type": "video",
            "status": "ready",
            "original": next(iter(variants.values())),
            "variants": variants,
            "variants_webp": {},
            "thumbnail": object_key(upload, made.poster),
            "preview": object_key(upload, made.preview),
            "width": made.width,
            "height": made.height,
            "duration": round(made.duration, 3),
            "blurhash": made.blurhash,
            "alt_text": upload.alt_text,
            "hls": True,
        }
        return stored, made.files

    return render


def _progress_of(upload: Upload) -> Callable[[int], None]:
    """Tell the table every ten per cent, and never less than an attempt before told; in between
    look whether the upload is still there."""
    told, looked = upload.progress, monotonic()

    def tell(percent: int) -> None:
        nonlocal told, looked
        if told + _STEP <= percent < 100:
            told, looked = percent, monotonic()
            record_progress(upload, percent)
        elif monotonic() >= looked + _LOOKS:
            looked = monotonic()
            check_wanted(upload)

    return tell
