"""The ids of each author's latest posts in one small item, from which feeds pull those of
celebrities: a hundred authors in one call, where the index takes one query for each.

The stream of posts keeps it. An item follows from its posts as they are, read consistently when
one appears, is hidden, restored or purged, and again after each write; so late, repeated and
parallel records end right (D-133). It holds ids alone: who may see a post, and whether it still
exists, is decided when the post itself is read. So an id too many is harmless, and an item that is
missing is replaced by the index: the table may be emptied at any time.
"""

from collections.abc import Iterable
from contextlib import suppress

from posts.author_pages import posts_page
from posts.latest_models import KEPT, IdList, LatestPosts
from posts.models import Post
from shared.clock import now
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import (
    ConditionFailed,
    Key,
    WriteConflict,
    parallel_map,
    read_items,
)

_DAY = 86_400  # seconds, after which an item is compared with the index
_TRIES = 8
_PAGES = 5  # of the index, at most, for one list


def sync_latest(changes: Iterable[Change[Post]]) -> None:
    """Sync the items of the authors of posts that appeared or disappeared."""
    changed: dict[str, set[str]] = {}
    for change in changes:
        if _is_listed(change.old) != _is_listed(change.new):
            changed.setdefault(change.item.author_id, set()).add(change.item.post_id)
    parallel_map(_sync, changed.items())


def _sync(changed: tuple[str, set[str]]) -> None:
    author_id, post_ids = changed
    for _ in range(_TRIES):
        # Another shard's worker may change the item after it was read.
        with suppress(ConditionFailed):
            if not _update(author_id, post_ids):
                return
    raise WriteConflict


def _update(author_id: str, post_ids: set[str]) -> bool:
    """Make the item agree with these posts; return whether there was anything to write."""
    keys: list[Key] = [(LatestPosts, author_id), *((Post, post_id) for post_id in post_ids)]
    found = read_items(keys, consistent=True)
    stored = found.get(LatestPosts, author_id)
    there = [post for post in found.of(Post) if _is_listed(post)]
    gone = post_ids - {post.post_id for post in there}
    before = [IdList([], None), IdList([], None)] if stored is None else stored.lists
    after = [
        each.changed(gone, (post.post_id for post in there if post.is_reel or not reels_only))
        for each, reels_only in zip(before, (False, True), strict=True)
    ]
    is_due = stored is None or stored.compared_at + _DAY <= now()
    if before == after and not is_due:
        return False
    is_due = is_due or any(each.has_shrunk for each in after)
    if is_due:  # what is stored counts, too: the index may lag behind the table
        after = [
            each.united(_indexed(author_id, reels_only=reels_only), gone)
            for each, reels_only in zip(after, (False, True), strict=True)
        ]
    if stored is None and not after[0].ids:
        return False
    LatestPosts(
        author_id,
        posts=" ".join(after[0].ids),
        posts_end=after[0].end,
        reels=" ".join(after[1].ids),
        reels_end=after[1].end,
        compared_at=int(now()) if is_due or stored is None else stored.compared_at,
        revision=stored.revision + 1 if stored else 0,
    ).create(LatestPosts.revision == stored.revision if stored else None)
    return True


def _indexed(author_id: str, *, reels_only: bool) -> IdList:
    ids: list[str] = []
    end: str | None = None
    for _ in range(_PAGES):  # deleted posts are left out, so a page may be short
        refs, end = posts_page(author_id, KEPT, end, reels_only=reels_only)
        ids += [ref.post_id for ref in refs]
        if end is None or len(ids) >= KEPT:
            break
    return IdList.of(ids, end)


def _is_listed(post: Post | None) -> bool:
    return post is not None and post.status == "ready" and not post.deleted_at
