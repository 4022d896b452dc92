"""What posts offer to other services: reading visible posts, their lists and their counts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from posts.author_pages import PostRef, latest_posts, posts_page
from posts.comment_removal import remove_comment, return_comment
from posts.deletions import remove_post, return_post
from posts.mentions import check_caption, mention_keys, people_named
from posts.models import AuthorStats, Collaborator, Comment, Post
from posts.pages import Part, PostCandidate, Source, fill_page, fit_page
from posts.personal_data import export_of
from posts.pulled_posts import pulled_posts
from posts.shapes import PostShape, SocialHubPost, shapes_of, socialhub_post
from posts.visible_comments import get_visible_comment
from posts.visible_posts import (
    VisiblePost,
    collaborates,
    get_visible_post,
    get_visible_post_with,
    get_visible_posts,
)
from shared.access.caller import Caller
from shared.dynamodb.tables import query, read_items
from users.public import User, account_status, find_user

__all__ = [
    "Comment",
    "Part",
    "Post",
    "PostCandidate",
    "PostRef",
    "PostShape",
    "SocialHubPost",
    "Source",
    "VisiblePost",
    "author_stats",
    "author_stats_of",
    "check_caption",
    "collaborates",
    "collaboration_page",
    "export_of",
    "fill_page",
    "find_ready",
    "fit_page",
    "get_visible_comment",
    "get_visible_post",
    "get_visible_post_with",
    "get_visible_posts",
    "is_open",
    "is_public",
    "latest_posts",
    "mention_keys",
    "people_named",
    "posts_page",
    "pulled_posts",
    "read_posts",
    "remove_comment",
    "remove_post",
    "return_comment",
    "return_post",
    "shapes_of",
    "socialhub_post",
    "visible_ids",
    "visible_post",
]


def read_posts(
    viewer: Caller,
    post_ids: Sequence[str],
    authors: Mapping[str, str] | None = None,
    wanted: Callable[[VisiblePost], bool] | None = None,
    followed_only: bool = False,
) -> list[PostShape]:
    """The shapes Post of those posts that the viewer may see (and that are `wanted`), in the order
    given; with `followed_only` only their own, those they collaborate on, and those of people they
    follow.

    One batch read if `authors` names the author of each post id, two otherwise; and one more for
    the people whom the posts name.
    """
    visible = get_visible_posts(viewer, post_ids, authors, followed_only=followed_only)
    return shapes_of(viewer, [each for each in visible if wanted is None or wanted(each)])


def visible_post(viewer: Caller, post_id: str) -> Post:
    """The post; raises `PostNotFound` if the viewer may not see it."""
    return get_visible_post(viewer, post_id).post


def visible_ids(viewer: Caller, post_ids: Sequence[str]) -> set[str]:
    """Those of the posts that the viewer may see."""
    return {visible.post.post_id for visible in get_visible_posts(viewer, post_ids)}


def find_ready(post_id: str) -> Post | None:
    """The post, read consistently, if it is ready and not deleted. Its audience is not checked: for
    projections of posts, never for an answer."""
    post = Post.find(post_id, consistent=True)
    return post if post and post.status == "ready" and not post.deleted_at else None


def is_public(post: Post) -> bool:
    """Whether a post and its author's account, read consistently, are open to everybody."""
    author = find_user(post.author_id, consistent=True)
    is_for_all = post.visibility == "public"
    return is_for_all and author is not None and is_open(author)


def is_open(author: User) -> bool:
    """Whether an account shows its public posts to everybody: it is neither private nor banned nor
    being deleted."""
    is_banned = account_status(author) == "banned"
    return not (author.is_private or is_banned or author.purge_at)


def collaboration_page(
    user_id: str, limit: int, after: dict[str, Any] | None = None
) -> tuple[list[Collaborator], dict[str, Any] | None]:
    """A page of what an account collaborates on or is invited to, and the key to go on after."""
    return query(Collaborator.by_user, user_id, limit=limit, after=after)


def author_stats(user_id: str) -> tuple[int, int]:
    """How many posts (without reels) and how many reels an account has."""
    stats = AuthorStats.find(user_id)
    return (stats.post_count, stats.reel_count) if stats else (0, 0)


def author_stats_of(user_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """`author_stats` of many accounts at once, by account id; none is missing in the result."""
    counts = dict.fromkeys(user_ids, (0, 0))
    found = read_items((AuthorStats, user_id) for user_id in counts)
    for stats in found.of(AuthorStats):
        counts[stats.author_id] = (stats.post_count, stats.reel_count)
    return counts
