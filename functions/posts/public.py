"""What other services may ask about posts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from posts.models import AuthorStats, Post
from posts.reading import Seen, see_post, see_posts
from posts.shapes import PostShape, post_shape, socialhub_post
from shared.aws import client
from shared.caller import Caller
from users.public import user_shape

_PAGES = 5  # that one look for the latest posts takes at most

__all__ = [
    "Post",
    "PostShape",
    "Seen",
    "author_stats",
    "latest_posts",
    "posts_page",
    "read_posts",
    "socialhub_post",
    "visible_post",
]


def read_posts(
    viewer: Caller,
    post_ids: Sequence[str],
    authors: Mapping[str, str] | None = None,
    wanted: Callable[[Seen], bool] | None = None,
    followed_only: bool = False,
) -> list[PostShape]:
    """The shapes Post of those posts that the viewer may see (and that are `wanted`), in the order
    given; with `followed_only` only their own and those of people they follow.

    One batch read if `authors` names the author of each post id, two otherwise.
    """
    seen = see_posts(viewer, post_ids, authors, followed_only=followed_only)
    return shapes_of([each for each in seen if wanted is None or wanted(each)])


def shapes_of(seen: Sequence[Seen]) -> list[PostShape]:
    """The shapes Post of posts that were read."""
    people: dict[str, dict[str, Any]] = {}
    for each in seen:
        if each.post.author_id not in people:
            people[each.post.author_id] = user_shape(each.author)
    return [
        post_shape(each.post, people[each.post.author_id], each.like is not None) for each in seen
    ]


def visible_post(viewer: Caller, post_id: str) -> Post:
    """The post, if this viewer may see it; else raises `PostNotFound`."""
    return see_post(viewer, post_id).post


def latest_posts(author_id: str, limit: int, after: str | None = None) -> list[tuple[str, str]]:
    """The newest posts and reels of an author that are ready and not deleted, older than the post
    `after`: `(post_id, author_id)`, newest first. Who may see them is not looked at."""
    posts: list[tuple[str, str]] = []
    for _ in range(_PAGES):
        page, after = posts_page(author_id, limit, after)
        posts += page
        if after is None or len(posts) >= limit:
            break
    return posts[:limit]


def posts_page(
    author_id: str, limit: int, after: str | None = None
) -> tuple[list[tuple[str, str]], str | None]:
    """One query of `latest_posts`, and the post id to go on `after`: None at the end. A page may be
    short before the end, where posts were deleted."""
    values: dict[str, Any] = {":author": {"S": author_id}, ":ready": {"S": "ready"}}
    if after:
        values[":after"] = {"S": after}
    # Ids alone, and not as models: the posts are read again with all that decides who sees them.
    answer = client("dynamodb").query(
        TableName=Post.Meta.table_name,
        IndexName=Post.by_author.Meta.index_name,
        KeyConditionExpression="author_id = :author" + (" AND post_id < :after" if after else ""),
        FilterExpression="#status = :ready AND attribute_not_exists(deleted_at)",
        ProjectionExpression="post_id",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues=values,
        Limit=limit,
        ScanIndexForward=False,
    )
    last = answer.get("LastEvaluatedKey")
    refs = [(item["post_id"]["S"], author_id) for item in answer["Items"]]
    return refs, last["post_id"]["S"] if last else None


def author_stats(user_id: str) -> tuple[int, int]:
    """How many posts (without reels) and how many reels an account has."""
    stats = AuthorStats.find(user_id)
    return (stats.post_count, stats.reel_count) if stats else (0, 0)
