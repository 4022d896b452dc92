"""What the recounts remember between two runs: where to go on, and which counts differed."""

from typing import Any

from pynamodb.attributes import UnicodeAttribute

from shared.aws.clients import client
from shared.clock import now, seconds, timestamp
from shared.dynamodb.attributes import IntegerAttribute, JSONAttribute
from shared.dynamodb.model import Table, TableName
from shared.dynamodb.recount_lists import Place, table_of

REPAIR_AFTER = 2 * 3600  # seconds for which a difference must last
_NOTE_LIFE = 14 * 24 * 3600  # seconds for which a difference is remembered
_PROGRESS_LIFE = 30 * 24 * 3600  # seconds

type RawItem = dict[str, Any]


class Recount(Table):
    """A difference (subject `<table>#<counter>#<key>`), or how far the rounds through a table
    (`progress#<table>`) or its lists (`lists#<table>`) are done."""

    class Meta:
        table_name = TableName("recounts")

    subject = UnicodeAttribute(hash_key=True)
    after = JSONAttribute(null=True)  # the key of the item that was checked last, or a `Place`
    difference = IntegerAttribute(null=True)  # what there is, less what was counted
    noted_at = UnicodeAttribute()
    begun_at = UnicodeAttribute(null=True)  # when this round through the table began
    earlier_at = UnicodeAttribute(null=True)  # when the one before began
    expires_at = IntegerAttribute()  # epoch seconds


def is_certain(subject: str, difference: int) -> bool:
    """Whether a count has differed as much for long enough; note the difference if it is new."""
    noted = Recount.find(subject, consistent=True)
    if noted is not None and noted.difference == difference:
        return seconds(noted.noted_at) <= now() - REPAIR_AFTER
    expires = int(now()) + _NOTE_LIFE
    Recount(subject, difference=difference, noted_at=timestamp(), expires_at=expires).save()
    return False


def place_in_lists(model: type[Table]) -> Place:
    """How far the lists of a table are done."""
    noted = Recount.find(f"lists#{table_of(model)}", consistent=True)
    return Place.read(noted.after if noted else None)


def save_place(model: type[Table], place: Place) -> None:
    """Remember how far the lists of a table are done."""
    stored = {"day": place.day, "part": place.part, "after": place.after}
    _progress(f"lists#{table_of(model)}", after=stored).save()


class Round:
    """The present round through a table."""

    def __init__(self, model: type[Table], names: list[str]) -> None:
        self._model, self._names = model, names
        subject = f"progress#{table_of(model)}"
        self._noted = Recount.find(subject, consistent=True) or _progress(subject)
        self._noted.begun_at = self._noted.begun_at or timestamp()

    def next_page(self, limit: int) -> list[RawItem]:
        """The next items with the named attributes. Call `page_done` when they are checked."""
        start = {"ExclusiveStartKey": self._noted.after} if self._noted.after else {}
        answer = client("dynamodb").scan(
            TableName=self._model.Meta.table_name,
            Limit=limit,
            ProjectionExpression=", ".join(self._names),
            **start,
        )
        self._after = answer.get("LastEvaluatedKey")
        return answer["Items"]

    def page_done(self) -> bool:
        """Remember where the next page begins: after the table's end, at its beginning. Return
        whether the round is over."""
        noted = self._noted
        begun_at = noted.begun_at if self._after else None
        earlier_at = noted.earlier_at if self._after else noted.begun_at
        self._noted = _progress(
            noted.subject, after=self._after, begun_at=begun_at, earlier_at=earlier_at
        )
        self._noted.save()
        return self._after is None

    @property
    def days(self) -> float:
        """Days since an item may have been checked last."""
        oldest = self._noted.earlier_at or self._noted.begun_at or timestamp()
        return (now() - seconds(oldest)) / (24 * 3600)


def _progress(subject: str, **given: Any) -> Recount:
    expires = int(now()) + _PROGRESS_LIFE
    return Recount(subject, noted_at=timestamp(), expires_at=expires, **given)
