"""What moderation offers to other services: who the administrators are, recording what they do
there, how long a ban can be appealed, the export of a person's data, and the verification of a
person."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from moderation.administrators import administrator_ids
from moderation.audit import record
from shared.dynamodb.tables import Transaction
from shared.lifecycle.personal_data import Topic

if TYPE_CHECKING:
    from posts.public import Comment
    from users.public import User

__all__ = [
    "administrator_ids",
    "appeal_days",
    "export_of",
    "record",
    "record_comment_removal",
    "verification_status",
]


def record_comment_removal(write: Transaction, admin_id: str, comment: "Comment") -> None:
    """Add to `write` that an administrator removed a comment: audit entry and strike."""
    from moderation.snapshots import snapshot_of
    from moderation.strikes import Offence, record_strike  # likewise
    from users.public import find_user

    seen = snapshot_of(find_user(comment.user_id), comment.content, [], comment.created_at)
    ids = ("comment", comment.comment_id, comment.user_id)
    record_strike(write, admin_id, "delete_comment", Offence(*ids, seen, comment.post_id), None)


def appeal_days(user: "User") -> int | None:
    """For how many days a ban of the account can be appealed; None if it cannot be."""
    from moderation.strikes import APPEAL_DAYS  # likewise

    return APPEAL_DAYS if user.ban_id else None


def export_of(user_id: str) -> "Iterator[Topic]":
    """The topics of moderation in the export of a person's data."""
    from moderation import personal_data  # imported late: few importers need it

    return personal_data.export_of(user_id)


def verification_status(user_id: str) -> str:
    """What became of the person's latest request: none, pending, approved or rejected."""
    from moderation.verifications import latest_request  # likewise

    found = latest_request(user_id, consistent=False)
    return found.status if found else "none"
