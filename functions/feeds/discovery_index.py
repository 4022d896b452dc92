"""The index for discovery: fresh public posts for explore and trending, and all public reels.

Events arrive late, twice and out of order, so an event is only the occasion to read the post. The
stored row follows from the post as it is now, with its exact counters, and has the post id as its
key: nothing is counted here, so nothing can be counted twice.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from feeds.home_sources import is_not_muted
from feeds.models import ExplorePost, Reel
from feeds.timelines import SyncPending
from posts.public import Post, VisiblePost
from shared.clock import now
from shared.dynamodb.tables import Found, Key, Table, read_items, write_items
from shared.ids import time_of

HOUR = 3600
EXPLORED = 30 * 24 * HOUR  # seconds that a post is fresh
RANKED = 7 * 24 * HOUR  # seconds that a post may trend
SHARD_BITS = 3  # of a spot: new posts are spread over 2^3 partitions
HOUR_PARTS = 4  # partitions of one hour's posts
REEL_PARTS = 4  # partitions of one year's reels
SPOT_BITS = 32
_TRIES = 8

type _Row = Callable[[str, Found], Table | None]


def sync_explore(post_ids: Iterable[str]) -> None:
    """Sync the candidates of explore and trending with these posts."""
    _sync(post_ids, lambda post_id: (ExplorePost, post_id), _explore_row)


def sync_reels(post_ids: Iterable[str]) -> None:
    """Sync the list of public reels with these posts."""
    _sync(post_ids, lambda post_id: (Reel, reel_bucket(post_id), post_id), _reel_row)


def spot_of(post_id: str) -> str:
    """The position of a post in random order: a hash of its id, 32 bits as 8 hexadecimal digits."""
    return hashlib.blake2b(post_id.encode(), digest_size=SPOT_BITS // 8).hexdigest()


def shard_of(spot: int) -> str:
    """The partition that a spot is in."""
    return str(spot >> SPOT_BITS - SHARD_BITS)


def hour_bucket(hour: int, part: int) -> str:
    """The partition of a part of an hour's posts; hours are counted from the epoch."""
    return f"{hour}#{part}"


def year_bucket(year: int, part: int) -> str:
    """The partition of a part of a year's reels."""
    return f"{year}#{part}"


def reel_bucket(post_id: str) -> str:
    """The partition that a reel is in."""
    return year_bucket(year_of(time_of(post_id)), _part(post_id, REEL_PARTS))


def year_of(moment: float) -> int:
    """The year of a moment, in UTC."""
    return datetime.fromtimestamp(moment, UTC).year


def points_of(post: Post) -> int:
    """The engagement with a post, rounded down to two significant digits: a post with thousands of
    likes is written again only once in a hundred likes, and still ranks where it belongs."""
    exact = post.like_count + 2 * post.comment_count + 3 * post.share_count
    exact = max(exact, 0)
    step: int = 10 ** max(len(str(exact)) - 2, 0)
    return exact // step * step


def _sync(post_ids: Iterable[str], key_of: Callable[[str], Key], row: _Row) -> None:
    pending = list(dict.fromkeys(post_ids))
    for _ in range(_TRIES):
        if not pending:
            return
        keys: list[Key] = [(Post, post_id) for post_id in pending]
        found = read_items([*keys, *map(key_of, pending)], consistent=True)
        puts: list[Table] = []
        deletes: list[Table] = []
        changed = []
        for post_id in pending:
            target, stored = row(post_id, found), found.at(key_of(post_id))
            if _points(target) == _points(stored):
                continue
            changed.append(post_id)
            if target:
                puts.append(target)
            elif stored:
                deletes.append(stored)
        write_items(puts=puts, deletes=deletes)
        # Another worker may have overwritten this with an older state: the next round finds it.
        pending = changed
    raise SyncPending("posts change faster than the discovery index is written")


def _points(row: Any) -> str | None:
    """The only part in which two rows of a post differ; None if there is no row."""
    return None if row is None else getattr(row, "points", "")


def _explore_row(post_id: str, found: Found) -> ExplorePost | None:
    post, stored = _public_post(post_id, found), found.get(ExplorePost, post_id)
    created, moment = time_of(post_id), now()
    if post is None or created + EXPLORED <= moment:
        return None
    points = f"{points_of(post):010}"
    if created + RANKED <= moment:  # it no longer trends, so its points need no write
        points = stored.points if stored else f"{0:010}"
    spot = spot_of(post_id)
    return ExplorePost(
        post_id,
        author_id=post.author_id,
        shard=shard_of(int(spot, 16)),
        spot=spot,
        bucket=hour_bucket(int(created // HOUR), _part(post_id, HOUR_PARTS)),
        points=points,
        expires_at=int(created + EXPLORED),
    )


def _reel_row(post_id: str, found: Found) -> Reel | None:
    post = _public_post(post_id, found)
    if post is None or not post.is_reel:
        return None
    return Reel(reel_bucket(post_id), post_id, author_id=post.author_id)


def _public_post(post_id: str, found: Found) -> Post | None:
    post = found.get(Post, post_id)
    if post is None or post.status != "ready" or post.deleted_at or post.visibility != "public":
        return None
    return post


def _part(post_id: str, parts: int) -> int:
    return int(spot_of(post_id), 16) % parts


def is_for_everybody(visible: VisiblePost) -> bool:
    """Whether this is a public post of a public account that the viewer does not mute.

    Checked again when a feed is read: the index may lag behind, and the viewer may see more than
    everybody does.
    """
    is_public = visible.post.visibility == "public" and not visible.author.is_private
    return is_public and is_not_muted(visible)
