"""Writing timelines: fan-out to followers, and sync with follows and collaborations."""

from collections.abc import Sequence
from functools import partial
from itertools import batched
from typing import Any

from feeds.models import Timeline
from posts.public import Post, collaborates, find_ready, latest_posts
from shared.clock import now, timestamp
from shared.dynamodb.tables import parallel_map, query, read_items, send_writes, write_items
from shared.transient import TransientError
from users.public import find_user, is_following

LIFE = 30 * 24 * 3600  # seconds that an entry is kept
BACKFILL = 50  # posts that a new follower gets
_BATCH = 25  # DynamoDB's limit of items in one BatchWriteItem
_PAGE = 5000  # entries that one query looks at, which is about its limit of 1 MB
_TRIES = 8


class SyncPending(TransientError):
    """The source changes faster than the sync; the next delivery tries again."""


def add_post(
    post_id: str, author_id: str, user_ids: Sequence[str], *, is_reel: bool = False
) -> None:
    """Add a post to the timelines of its author's followers. Idempotent.

    Only the user differs, so what the entries share is serialized once: PynamoDB would need more
    time for every entry than everything else takes.
    """
    shared = entry("", post_id, author_id, is_reel=is_reel).serialize()
    batches = batched(dict.fromkeys(user_ids), _BATCH, strict=False)
    parallel_map(partial(_write, Timeline.Meta.table_name, shared), batches)


def entry(
    user_id: str, post_id: str, author_id: str, *, is_reel: bool = False, reason: str = "follow"
) -> Timeline:
    """The entry of a post whose author `user_id` follows or collaborates with."""
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
    """Sync the entries of one author in a timeline with whether `user_id` follows them.

    Events arrive late, twice and out of order, so an event is only the occasion to read the follow.
    It is read again after the write, to find a change that happened in between.
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
    """Sync the entry of one post with whether `user_id` collaborates on it (or follows its author,
    which is reason enough)."""
    for _ in range(_TRIES):
        target = _target_entry(user_id, post_id, author_id)
        if target:
            target.save()
        else:
            Timeline(user_id, post_id).delete()
        if (_target_entry(user_id, post_id, author_id) is None) == (target is None):
            return
    raise SyncPending("the collaboration changes faster than the timeline")


def _target_entry(user_id: str, post_id: str, author_id: str) -> Timeline | None:
    """The entry that should be stored; None if the post does not belong in the timeline."""
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
    if author is None or author.is_pulled:  # a celebrity's posts are pulled when a feed is read
        return
    posts = latest_posts(author_id, BACKFILL)
    write_items(puts=[entry(user_id, *post[:2], is_reel=post.is_reel) for post in posts])


def _remove(user_id: str, author_id: str) -> None:
    """Remove the author's posts, except those that `user_id` collaborates on."""
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


def _write(table: str, shared: dict[str, Any], user_ids: Sequence[str]) -> None:
    requests: Any = {
        table: [
            {"PutRequest": {"Item": {**shared, "user_id": {"S": user_id}}}} for user_id in user_ids
        ]
    }
    send_writes(requests)
