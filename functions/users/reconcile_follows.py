"""Daily: recount followers and follows, repair wrong counts, and report the drift as a metric."""

from typing import Any

from pynamodb.attributes import Attribute

from shared import observability
from shared.dynamodb.recounts import Counting, recount
from shared.dynamodb.tables import Table
from users.models import EdgeKind, NewestFirst, Relationship, User, listed


def _active(kind: EdgeKind, total: Attribute[int]) -> Counting:
    index = NewestFirst.Meta.index_name  # ended edges are not in it
    beginning = ("listed", listed(kind, ""))
    return Counting(
        User, total, User.edges_seq, Relationship, "user_id", index=index, beginning=beginning
    )


_COUNTINGS: dict[type[Table], list[Counting]] = {
    User: [
        _active("followed_by", User.follower_count),
        _active("follows", User.following_count),
    ],
}


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Recount while there is time; the next run continues where this one ended."""
    observability.start_tracing()
    return recount(_COUNTINGS, context)
