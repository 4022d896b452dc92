"""What both media Lambdas do around their renderer: fetch, keep what was made, say how it went.

One S3 event does the work on an upload: its own retries go on with it, and every other event finds
it begun or done, so that what is shown never changes. A file that is at fault ends as `failed` with
a reason. A fault of ours is raised, so that Lambda tries again and at last keeps the event as a
dead letter; the upload then ends as `failed` too, even if it brings its Lambda down each time.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from media.errors import MediaError, ProcessingFailed
from media.models import StoredMedia, Upload
from media.renditions import Rendition
from media.s3_objects import keys_of, object_key, remove_objects, remove_uploads
from media.scratch import workplace
from media.uploads import has_expired
from media.video.ffmpeg import last_words
from media.video.hls import Rung, rungs_of
from shared import observability
from shared.aws.clients import client
from shared.clock import now_ms, timestamp
from shared.config import config
from shared.dynamodb.tables import ConditionFailed, in_parallel
from shared.ids import is_id

if TYPE_CHECKING:
    from boto3.s3.transfer import S3Transfer

ATTEMPTS = 3  # the first and Lambda's two retries
_UNPROCESSED = "The file could not be processed."
_CACHE = "private, max-age=31536000, immutable"  # a key is never written with other content

type Renderer = Callable[[Upload, Path, Path], tuple[StoredMedia, list[Rendition]]]


class WorkOver(Exception):
    """Nobody needs what is being made: the upload was deleted, or is done."""


def process(event: dict[str, Any], render: Renderer) -> None:
    """Render the uploads that an S3 event tells of: `render(upload, source, into)`."""
    for record in event["Records"]:
        arrived = record["s3"]["object"]
        key = unquote_plus(arrived["key"])
        upload = _begin(key, arrived["sequencer"])
        if upload is None:
            observability.log("nothing to process", upload_id=key.rpartition("/")[2])
            continue
        _process_one(upload, render)


def give_up(event: dict[str, Any]) -> None:
    """The uploads of an S3 event that Lambda will not try again have failed, unless it is known
    what became of them, or another event is at them. Lambda also gives up what it could not begin
    for hours; then no attempt was made, or none after one that ended in a fault of ours."""
    for record in event["Records"]:
        arrived = record["s3"]["object"]
        key = unquote_plus(arrived["key"])
        upload_id = key.rpartition("/")[2]
        upload = Upload.find(upload_id, consistent=True) if is_id(upload_id) else None
        if upload is None or upload.object_key != key or _is_over(upload):
            continue
        if upload.worker in (None, arrived["sequencer"]):
            _fail(upload, ProcessingFailed(_UNPROCESSED))


def record_progress(upload: Upload, percent: int) -> None:
    """Note how far the work is; raises `WorkOver` if it need not go on."""
    try:
        upload.change(Upload.progress.set(percent), condition=Upload.status == "processing")
    except ConditionFailed as error:
        raise WorkOver from error


def check_wanted(upload: Upload) -> None:
    """Raises `WorkOver` if the work need not go on, without saying how far it is."""
    found = Upload.find(upload.upload_id, consistent=True)
    if found is None or found.status != "processing":
        raise WorkOver


def _begin(key: str, worker: str) -> Upload | None:
    """Take up the work on an object, for the event `worker`; None if there is none to do."""
    upload_id = key.rpartition("/")[2]
    upload = Upload.find(upload_id, consistent=True) if is_id(upload_id) else None
    if upload is None and is_id(upload_id):
        remove_uploads({upload_id: key})  # it was deleted, perhaps while an attempt died over it
        return None
    if upload is None or upload.object_key != key or has_expired(upload) or _is_over(upload):
        remove_objects([key])  # it came too late, or once more by the same form
        return None
    has_died = upload.worker == worker
    free = Upload.worker.does_not_exist() | (Upload.worker == worker)
    try:
        upload.change(
            Upload.status.set("processing"),
            Upload.worker.set(worker),
            Upload.attempts.add(1),
            Upload.updated_at.set(timestamp()),
            condition=Upload.status.is_in("pending", "processing") & free,
        )
    except ConditionFailed:  # another event is at it, and will remove the object
        return None
    if has_died and upload.attempts >= ATTEMPTS:
        # No attempt could say what became of it: out of memory or time. The next would not either.
        failure = ProcessingFailed(_UNPROCESSED)
        _fail(upload, failure)
        raise failure
    return upload


def _is_over(upload: Upload) -> bool:
    return upload.status in ("ready", "failed")


def _process_one(upload: Upload, render: Renderer) -> None:
    started, outcome, told = now_ms(), "failed", {}
    try:
        outcome = _render_and_keep(upload, render)
    except WorkOver:
        outcome = "over"
        remove_objects([upload.object_key])
    except Exception as error:
        told = {"code": getattr(error, "code", None), "ffmpeg": last_words(error)}
        if isinstance(error, MediaError) and not isinstance(error, ProcessingFailed):
            _fail(upload, error)
            return
        observability.log_failure("media failed", upload_id=upload.upload_id)
        if upload.attempts < ATTEMPTS:
            outcome = "to be tried again"
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
            **told,
        )


def _render_and_keep(upload: Upload, render: Renderer) -> str:
    with workplace() as folder:
        source, into = folder / "source", folder / "made"
        into.mkdir()
        _transfer().download_file(config.media_bucket, upload.object_key, str(source))
        size = source.stat().st_size
        stored, files = render(upload, source, into)
        _keep(upload, files)
    return _finish(upload, stored, size, rungs_of(files))


def _keep(upload: Upload, files: Sequence[Rendition]) -> None:
    in_parallel(*(_storing(object_key(upload, rendition), rendition) for rendition in files))


def _storing(key: str, rendition: Rendition) -> Callable[[], None]:
    def store() -> None:
        settings = {"ContentType": rendition.content_type, "CacheControl": _CACHE}
        _transfer().upload_file(str(rendition.path), config.media_bucket, key, extra_args=settings)

    return store


def _finish(upload: Upload, stored: StoredMedia, size: int, rungs: dict[str, Rung]) -> str:
    try:
        upload.change(
            Upload.status.set("ready"),
            Upload.media.set(stored),
            *([Upload.hls.set(rungs)] if rungs else []),
            Upload.size.set(size),
            Upload.progress.set(100),
            Upload.updated_at.set(timestamp()),
            condition=Upload.status == "processing",
        )
    except ConditionFailed as error:  # deleted meanwhile, or the same event came twice at once
        if Upload.find(upload.upload_id, consistent=True) is None:
            remove_objects(keys_of(stored))
        raise WorkOver from error
    # The file as it came may hold what was removed from the original: place and camera.
    remove_objects([upload.object_key])
    return "ready"


def _fail(upload: Upload, error: MediaError) -> None:
    """Say so, unless the same event, told twice, has made it ready meanwhile. Whatever attempts
    have stored of it goes."""
    try:
        upload.change(
            Upload.status.set("failed"),
            Upload.error_code.set(error.code),
            Upload.error.set(str(error)),
            Upload.updated_at.set(timestamp()),
            condition=Upload.status.is_in("pending", "processing"),
        )
    except ConditionFailed:
        if Upload.find(upload.upload_id, consistent=True) is not None:
            remove_objects([upload.object_key])
            return
    remove_uploads({upload.upload_id: upload.object_key})


def _release(upload: Upload) -> None:
    with suppress(ConditionFailed):  # when it was deleted meanwhile, as the next attempt will see
        upload.change(Upload.worker.remove(), condition=Upload.status == "processing")


@cache
def _transfer() -> "S3Transfer":
    """boto3's transfer manager: large files go in parts, several at a time, each tried again."""
    from boto3.s3.transfer import S3Transfer

    return S3Transfer(client("s3"))
