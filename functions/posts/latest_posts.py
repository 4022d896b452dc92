"""The ids of each author's latest posts in one small item, from which feeds pull those of
celebrities: a hundred authors in one call, where the index takes one query for each.

The stream of posts keeps it. An item follows from its posts as they are, read consistently when
one appears, is hidden, restored or purged; so late, repeated and parallel records end right
(`dynamodb/projections.py` says why a writer looks again). It holds ids alone: who may see a post,
and whether it still exists, is decided when the post itself is read. So an id too many is harmless,
and an item that is missing is replaced by the index: the table may be emptied at any time.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from pynamodb.attributes import UnicodeAttribute

from posts.author_pages import posts_page
from posts.models import Post
from shared.clock import now
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import (
    ConditionFailed,
    IntegerAttribute,
    Key,
    Table,
    TableName,
    WriteConflict,
    parallel_map,
    read_items,
)

KEPT = 50  # posts, and as many reels: an item stays below 4 KB, the unit of a read
_FEW = KEPT // 2  # of which an item has lost so many that the index is read again
_DAY = 86_400  # seconds, after which an item is compared with the index
_TRIES = 8
_PAGES = 5  # of the index, at most, for one list


@dataclass(frozen=True, slots=True)
class IdList:
    """Ids, newest first: all down to `end`; None: all that there are."""

    ids: Sequence[str]
    end: str | None

    @classmethod
    def of(cls, ids: Iterable[str], end: str | None) -> "IdList":
        """The list of these ids, in any order, cut at its length."""
        newest = sorted({each for each in ids if end is None or each >= end}, reverse=True)
        if len(newest) <= KEPT:
            return cls(newest, end)
        return cls(newest[:KEPT], newest[KEPT - 1])

    @classmethod
    def stored(cls, text: str, end: str | None) -> "IdList":
        """The list as an item stores it."""
        return cls(text.split(), end)

    def changed(self, gone: Collection[str], there: Iterable[str]) -> "IdList":
        """This list without posts that are gone, and with those that are there."""
        return IdList.of([*(each for each in self.ids if each not in gone), *there], self.end)

    def united(self, other: "IdList", gone: Collection[str]) -> "IdList":
        """The ids of both, but those that are gone, down to the end of the other."""
        ids = (each for each in (*self.ids, *other.ids) if each not in gone)
        return IdList.of(ids, other.end)

    @property
    def has_shrunk(self) -> bool:
        """Whether so much was deleted that the list should begin again."""
        return self.end is not None and len(self.ids) < _FEW


class LatestPosts(Table):
    """The latest posts of an author, and the latest reels among all of them, newest first."""

    class Meta:
        table_name = TableName("latest-posts")

    author_id = UnicodeAttribute(hash_key=True)
    posts = UnicodeAttribute(default="")  # ids, with spaces between them
    posts_end = UnicodeAttribute(null=True)  # older posts are not listed; absent: there are none
    reels = UnicodeAttribute(default="")
    reels_end = UnicodeAttribute(null=True)
    compared_at = IntegerAttribute()  # epoch seconds: with the index
    revision = IntegerAttribute(default=0)

    @property
    def lists(self) -> list[IdList]:
        """The posts and the reels."""
        return [
            IdList.stored(self.posts, self.posts_end),
            IdList.stored(self.reels, self.reels_end),
        ]


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
