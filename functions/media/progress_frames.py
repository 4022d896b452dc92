"""The frames `media.progress`, `media.ready` and `media.failed`, pushed to an upload's owner."""

from typing import Any

from media.models import Upload
from media.upload_frames import frame_data
from shared.clock import seconds
from shared.dynamodb.changes import Change
from shared.ids import derived_id
from shared.realtime.delivery import push, push_once
from shared.realtime.frames import Frame


def push_to_owner(change: Change[Upload]) -> None:
    """Push the progress of an upload to its owner, or, once, the result."""
    upload = change.new
    if upload is None or not change.changed("status", "progress"):
        return
    if upload.status == "processing":
        push([upload.owner_id], Frame("media.progress", _progress(upload)))
    elif upload.status in ("ready", "failed") and change.changed("status"):
        # Derived from the record, so that a batch that is delivered twice pushes once.
        frame_id = derived_id(seconds(change.occurred_at), "media", upload.upload_id)
        frame = Frame(f"media.{upload.status}", frame_data(upload), frame_id)
        push_once(upload.owner_id, frame, {"upload_id": upload.upload_id})


def _progress(upload: Upload) -> dict[str, Any]:
    return {
        "upload_id": upload.upload_id,
        "progress": upload.progress,
        "status": upload.status,
    }
