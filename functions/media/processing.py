"""Processing an upload: what both media Lambdas do around their renderer.

They fetch the file, store the renditions and record the result. One S3 event processes an upload:
its own retries continue the work, and any other event finds it begun or done, so that what is shown
never changes. A file that is at fault ends as `failed` with a reason. A fault of ours is raised, so
that Lambda tries again and finally puts the event into a dead-letter queue; the upload then ends as
`failed` too, even if each attempt is killed.

Between two steps of ten per cent the work checks every two seconds, with one consistent read,
whether its upload still exists, so cancelling takes effect within two seconds. Rejected: a write
each time, which would push the same progress to the owner's sockets again.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from media.errors import MediaError, ProcessingFailed
from media.models import StoredMedia, Upload
from media.renditions import Rendition
from media.s3_objects import keys_of, object_key, remove_objects, remove_uploads
from media.scratch import scratch_directory
from media.uploads import has_expired
from media.video.ffmpeg import error_lines
from media.video.hls import Rung, rungs_of
from shared import observability
from shared.aws.clients import client
from shared.clock import now_ms, timestamp
from shared.config import config
from shared.dynamodb.tables import ConditionFailed, parallel_map
from shared.ids import is_id

if TYPE_CHECKING:
    from boto3.s3.transfer import S3Transfer

ATTEMPTS = 3  # the first and Lambda's two retries
_UNPROCESSED = "The file could not be processed."
_CACHE = "private, max-age=31536000, immutable"  # the content of a key never changes

# What is stored of the media, its files, and the content type that the upload really has.
type Rendered = tuple[StoredMedia, list[Rendition], str]
type Renderer = Callable[[Upload, Path, Path], Rendered]


class NoLongerNeeded(Exception):
    """The result is no longer needed: the upload was deleted, or is done."""


def process(event: dict[str, Any], render: Renderer) -> None:
    """Process the uploads of an S3 event with `render(upload, source, into)`."""
    for record in event["Records"]:
        item = record["s3"]["object"]
        key = unquote_plus(item["key"])
        upload = _begin(key, item["sequencer"])
        if upload is None:
            observability.log("nothing to process", upload_id=key.rpartition("/")[2])
            continue
        _process_one(upload, render)


def give_up(event: dict[str, Any]) -> None:
    """Fail the uploads of an S3 event that Lambda will not try again, unless they have a result or
    another event is processing them. Lambda also gives up an event that it could not start for
    hours; then there was no attempt, or none after one that ended in a fault of ours."""
    for record in event["Records"]:
        item = record["s3"]["object"]
        key = unquote_plus(item["key"])
        upload_id = key.rpartition("/")[2]
        upload = Upload.find(upload_id, consistent=True) if is_id(upload_id) else None
        if upload is None or upload.object_key != key or _is_finished(upload):
            continue
        if upload.worker in (None, item["sequencer"]):
            _fail(upload, ProcessingFailed(_UNPROCESSED))


def record_progress(upload: Upload, percent: int) -> None:
    """Write the progress. Raises `NoLongerNeeded` if the work need not go on."""
    try:
        upload.change(Upload.progress.set(percent), condition=Upload.status == "processing")
    except ConditionFailed as error:
        raise NoLongerNeeded from error


def check_still_needed(upload: Upload) -> None:
    """Raise `NoLongerNeeded` if the work need not go on. Writes nothing."""
    current = Upload.find(upload.upload_id, consistent=True)
    if current is None or current.status != "processing":
        raise NoLongerNeeded


def _begin(key: str, worker: str) -> Upload | None:
    """Claim the work on an object for the event `worker`; None if there is nothing to do."""
    upload_id = key.rpartition("/")[2]
    upload = Upload.find(upload_id, consistent=True) if is_id(upload_id) else None
    if upload is None and is_id(upload_id):
        remove_uploads({upload_id: key})  # deleted; a killed attempt may have stored files
        return None
    if upload is None or upload.object_key != key or has_expired(upload) or _is_finished(upload):
        remove_objects([key])  # it is late, or the form was used again
        return None
    was_killed = upload.worker == worker  # an attempt that ends by itself releases the upload
    free = Upload.worker.does_not_exist() | (Upload.worker == worker)
    try:
        upload.change(
            Upload.status.set("processing"),
            Upload.worker.set(worker),
            Upload.attempts.add(1),
            Upload.awaited_until.remove(),
            Upload.updated_at.set(timestamp()),
            condition=Upload.status.is_in("pending", "processing") & free,
        )
    except ConditionFailed:  # another event processes it, and will remove the object
        return None
    if was_killed and upload.attempts >= ATTEMPTS:
        # The attempt before was killed, out of memory or time. This one would be killed as well.
        failure = ProcessingFailed(_UNPROCESSED)
        _fail(upload, failure)
        raise failure
    return upload


def _is_finished(upload: Upload) -> bool:
    return upload.status in ("ready", "failed")


def _process_one(upload: Upload, render: Renderer) -> None:
    started, outcome, details = now_ms(), "failed", {}
    try:
        outcome = _render_and_store(upload, render)
    except NoLongerNeeded:
        outcome = "no longer needed"
        remove_objects([upload.object_key])
    except Exception as error:
        details = {"code": getattr(error, "code", None), "ffmpeg": error_lines(error)}
        if isinstance(error, MediaError) and not isinstance(error, ProcessingFailed):
            _fail(upload, error)
            return
        observability.log_failure("media failed", upload_id=upload.upload_id)
        if upload.attempts < ATTEMPTS:
            outcome = "will be retried"
            _release(upload)
        else:
            _fail(upload, ProcessingFailed(_UNPROCESSED))
        raise
    finally:
        observability.log(
            "media",
            upload_id=upload.upload_id,
            outcome=outcome,
            attempt=upload.attempts,
            ms=now_ms() - started,
            **details,
        )


def _render_and_store(upload: Upload, render: Renderer) -> str:
    with scratch_directory() as directory:
        source, into = directory / "source", directory / "renditions"
        into.mkdir()
        _transfer().download_file(config.media_bucket, upload.object_key, str(source))
        size = source.stat().st_size
        stored, files, content_type = render(upload, source, into)
        _store_files(upload, files)
    return _finish(upload, stored, content_type, size, rungs_of(files))


def _store_files(upload: Upload, files: Sequence[Rendition]) -> None:
    parallel_map(partial(_store_file, upload), files)


def _store_file(upload: Upload, file: Rendition) -> None:
    key = object_key(upload, file)
    settings = {"ContentType": file.content_type, "CacheControl": _CACHE}
    _transfer().upload_file(str(file.path), config.media_bucket, key, extra_args=settings)


def _finish(
    upload: Upload, stored: StoredMedia, content_type: str, size: int, rungs: dict[str, Rung]
) -> str:
    try:
        upload.change(
            Upload.status.set("ready"),
            Upload.media.set(stored),
            *([Upload.hls.set(rungs)] if rungs else []),
            Upload.content_type.set(content_type),
            Upload.size.set(size),
            Upload.progress.set(100),
            Upload.updated_at.set(timestamp()),
            condition=Upload.status == "processing",
        )
    except ConditionFailed as error:  # deleted, or the same event was delivered twice
        if Upload.find(upload.upload_id, consistent=True) is None:
            remove_objects(keys_of(stored))
        raise NoLongerNeeded from error
    # The uploaded file may contain what was removed from the original: place and camera.
    remove_objects([upload.object_key])
    return "ready"


def _fail(upload: Upload, error: MediaError) -> None:
    """Record the failure, unless the same event, delivered twice, has made the upload ready. The
    files that attempts have stored are removed."""
    try:
        upload.change(
            Upload.status.set("failed"),
            Upload.error_code.set(error.code),
            Upload.error.set(str(error)),
            Upload.awaited_until.remove(),
            Upload.updated_at.set(timestamp()),
            condition=Upload.status.is_in("pending", "processing"),
        )
    except ConditionFailed:
        if Upload.find(upload.upload_id, consistent=True) is not None:
            remove_objects([upload.object_key])
            return
    remove_uploads({upload.upload_id: upload.object_key})


def _release(upload: Upload) -> None:
    with suppress(ConditionFailed):  # deleted; the next attempt will see that
        upload.change(Upload.worker.remove(), condition=Upload.status == "processing")


@cache
def _transfer() -> "S3Transfer":
    """boto3's transfer manager: it sends large files in parts, in parallel, and retries each."""
    from boto3.s3.transfer import S3Transfer

    return S3Transfer(client("s3"))
