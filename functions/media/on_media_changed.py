"""The stream of uploads: `media.ready`, `media.failed`, the owner's frames, and removing files."""

from collections.abc import Iterator, Sequence

from media.models import Upload
from media.progress_frames import push_to_owner
from media.s3_objects import remove_uploads
from shared.dynamodb.changes import Change
from shared.events.media import MediaDescribed, MediaFailed, MediaReady
from shared.messaging.streams import stream

app = stream("media")

type UploadEvent = MediaReady | MediaFailed | MediaDescribed


@app.publishes(Upload)
def uploads(change: Change[Upload]) -> Iterator[tuple[str, UploadEvent]]:
    """An upload is told of when its processing ends, one way or the other, and to each post that
    shows it when it was described."""
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
            ),
        )


@app.react(Upload)
def follow(changes: Sequence[Change[Upload]]) -> None:
    """Let the owners' sockets see it, and remove the objects of what was deleted or expired."""
    gone = [change.old for change in changes if change.is_removed and change.old]
    remove_uploads({upload.upload_id: upload.object_key for upload in gone})
    for change in changes:
        push_to_owner(change)
