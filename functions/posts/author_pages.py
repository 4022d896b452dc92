"""Pages of the posts of one author, as ids: who may see a post is decided when it is read."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from posts.models import Post
from shared.aws.clients import client
from shared.dynamodb.tables import query
from shared.hot_reads import HotReads

_PAGES = 5  # at most, of one read of the latest posts

type Kind = Literal["posts", "reels", "both"]
type Listed = tuple[list[Post], dict[str, Any] | None]  # and the key to continue after
type _First = tuple[str, Kind, int]  # the author, what is listed, how many


class PostRef(NamedTuple):
    """A post and its author, by id."""

    post_id: str
    author_id: str
    is_reel: bool


def latest_posts(author_id: str, limit: int, after: str | None = None) -> list[PostRef]:
    """The newest posts and reels of an author that are ready and not deleted, older than the post
    `after`, newest first. Their audience is not checked."""
    posts: list[PostRef] = []
    for _ in range(_PAGES):
        page, after = posts_page(author_id, limit, after)
        posts += page
        if after is None or len(posts) >= limit:
            break
    return posts[:limit]


def posts_page(
    author_id: str, limit: int, after: str | None = None, *, reels_only: bool = False
) -> tuple[list[PostRef], str | None]:
    """One query of `latest_posts`, and the post id to continue `after`: None at the end. A page may
    be short before the end, because deleted posts are left out."""
    index, author = (Post.reels, "reel_author_id") if reels_only else (Post.by_author, "author_id")
    values: dict[str, Any] = {":author": {"S": author_id}, ":ready": {"S": "ready"}}
    if after:
        values[":after"] = {"S": after}
    # Only ids, without models: the posts are read again with all that decides who may see them.
    answer = client("dynamodb").query(
        TableName=Post.Meta.table_name,
        IndexName=index.Meta.index_name,
        KeyConditionExpression=f"{author} = :author" + (" AND post_id < :after" if after else ""),
        FilterExpression="#status = :ready AND attribute_not_exists(deleted_at)",
        ProjectionExpression="post_id, is_reel",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues=values,
        Limit=limit,
        ScanIndexForward=False,
    )
    last = answer.get("LastEvaluatedKey")
    refs = [
        PostRef(item["post_id"]["S"], author_id, item.get("is_reel", {}).get("BOOL", False))
        for item in answer["Items"]
    ]
    return refs, last["post_id"]["S"] if last else None


def listed_posts(
    viewer_id: str, author_id: str, kind: Kind, limit: int, after: dict[str, Any] | None
) -> Listed:
    """A page of an author's posts that are not deleted, newest first, as the index projects them.
    The first page of somebody else's is read once in five seconds: a new post is in it that much
    later, and whether one is shown is decided when it is read."""
    if after is not None or viewer_id == author_id:
        return _listed(author_id, kind, limit, after)
    first = (author_id, kind, limit)
    return _first_pages.get([first])[first]


def _listed(author_id: str, kind: Kind, limit: int, after: dict[str, Any] | None) -> Listed:
    matching = Post.deleted_at.does_not_exist()
    if kind == "posts":
        matching &= Post.is_reel.is_in(False)
    index = Post.reels if kind == "reels" else Post.by_author
    return query(index, author_id, limit=limit, after=after, matching=matching)


def _read_first(keys: Sequence[_First]) -> Mapping[_First, Listed]:
    return {key: _listed(*key, None) for key in keys}


_first_pages: HotReads[_First, Listed] = HotReads(_read_first)
