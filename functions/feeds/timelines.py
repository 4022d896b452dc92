"""Writing timelines: entries of followers, and keeping them in step with who follows whom."""

from collections.abc import Callable, Sequence
from itertools import batched
from typing import Any

from feeds.models import Timeline
from posts.public import Post, collaborates, find_ready, latest_posts
from shared.clock import now, timestamp
from shared.dynamodb.tables import in_parallel, query, read_items, send_writes, write_items
from shared.transient import TransientError
from users.public import find_user, is_following

LIFE = 30 * 24 * 3600  # seconds that an entry is kept
BACKFILL = 50  # posts that a new follower is given
_BATCH = 25  # DynamoDB's limit of items in one BatchWriteItem
_PAGE = 5000  # entries looked through by one query, whose limit of 1 MB is about there
_TRIES = 8


class SyncPending(TransientError):
    """Something changes faster than the timeline can be brought in step."""


def add_post(
    post_id: str, author_id: str, user_ids: Sequence[str], *, is_reel: bool = False
) -> None:
    """Put a post into the timelines of its author's followers. Again changes nothing.

    Only the user differs, so what the entries share is made once, in DynamoDB's form: PynamoDB
    would take longer over them than all the rest.
    """
    shared = entry("", post_id, author_id, is_reel=is_reel).serialize()
    table = Timeline.Meta.table_name
    batches = batched(dict.fromkeys(user_ids), _BATCH, strict=False)
    in_parallel(*(_writing(table, shared, batch) for batch in batches))


def entry(
    user_id: str, post_id: str, author_id: str, *, is_reel: bool = False, reason: str = "follow"
) -> Timeline:
    """An entry for a post of somebody whom `user_id` follows, or beside whom they stand."""
    return Timeline(
        user_id,
        post_id,
        author_id=author_id,
        reason=reason,
        reel_id=post_id if is_reel else None,
        added_at=timestamp(),
        expires_at=int(now()) + LIFE,
    )


def sync_author(user_id: str, author_id: str) -> None:
    """Bring the entries of one author in a timeline in step with whether `user_id` follows them.

    Events come late, twice and out of order, so they are only the occasion to look. Looking again
    afterwards finds what changed meanwhile.
    """
    for _ in range(_TRIES):
        follows = is_following(user_id, author_id)
        if follows:
            _backfill(user_id, author_id)
        else:
            _remove(user_id, author_id)
        if is_following(user_id, author_id) == follows:
            return
    raise SyncPending("the follow changes faster than the timeline")


def sync_collaboration(user_id: str, post_id: str, author_id: str) -> None:
    """Bring the entry of one post in step with whether `user_id` stands beside its author (or
    follows them, which is reason enough)."""
    for _ in range(_TRIES):
        wanted = _wanted(user_id, post_id, author_id)
        if wanted:
            wanted.save()
        else:
            Timeline(user_id, post_id).delete()
        if (_wanted(user_id, post_id, author_id) is None) == (wanted is None):
            return
    raise SyncPending("the collaboration changes faster than the timeline")


def _wanted(user_id: str, post_id: str, author_id: str) -> Timeline | None:
    post = find_ready(post_id)
    if post is None:
        return None
    if collaborates(post, user_id):
        reason = "collaboration"
    elif is_following(user_id, author_id):
        reason = "follow"
    else:
        return None
    return entry(user_id, post_id, author_id, is_reel=post.is_reel, reason=reason)


def _backfill(user_id: str, author_id: str) -> None:
    author = find_user(author_id)
    if author is None or author.is_pulled:  # a celebrity's posts are fetched when the feed is read
        return
    posts = latest_posts(author_id, BACKFILL)
    write_items(puts=[entry(user_id, *post[:2], is_reel=post.is_reel) for post in posts])


def _remove(user_id: str, author_id: str) -> None:
    """Remove the author's posts, but for those that `user_id` has made with them."""
    after: dict[str, Any] | None = None
    while True:
        found, after = query(
            Timeline,
            user_id,
            limit=_PAGE,
            after=after,
            matching=Timeline.author_id == author_id,
        )
        posts = read_items(((Post, each.post_id) for each in found), consistent=True)
        kept = {post.post_id for post in posts.of(Post) if collaborates(post, user_id)}
        write_items(deletes=[each for each in found if each.post_id not in kept])
        if after is None:
            return


def _writing(table: str, shared: dict[str, Any], user_ids: Sequence[str]) -> Callable[[], None]:
    return lambda: _write(table, shared, user_ids)


def _write(table: str, shared: dict[str, Any], user_ids: Sequence[str]) -> None:
    requests: Any = {
        table: [
            {"PutRequest": {"Item": {**shared, "user_id": {"S": user_id}}}} for user_id in user_ids
        ]
    }
    send_writes(requests)
