"""What a count should be: the number of items that a query finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from pynamodb.attributes import Attribute, UnicodeAttribute

from shared.aws.clients import client
from shared.dynamodb.model import Table

_TIME_TO_END = 15_000  # milliseconds

type ItemKey = tuple[str, ...]
type RawItem = dict[str, Any]
type Time = Callable[[], int]  # the milliseconds that the Lambda has left


class OutOfTimeError(Exception):
    """Counting takes longer than the time that is left."""


@dataclass(frozen=True, slots=True)
class Counting:
    """One counter: the attribute `total` of `target` counts the items of `source` whose `partition`
    is the target's id (the last part of its key). Of these, `where` names attributes and the value
    that each must have (None: the attribute is absent), `beginning` the sort key and the text with
    which it must begin. `sequence` holds the watermark that is stored with the count, if the stream
    counts it."""

    target: type[Table]
    total: Attribute[int]
    sequence: UnicodeAttribute | None
    source: type[Table]
    partition: str
    index: str | None = None
    where: Mapping[str, bool | None] | None = None
    beginning: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """The stored name of the count."""
        return str(self.total.attr_name)

    @property
    def watermark(self) -> str | None:
        """The stored name of the watermark."""
        return self.sequence.attr_name if self.sequence is not None else None


def count_items(time: Time, counting: Counting, item_id: str) -> tuple[int, float]:
    """The number of items that a counter should count, and the second of DynamoDB's clock in which
    they were read."""
    total, names = 0, {"#partition": counting.partition}
    values: dict[str, Any] = {":id": {"S": item_id}}
    # An index may lag; but a count is repaired only if it was the same two hours before.
    more: dict[str, Any] = (
        {"IndexName": counting.index} if counting.index else {"ConsistentRead": True}
    )
    condition = "#partition = :id"
    if counting.beginning:
        names["#sort"], beginning = counting.beginning
        values[":beginning"] = {"S": beginning}
        condition += " AND begins_with(#sort, :beginning)"
    filters = []
    for index, (name, value) in enumerate((counting.where or {}).items()):
        names[f"#w{index}"] = name
        if value is None:
            filters.append(f"attribute_not_exists(#w{index})")
        else:
            values[f":w{index}"] = {"BOOL": value}
            filters.append(f"#w{index} = :w{index}")
    if filters:
        more["FilterExpression"] = " AND ".join(filters)
    while True:
        answer: Any = client("dynamodb").query(
            TableName=counting.source.Meta.table_name,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            Select="COUNT",
            **more,
        )
        total += answer["Count"]
        if not answer.get("LastEvaluatedKey"):
            date = answer["ResponseMetadata"]["HTTPHeaders"]["date"]
            return total, parsedate_to_datetime(date).timestamp()
        if time() < _TIME_TO_END:
            raise OutOfTimeError
        more["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def find_raw(model: type[Table], key: ItemKey) -> RawItem:
    """The item with a key, read consistently, in DynamoDB's form; empty if there is none."""
    answer: Any = client("dynamodb").get_item(
        TableName=model.Meta.table_name, Key=raw_key(model, key), ConsistentRead=True
    )
    item: RawItem = answer.get("Item", {})
    return item


def raw_key(model: type[Table], key: ItemKey) -> RawItem:
    """A key in DynamoDB's form."""
    return {name: {"S": value} for name, value in zip(model.key_names(), key, strict=True)}


def key_of(model: type[Table], item: RawItem) -> ItemKey:
    """The values of an item's key."""
    return tuple(item[name]["S"] for name in model.key_names())
