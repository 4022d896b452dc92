"""Uploads in the tables."""

from typing import Any

from media.models import Upload
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.ids import new_id
from tests.support.posts import a_picture

EXPIRY = 1_800_000_000  # of an awaited upload


def an_upload(
    owner: Caller,
    content_type: str = "image/jpeg",
    duration: float | None = None,
    **given: Any,
) -> Upload:
    """Store an upload that was made for a message, and is ready unless said otherwise."""
    upload_id, moment = new_id(), timestamp()
    kind = content_type.partition("/")[0]
    small, original = (f"media/{upload_id}/{name}" for name in ("320.jpg", "original"))
    media = {
        **a_picture(upload_id),
        "type": kind,
        "duration": duration,
        "original": original,
        "variants": {"original": original, "1080": small},
    }
    upload = Upload(
        upload_id,
        **{
            "owner_id": owner.user_id,
            "kind": kind,
            "purpose": "message",
            "content_type": content_type,
            "object_key": f"uploads/{kind}/{owner.user_id}/{upload_id}",
            "status": "ready",
            "media": media,
            "created_at": moment,
            "updated_at": moment,
            "expires_at": int(now()) + 86400,
            **given,
        },
    )
    upload.save()
    return upload


def an_awaited_upload(owner: Caller, kind: str = "image", **given: Any) -> str:
    """Store an upload without its media, whose file comes later or never; return its id."""
    upload_id, moment = new_id(), timestamp()
    Upload(
        upload_id,
        owner_id=owner.user_id,
        kind=kind,
        content_type="image/jpeg" if kind == "image" else "video/mp4",
        object_key=f"uploads/{kind}/{owner.user_id}/{upload_id}",
        created_at=moment,
        updated_at=moment,
        expires_at=EXPIRY,
        **given,
    ).create()
    return upload_id
