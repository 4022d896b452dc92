"""The stream of uploads: `media.ready`, `media.failed`, and removing the files of what is gone."""

from collections.abc import Iterator, Sequence

from media.models import Upload
from media.processing import keys_of, remove_objects
from shared.events import MediaFailed, MediaReady
from shared.streams import Change, stream

app = stream("media")


@app.tell(Upload)
def uploads(change: Change[Upload]) -> Iterator[tuple[str, MediaReady | MediaFailed]]:
    """An upload is told of when its processing ends, one way or the other."""
    upload = change.new
    if upload is None or not change.changed("status"):
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
def remove_files(changes: Sequence[Change[Upload]]) -> None:
    """Remove the objects of uploads that were deleted or expired."""
    for change in changes:
        if change.is_removed and change.old:
            made = keys_of(change.old.media) if change.old.media else []
            remove_objects([change.old.object_key, *made])
