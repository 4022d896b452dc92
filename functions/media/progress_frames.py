"""The frames `media.progress`, `media.ready` and `media.failed` on the sockets of an owner."""

from typing import Any

from media.models import Upload
from media.shapes import upload_shape
from shared.clock import seconds
from shared.dynamodb.changes import Change
from shared.ids import derived_id
from shared.realtime import Frame, push, push_once


def push_to_owner(change: Change[Upload]) -> None:
    """Push what a change of an upload means to its owner: its progress, or its end, once."""
    upload = change.new
    if upload is None or not change.changed("status", "progress"):
        return
    if upload.status == "processing":
        push([upload.owner_id], Frame("media.progress", _progress(upload)), kept=False)
    elif upload.status in ("ready", "failed") and change.changed("status"):
        # The same for the same record: a batch that comes twice pushes once.
        event_id = derived_id(seconds(change.occurred_at), "media", upload.upload_id)
        push_once(upload.owner_id, Frame(f"media.{upload.status}", _end(upload), event_id))


def _progress(upload: Upload) -> dict[str, Any]:
    return {
        "upload_id": upload.upload_id,
        "progress": upload.progress,
        "status": upload.status,
    }


def _end(upload: Upload) -> dict[str, Any]:
    data: dict[str, Any] = {
        "upload_id": upload.upload_id,
        "status": upload.status,
        "upload": upload_shape(upload),
    }
    if upload.post_id:
        data["post_id"] = upload.post_id
    return data
