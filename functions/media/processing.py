"""What both media Lambdas do around their renderer: fetch, keep what was made, say how it went.

The work is keyed by the upload: a second delivery of the same S3 event finds it done. A file that
is at fault ends as `failed` with a reason; a fault of ours is raised, so that Lambda tries again,
until the last attempt, which ends as `failed` too.
"""

import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from media.errors import MediaError, ProcessingFailed
from media.models import StoredMedia, Upload
from media.renditions import Rendition
from shared import observability
from shared.aws import client
from shared.clock import now_ms, timestamp
from shared.config import config
from shared.ids import is_id
from shared.tables import ConditionFailed, in_parallel

if TYPE_CHECKING:
    from boto3.s3.transfer import S3Transfer

ATTEMPTS = 3  # the first and Lambda's two retries
_CACHE = "private, max-age=31536000, immutable"  # a key is never written with other content

type Renderer = Callable[[Upload, Path, Path], tuple[StoredMedia, list[Rendition]]]


def process(event: dict[str, Any], render: Renderer) -> None:
    """Render the uploads that an S3 event tells of: `render(upload, source, into)`."""
    for record in event["Records"]:
        key = unquote_plus(record["s3"]["object"]["key"])
        upload_id = key.rpartition("/")[2]
        upload = begin(upload_id) if is_id(upload_id) else None
        if upload is None or upload.object_key != key:
            observability.log("nothing to process", upload_id=upload_id)
            continue
        _process_one(upload, render)


def begin(upload_id: str) -> Upload | None:
    """Note that the upload is being processed; None if it is gone, or done already."""
    upload = Upload(upload_id)
    try:
        upload.change(
            Upload.status.set("processing"),
            Upload.attempts.add(1),
            Upload.updated_at.set(timestamp()),
            condition=Upload.status.is_in("pending", "processing"),
        )
    except ConditionFailed:
        return None
    return upload


def object_key(upload: Upload, rendition: Rendition) -> str:
    """Where a file that was made of an upload is kept."""
    return f"media/{upload.upload_id}/{rendition.path.name}"


def _process_one(upload: Upload, render: Renderer) -> None:
    started, outcome = now_ms(), "failed"
    try:
        with tempfile.TemporaryDirectory(prefix="media-") as folder:
            source, into = Path(folder, "source"), Path(folder, "made")
            into.mkdir()
            _transfer().download_file(config.media_bucket, upload.object_key, str(source))
            size = source.stat().st_size
            stored, files = render(upload, source, into)
            _keep(upload, files)
        outcome = _finish(upload, stored, size)
    except ProcessingFailed as error:
        if upload.attempts < ATTEMPTS:
            raise
        _fail(upload, error)
    except MediaError as error:
        _fail(upload, error)
    finally:
        observability.log(
            "media",
            upload_id=upload.upload_id,
            outcome=outcome,
            attempt=upload.attempts,
            ms=now_ms() - started,
        )


def _keep(upload: Upload, files: Iterable[Rendition]) -> None:
    in_parallel(*(_storing(object_key(upload, rendition), rendition) for rendition in files))


def _storing(key: str, rendition: Rendition) -> Callable[[], None]:
    def store() -> None:
        settings = {"ContentType": rendition.content_type, "CacheControl": _CACHE}
        _transfer().upload_file(str(rendition.path), config.media_bucket, key, extra_args=settings)

    return store


def _finish(upload: Upload, stored: StoredMedia, size: int) -> str:
    try:
        upload.change(
            Upload.status.set("ready"),
            Upload.media.set(stored),
            Upload.size.set(size),
            Upload.progress.set(100),
            Upload.updated_at.set(timestamp()),
            condition=Upload.status == "processing",
        )
    except ConditionFailed:  # deleted meanwhile, or another delivery was quicker
        if Upload.find(upload.upload_id, consistent=True) is None:
            remove_objects([upload.object_key, *keys_of(stored)])
            return "deleted meanwhile"
        return "done already"
    # The file as it came may hold what was removed from the original: place and camera.
    remove_objects([upload.object_key])
    return "ready"


def _fail(upload: Upload, error: MediaError) -> None:
    try:
        upload.change(
            Upload.status.set("failed"),
            Upload.error_code.set(error.code),
            Upload.error.set(str(error)),
            Upload.updated_at.set(timestamp()),
            condition=Upload.status == "processing",
        )
    except ConditionFailed:  # deleted meanwhile
        return
    finally:
        remove_objects([upload.object_key])


@cache
def _transfer() -> "S3Transfer":
    """boto3's transfer manager: large files go in parts, several at a time, each tried again."""
    from boto3.s3.transfer import S3Transfer

    return S3Transfer(client("s3"))


def keys_of(stored: StoredMedia) -> list[str]:
    """Every object that belongs to a processed upload, each once."""
    keys = [stored["original"], *stored["variants"].values(), *stored["variants_webp"].values()]
    keys += [key for key in (stored["thumbnail"], stored["preview"]) if key]
    return list(dict.fromkeys(keys))


def remove_objects(keys: Iterable[str]) -> None:
    """Delete objects of the media bucket; absent ones are as good as deleted."""
    for key in keys:
        client("s3").delete_object(Bucket=config.media_bucket, Key=key)
