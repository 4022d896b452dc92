"""Which items were counted on, day by day: what the next recount looks at first.

A counter puts an item on the list of the day with the day's first change of it, and whenever a
change is refused because it is counted already, or cannot be counted: a repeat is harmless, but a
batch that was replayed too late, or in the wrong order, is not. A list is complete when its day is
over; DynamoDB deletes it after two weeks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Self
from zlib import crc32

from pynamodb.attributes import UnicodeAttribute

from shared.clock import now, seconds, timestamp
from shared.dynamodb.attributes import IntegerAttribute
from shared.dynamodb.batches import write_items
from shared.dynamodb.model import Table, TableName
from shared.dynamodb.queries import query

_PARTS = 8  # of a day's list, so that no partition takes all writes
_LIFE = 14  # days
_PAGE = 100

type ItemKey = tuple[str, ...]


class ListedItem(Table):
    """An item that was counted on."""

    class Meta:
        table_name = TableName("recount-lists")

    list_name = UnicodeAttribute(hash_key=True)  # <table>#<day>#<part>
    item_key = UnicodeAttribute(range_key=True)  # the values of its key, with / between
    expires_at = IntegerAttribute()  # epoch seconds


@dataclass(frozen=True, slots=True)
class Place:
    """How far the lists of a table are done: up to an item, exclusive."""

    day: str
    part: int = 0
    after: str = ""

    @classmethod
    def read(cls, stored: dict[str, Any] | None) -> Self:
        """The place that is stored; without one, the oldest list that there may be."""
        return cls(**stored) if stored else cls(timestamp(now() - _LIFE * 24 * 3600)[:10])

    def following(self) -> "Place":
        """The begin of the next part."""
        if self.part + 1 < _PARTS:
            return Place(self.day, self.part + 1)
        return Place((date.fromisoformat(self.day) + timedelta(days=1)).isoformat())

    @property
    def age(self) -> float:
        """Hours since the day began whose list is to be done next."""
        return (now() - seconds(f"{self.day}T00:00:00Z")) / 3600


def table_of(model: type[Table]) -> str:
    """The name of a model's table without the stack."""
    return str(vars(model.Meta)["table_name"].name)


def enlist(model: type[Table], keys: Iterable[ItemKey]) -> None:
    """Put items on today's list; raises if DynamoDB is out of reach."""
    name, day, expires = table_of(model), timestamp()[:10], int(now()) + _LIFE * 24 * 3600
    texts = ["/".join(key) for key in keys]
    write_items(
        puts=[
            ListedItem(f"{name}#{day}#{crc32(text.encode()) % _PARTS}", text, expires_at=expires)
            for text in texts
        ]
    )


def next_listed(model: type[Table], place: Place) -> tuple[list[ItemKey], Place]:
    """The next items on the lists of days that are over, and the place after them; no items if
    there are no more."""
    today = timestamp()[:10]
    while place.day < today:
        found, _ = query(
            ListedItem,
            f"{table_of(model)}#{place.day}#{place.part}",
            ListedItem.item_key > place.after if place.after else None,
            limit=_PAGE,
            newest_first=False,
        )
        if found:
            keys = [tuple(each.item_key.split("/")) for each in found]
            return keys, replace(place, after=found[-1].item_key)
        place = place.following()
    return [], place
