"""The part of a data export that is media's: a user's uploads, and the files themselves."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from media.models import StoredMedia, Upload
from shared.clock import now
from shared.lifecycle.personal_data import Topic, plain, walk

_SHOWN = (
    "upload_id",
    "kind",
    "purpose",
    "status",
    "content_type",
    "size",
    "alt_text",
    "post_id",
    "error_code",
    "error",
    "created_at",
)


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data."""
    about = "The files that you uploaded; `file` is their path in this archive."
    yield Topic("uploads", about, map(_upload, _uploads(user_id)))


def originals_of(user_id: str) -> Iterator[tuple[str, str]]:
    """Each of a user's processed files: its name in an export, and its key in the bucket."""
    for upload in _uploads(user_id):
        name = _file_name(upload)
        if name:
            stored: StoredMedia = upload.media
            yield name, stored["original"]


def _uploads(user_id: str) -> Iterator[Upload]:
    not_expired = Upload.expires_at.does_not_exist() | (Upload.expires_at > int(now()))
    return walk(Upload.by_owner, user_id, matching=not_expired)


def _upload(upload: Upload) -> dict[str, Any]:
    stored: StoredMedia | dict[str, Any] = upload.media or {}
    return {
        **plain(upload, *_SHOWN),
        "width": stored.get("width"),
        "height": stored.get("height"),
        "duration": stored.get("duration"),
        "file": _file_name(upload),
    }


def _file_name(upload: Upload) -> str | None:
    """A path without any text from the user: `media/<upload id>.<type>`."""
    if upload.status != "ready" or not upload.media:
        return None
    suffix = PurePosixPath(upload.media["original"]).suffix
    return f"media/{upload.upload_id}{suffix if suffix[1:].isalnum() else ''}"
