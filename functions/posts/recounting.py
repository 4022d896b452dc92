"""Recounting what counters count, and mending a count that is wrong beyond doubt.

A count that differs may only be late: the changes are on their way through the stream. So a
difference is noted first, and mended when a later run finds the item exactly as it was, after
longer than the stream keeps a change waiting: what has not arrived by then does not arrive. The
condition of the mending write holds off everything that is counted meanwhile.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import Attribute, UnicodeAttribute

from posts.models import Comment, CommentLike, Like, Post, Recount, Share
from shared.aws import client
from shared.clock import now, seconds, timestamp
from shared.tables import ConditionFailed, Table

SETTLED_AFTER = 2 * 3600  # seconds; `MaximumRecordAgeInSeconds` of the stream is one hour
_REMEMBERED = 14 * 24 * 3600  # seconds that a difference is remembered


@dataclass(frozen=True, slots=True)
class Counting:
    """One counter: it stands in `total` of a `target`, and counts the items of `source` whose
    `partition` is the target's id (the last part of its key). `sequence` moves with it."""

    target: type[Table]
    total: Attribute[int]
    sequence: UnicodeAttribute
    source: type[Table]
    partition: str
    index: str | None = None

    def subject(self, item_id: str) -> str:
        """Under which key a difference is noted."""
        table = vars(self.target.Meta)["table_name"].name
        return f"{table}#{self.total.attr_name}#{item_id}"


COUNTINGS: dict[type[Table], list[Counting]] = {
    Post: [
        Counting(Post, Post.like_count, Post.like_seq, Like, "post_id"),
        Counting(Post, Post.comment_count, Post.comment_seq, Comment, "post_id"),
        Counting(Post, Post.share_count, Post.share_seq, Share, "post_id"),
    ],
    Comment: [
        Counting(Comment, Comment.like_count, Comment.like_seq, CommentLike, "comment_id"),
        Counting(
            Comment, Comment.reply_count, Comment.reply_seq, Comment, "thread", index="by_thread"
        ),
    ],
}


def recounting(counting: Counting, key: tuple[str, ...], last_seen: int) -> Callable[[], int]:
    """A call that recounts one counter of the item with this key, last seen with that count, and
    returns by how much it mended the count (0: not at all)."""

    def recount() -> int:
        return 0 if count(counting, key[-1]) == last_seen else _look_closer(counting, key)

    return recount


def count(counting: Counting, item_id: str) -> int:
    """How many items there are to count."""
    total = 0
    start: dict[str, Any] = {}
    # An index may lag; what is mended was the same two hours before.
    place: dict[str, Any] = (
        {"IndexName": counting.index} if counting.index else {"ConsistentRead": True}
    )
    while True:
        answer = client("dynamodb").query(
            TableName=counting.source.Meta.table_name,
            KeyConditionExpression="#partition = :id",
            ExpressionAttributeNames={"#partition": counting.partition},
            ExpressionAttributeValues={":id": {"S": item_id}},
            Select="COUNT",
            **place,
            **start,
        )
        total += answer["Count"]
        if not answer.get("LastEvaluatedKey"):
            return total
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _look_closer(counting: Counting, key: tuple[str, ...]) -> int:
    item = counting.target.find(*key, consistent=True)
    if item is None:
        return 0
    told, sequence = _state(counting, item)
    counted = count(counting, key[-1])
    if counted == told:
        return 0
    subject = counting.subject(key[-1])
    noted = Recount.find(subject, consistent=True)
    if noted is None or (noted.told, noted.sequence, noted.counted) != (told, sequence, counted):
        _note(subject, told, sequence, counted)
        return 0
    if seconds(noted.noted_at) > now() - SETTLED_AFTER:
        return 0
    is_at = counting.sequence == sequence if sequence else counting.sequence.does_not_exist()
    with suppress(ConditionFailed):  # it is counted on at this very moment: another time then
        item.change(
            counting.total.set(counted),
            condition=(counting.total == told) & is_at & counting.target.is_there(),
        )
        return counted - told
    return 0


def _state(counting: Counting, item: Table) -> tuple[int, str | None]:
    """The count that the item has, and up to where it was counted."""
    values: Mapping[str, Any] = item.attribute_values
    return int(values[counting.total.attr_name]), values.get(counting.sequence.attr_name)


def _note(subject: str, told: int, sequence: str | None, counted: int) -> None:
    Recount(
        subject,
        told=told,
        sequence=sequence,
        counted=counted,
        noted_at=timestamp(),
        expires_at=int(now()) + _REMEMBERED,
    ).save()
