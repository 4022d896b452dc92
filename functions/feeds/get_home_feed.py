"""GET /feed/home: what the accounts that the caller follows, and the caller, have posted."""

from collections.abc import Callable
from typing import Any, TypedDict

from feeds.merging import Part, Ref
from feeds.models import Timeline
from feeds.paging import Source, fill, read_feed_page
from posts.public import PostShape, Seen, posts_page, socialhub_post
from shared.aws import client
from shared.caller import Caller
from shared.clock import now
from shared.http import endpoint
from shared.paging import next_cursor
from shared.requests import Request
from shared.tables import in_parallel
from users.public import following_celebrities

app = endpoint("feeds")


class Feed(TypedDict):
    """A page of a feed."""

    posts: list[PostShape]
    next_cursor: str | None


@app.serve("GET /feed/home", socialhub=("GET /api/feed",), auth="unverified-ok", answer=Feed)
def get_home_feed(request: Request) -> Feed | dict[str, Any]:
    """Read the home feed, newest first."""
    caller, page = request.caller, read_feed_page(request)
    if not request.is_socialhub:
        shapes, last = fill(caller, page, _lists(caller, with_own=True), _is_wanted, True)
        return {"posts": shapes, "next_cursor": next_cursor(request, last)}
    shapes, last = fill(caller, page, _lists(caller, with_own=False), _is_wanted_by_socialhub, True)
    return {
        "posts": [socialhub_post(shape) for shape in shapes],
        "page": page.number,
        "limit": page.limit,
        "hasMore": last is not None,
        "next_cursor": next_cursor(request, last),
    }


def _is_wanted(seen: Seen) -> bool:
    """Own posts, and those of people who are not muted."""
    return seen.relation is None or not seen.relation.mutes


def _is_wanted_by_socialhub(seen: Seen) -> bool:
    """SocialHub shows public posts of others only."""
    return seen.relation is not None and _is_wanted(seen) and seen.post.visibility == "public"


def _lists(caller: Caller, with_own: bool) -> Source:
    """The lists that a home feed is merged from: the timeline, celebrities, one's own posts."""

    def read(before: str | None, count: int) -> list[Part]:
        calls: list[Callable[[], list[Part]]] = [
            # First, because the first call is made right here and may call in parallel itself.
            lambda: _celebrities(caller.user_id, before, count),
            lambda: [_timeline(caller.user_id, before, count)],
        ]
        if with_own:
            calls.append(lambda: [_posts_of(caller.user_id, before, count)])
        return [part for parts in in_parallel(*calls) for part in parts]

    return read


def _timeline(user_id: str, before: str | None, count: int) -> Part:
    values: dict[str, Any] = {":user": {"S": user_id}}
    if before:
        values[":before"] = {"S": before}
    answer = client("dynamodb").query(
        TableName=Timeline.Meta.table_name,
        KeyConditionExpression="user_id = :user" + (" AND post_id < :before" if before else ""),
        ProjectionExpression="post_id, author_id, expires_at",
        ExpressionAttributeValues=values,
        Limit=count,
        ScanIndexForward=False,
    )
    moment, last = now(), answer.get("LastEvaluatedKey")
    refs = [
        Ref(item["post_id"]["S"], item["author_id"]["S"])
        for item in answer["Items"]
        if int(item["expires_at"]["N"]) > moment
    ]
    return Part(refs, last["post_id"]["S"] if last else None)


def _celebrities(user_id: str, before: str | None, count: int) -> list[Part]:
    return in_parallel(*(_pulling(each, before, count) for each in following_celebrities(user_id)))


def _pulling(author_id: str, before: str | None, count: int) -> Callable[[], Part]:
    return lambda: _posts_of(author_id, before, count)


def _posts_of(author_id: str, before: str | None, count: int) -> Part:
    refs, reach = posts_page(author_id, count, before)
    return Part([Ref(*ref) for ref in refs], reach)
