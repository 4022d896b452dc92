"""S3 event: render every size and format of an uploaded picture."""

from pathlib import Path
from typing import Any

from media.images import rendering
from media.models import StoredMedia, Upload
from media.processing import Rendered, process
from media.s3_objects import object_key
from shared.config import config

_MB = 1_000_000


def app(event: dict[str, Any], context: object) -> None:
    """Render the pictures of the event."""
    process(event, _render)


def _render(upload: Upload, source: Path, into: Path) -> Rendered:
    rendered = rendering.render(
        source,
        into,
        declared=upload.content_type,
        max_bytes=config.limits.max_image_mb * _MB,
        max_pixels=config.limits.max_image_pixels,
    )
    variants = {name: object_key(upload, file) for name, file in rendered.variants.items()}
    webps = {name: object_key(upload, file) for name, file in rendered.variants_webp.items()}
    stored: StoredMedia = {
        "upload_id": upload.upload_id,
        "type": "image",
        "status": "ready",
        "original": variants["original"],
        "variants": variants,
        "variants_webp": webps,
        "thumbnail": None,
        "preview": None,
        "width": rendered.width,
        "height": rendered.height,
        "duration": None,
        "blurhash": rendered.blurhash,
        "alt_text": upload.alt_text,
    }
    return stored, rendered.files, rendered.content_type
