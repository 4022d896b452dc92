"""Snapshots: what was seen of something at the moment of a report or a decision."""

from collections.abc import Iterable
from typing import Any

from media.public import upload_id_of
from moderation.report_models import StoredSnapshot
from users.public import User


def snapshot_of(
    author: User | None, text: str, media: Iterable[dict[str, Any]], created_at: str
) -> StoredSnapshot:
    """What is seen of something that `author` published; None if the account is gone."""
    return {
        "author_id": author.user_id if author else "",
        "author_username": author.username if author else "",
        "author_name": author.name if author else "",
        "text": text,
        # A file as uploaded is its owner's alone.
        "media": [each for each in media if each["status"] == "ready"],
        "picture_key": author.picture_key if author else None,
        "created_at": created_at,
    }


def uploads_in(snapshot: StoredSnapshot) -> list[str]:
    """The ids of the uploads whose files a snapshot shows, each once."""
    picture = upload_id_of(snapshot["picture_key"] or "")
    ids = [*(each["upload_id"] for each in snapshot["media"]), *([picture] if picture else [])]
    return list(dict.fromkeys(ids))
