"""The table of each author's latest posts, as lists of ids (`latest_posts` writes them)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pynamodb.attributes import UnicodeAttribute

from shared.dynamodb.tables import IntegerAttribute, Table, TableName

KEPT = 50  # posts, and as many reels: an item stays below 4 KB, the unit of a read
_FEW = KEPT // 2  # of which an item has lost so many that the index is read again


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
