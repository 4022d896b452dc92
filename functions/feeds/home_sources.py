"""The lists that a home feed is merged from: the timeline, celebrities' posts, the user's own."""

from collections.abc import Callable
from functools import partial
from typing import Any

from feeds.merge import merge, unless_throttled
from feeds.models import MARK, Timeline
from posts.public import Part, PostCandidate, Source, VisiblePost, posts_page, pulled_posts
from shared.aws.clients import client
from shared.clock import now
from shared.dynamodb.tables import in_parallel
from users.public import following_celebrities

_EMPTY = Part([], None)  # a timeline without any entry: it may be lost (`empty_timelines`)


def followed(user_id: str, *, with_own: bool, reels_only: bool = False) -> Source:
    """The posts of the accounts that a user follows (`with_own`: and the user's), newest first."""

    def read(before: str | None, count: int) -> Part:
        calls: list[Callable[[], list[Part]]] = [
            # First, because the first call runs in this thread and so can make parallel calls.
            lambda: _celebrities(user_id, before, count, reels_only),
            lambda: [_timeline(user_id, before, count, reels_only)],
        ]
        if with_own:
            calls.append(lambda: [_posts_of(user_id, before, count, reels_only)])
        parts = in_parallel(*(partial(unless_throttled, call) for call in calls))
        if parts[1][0] is _EMPTY and before is None and not reels_only:
            from feeds.empty_timelines import fill_timeline  # imported late: it is hardly needed

            if fill_timeline(user_id):
                parts[1] = [_timeline(user_id, before, count, reels_only)]
        return merge(part for of_source in parts for part in of_source)

    return read


def is_not_muted(visible: VisiblePost) -> bool:
    """Whether the post is the viewer's own, or of an account that they do not mute."""
    return visible.relation is None or not visible.relation.mutes


def _timeline(user_id: str, before: str | None, count: int, reels_only: bool) -> Part:
    sort_key = "reel_id" if reels_only else "post_id"
    values: dict[str, Any] = {":user": {"S": user_id}}
    if before:
        values[":before"] = {"S": before}
    index: Any = {"IndexName": Timeline.reels.Meta.index_name} if reels_only else {}
    answer = client("dynamodb").query(
        TableName=Timeline.Meta.table_name,
        KeyConditionExpression="user_id = :user" + (f" AND {sort_key} < :before" if before else ""),
        ProjectionExpression="post_id, author_id, expires_at",
        ExpressionAttributeValues=values,
        Limit=count,
        ScanIndexForward=False,
        **index,
    )
    moment, last = now(), answer.get("LastEvaluatedKey")
    kept = [item for item in answer["Items"] if int(item["expires_at"]["N"]) > moment]
    if not kept and all(item["post_id"]["S"] == MARK for item in answer["Items"]):
        return _EMPTY
    candidates = [
        PostCandidate(item["post_id"]["S"], item["author_id"]["S"])
        for item in kept
        if item["post_id"]["S"] != MARK
    ]
    return Part(candidates, last["post_id"]["S"] if last else None)


def _celebrities(user_id: str, before: str | None, count: int, reels_only: bool) -> list[Part]:
    celebrities = following_celebrities(user_id)
    return pulled_posts(celebrities, before, count, reels_only=reels_only) if celebrities else []


def _posts_of(author_id: str, before: str | None, count: int, reels_only: bool) -> Part:
    refs, reach = posts_page(author_id, count, before, reels_only=reels_only)
    return Part([PostCandidate(ref.post_id, ref.author_id) for ref in refs], reach)
