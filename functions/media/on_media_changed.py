"""The stream of uploads: `media.ready`, `media.failed`, the owner's frames, and removing files."""

from collections.abc import Iterator, Sequence

from media.frames import tell_owner
from media.models import Upload
from media.objects import keys_of, remove_objects
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
def follow(changes: Sequence[Change[Upload]]) -> None:
    """Let the owners' sockets see it, and remove the objects of what was deleted or expired."""
    remove_objects([key for change in changes for key in _left_behind(change)])
    for change in changes:
        tell_owner(change)


def _left_behind(change: Change[Upload]) -> list[str]:
    if change.new or not change.old:
        return []
    made = keys_of(change.old.media) if change.old.media else []
    return [change.old.object_key, *made]
