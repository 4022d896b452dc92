"""Tallies: how many facts of one type about one thing happened within ten minutes.

The streams of the facts' own tables count them (`counters`), before they publish their events: a
consumer of an event finds its fact counted, unless its publisher is another partition's stream. The
ten minutes are those of the fact's own time, so a fact that is undone leaves the tally that it was
counted in, however late. Tallies are not recounted: they state what happened, of which the facts'
tables hold only what is so now.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import UnicodeAttribute

from shared.clock import seconds, timestamp
from shared.dynamodb.attributes import IntegerAttribute
from shared.dynamodb.counters import Counter
from shared.dynamodb.model import Table, TableName

if TYPE_CHECKING:
    from shared.dynamodb.changes import Change

WINDOW = 600  # seconds
_LIFE = 100 * 24 * 3600  # seconds: longer than a notification

type Fact = tuple[str, str]  # the id of the thing, and when it happened (RFC 3339)


class Tally(Table):
    """The facts of one type about one thing within one window."""

    class Meta:
        table_name = TableName("tallies")

    subject = UnicodeAttribute(hash_key=True)  # type and thing: post.liked#<post_id>
    window = UnicodeAttribute(range_key=True)  # when it began, RFC 3339
    made = IntegerAttribute(default=0)  # never falls
    undone = IntegerAttribute(default=0)
    tally_seq = UnicodeAttribute(null=True)  # the last change that was counted
    expires_at = IntegerAttribute()

    @property
    def number(self) -> int:
        """How many of its facts hold now."""
        return max(self.made - self.undone, 0)


def window_of(at: str) -> str:
    """When the window of a moment began."""
    moment = seconds(at)
    return timestamp(moment - moment % WINDOW)


def tally_key(type_name: str, fact: Fact) -> tuple[str, str]:
    """The key of the tally that counts a fact of this type."""
    thing_id, at = fact
    return f"{type_name}#{thing_id}", window_of(at)


def tally_counter(type_name: str, fact_of: Callable[[Any], Fact | None]) -> Counter:
    """The counter of a type's tallies; `fact_of` returns the fact that an item states, or None."""

    def facts(change: "Change[Any]") -> tuple[Fact | None, Fact | None]:
        old, new = change.old, change.new
        return fact_of(old) if old else None, fact_of(new) if new else None

    def deltas(change: "Change[Any]") -> dict[str, int]:
        before, after = facts(change)
        if before == after:
            return {}
        return {"made": 1} if after else {"undone": 1}

    def key(change: "Change[Any]") -> tuple[str, str]:
        before, after = facts(change)
        fact = after or before
        assert fact is not None  # noqa: S101  # else there are no deltas
        return tally_key(type_name, fact)

    def start(change: "Change[Any]") -> dict[str, str | int]:
        return {"expires_at": int(seconds(key(change)[1])) + _LIFE}

    return Counter(Tally, "tally_seq", key, deltas, makes_target=True, from_start=start)
