"""The streams of uploads and of their holds: publish events, push frames to the owner, and remove
files."""

from collections.abc import Iterator, Sequence

from media.holds import remove_files_of, remove_released
from media.models import HeldUpload, Upload
from media.progress_frames import push_to_owner
from shared.dynamodb.changes import Change
from shared.events.media import MediaDescribed, MediaFailed, MediaReady
from shared.messaging.streams import stream

app = stream("media")

type UploadEvent = MediaReady | MediaFailed | MediaDescribed


@app.publishes(Upload)
def uploads(change: Change[Upload]) -> Iterator[tuple[str, UploadEvent]]:
    """Publish media.ready or media.failed when processing ends, and media.described when a model's
    text was set on an upload that posts show, or another post shows such an upload."""
    upload = change.new
    if upload is None:
        return
    if upload.is_described and upload.post_ids and change.changed("is_described", "post_ids"):
        yield (
            upload.owner_id,
            MediaDescribed(
                upload.upload_id, upload.owner_id, sorted(upload.post_ids), upload.alt_text or ""
            ),
        )
    if not change.changed("status"):
        return
    if upload.status == "ready":
        yield (
            upload.owner_id,
            MediaReady(
                upload.upload_id, upload.owner_id, upload.kind, upload.post_id, upload.media
            ),
        )
    if upload.status == "failed":
        yield (
            upload.owner_id,
            MediaFailed(
                upload.upload_id,
                upload.owner_id,
                upload.kind,
                upload.post_id,
                upload.error_code or "processing_failed",
                upload.error or "",
            ),
        )


@app.react(Upload)
def follow(changes: Sequence[Change[Upload]]) -> None:
    """Push the changes to their owners, and remove the objects of deleted and expired uploads."""
    remove_files_of(change.old for change in changes if change.is_removed and change.old)
    for change in changes:
        push_to_owner(change)


@app.react(HeldUpload)
def clean_up(changes: Sequence[Change[HeldUpload]]) -> None:
    """Remove the files that were kept for a holder alone."""
    remove_released(change.old for change in changes if change.is_removed and change.old)
