"""Every three hours: recount the posts of tags, repair wrong counts and report them as a metric."""

from typing import Any

from hashtags.models import Hashtag, HashtagPost
from shared import observability
from shared.dynamodb.recounts import Counting, recount
from shared.dynamodb.tables import Table

_COUNTINGS: dict[type[Table], list[Counting]] = {
    Hashtag: [
        Counting(
            Hashtag,
            Hashtag.post_count,
            Hashtag.post_seq,
            HashtagPost,
            "tag",
            where={"is_public": True},
        ),
    ],
}


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Recount while there is time; the next run continues where this one ended."""
    observability.start_tracing()
    return recount(_COUNTINGS, context)
