"""Storing a recounted number: exact, whatever the stream still has to deliver.

A repair stores the count together with a watermark of its time: a change from before it is not
counted again, however late the stream delivers it. For that, the items are counted before and after
a quiet moment by DynamoDB's clock. Only if both counts agree, and the stream counted nothing
meanwhile, does the repair take effect; else a later run tries again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.dynamodb.counters import others_of
from shared.dynamodb.recount_queries import (
    Counting,
    ItemKey,
    OutOfTimeError,
    RawItem,
    Time,
    count_items,
    find_raw,
    raw_key,
)
from shared.dynamodb.watermarks import Watermarks

QUIET = 3  # seconds between `begin` and `finish`: DynamoDB's clock has whole seconds


@dataclass(frozen=True, slots=True)
class Repair:
    """The counts of one item that have one watermark: the item as it was before they were counted,
    and the counts, which hold everything from before `moment`."""

    key: ItemKey
    countings: Sequence[Counting]
    item: RawItem
    counts: list[int]
    moment: float


def begin(time: Time, key: ItemKey, countings: Sequence[Counting]) -> Repair | None:
    """Count what will be stored, if there are item and time."""
    item = find_raw(countings[0].target, key)
    if any(each.name not in item for each in countings):
        return None
    try:
        counted = [count_items(time, each, key[-1]) for each in countings]
    except OutOfTimeError:
        return None
    moment = max(at for _, at in counted) + 1
    return Repair(key, countings, item, [count for count, _ in counted], moment)


def finish(time: Time, repair: Repair) -> list[int]:
    """Store the counts if they are the same as before the quiet moment, and nothing was counted
    since; return what was added to each."""
    model, item = repair.countings[0].target, repair.item
    try:
        again = [count_items(time, each, repair.key[-1])[0] for each in repair.countings]
    except OutOfTimeError:
        return []
    if again != repair.counts:
        return []
    names: dict[str, str] = {}
    values: RawItem = {}
    changes, conditions = [], []
    for index, (counting, count) in enumerate(zip(repair.countings, again, strict=True)):
        names[f"#n{index}"] = counting.name
        values |= {f":n{index}": {"N": str(count)}, f":o{index}": item[counting.name]}
        changes.append(f"#n{index} = :n{index}")
        conditions.append(f"#n{index} = :o{index}")
    watermark = repair.countings[0].watermark
    if watermark:
        texts = (item.get(name, {}).get("S") for name in (watermark, others_of(watermark)))
        known = Watermarks.read(*texts)
        marks = known.recounted(repair.moment)
        names |= {"#seq": watermark, "#others": others_of(watermark)}
        values |= {":seq": {"S": marks.latest}, ":others": {"S": marks.others or ""}}
        changes += ["#seq = :seq", "#others = :others"]
        if known.latest:
            values[":known"] = {"S": known.latest}
        conditions.append("#seq = :known" if known.latest else "attribute_not_exists(#seq)")
    try:
        client("dynamodb").update_item(
            TableName=model.Meta.table_name,
            Key=raw_key(model, repair.key),
            UpdateExpression=f"SET {', '.join(changes)}",
            ConditionExpression=" AND ".join(conditions),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return []  # a change was counted: a later run repairs it
    stored = [int(item[each.name]["N"]) for each in repair.countings]
    return [count - old for count, old in zip(again, stored, strict=True)]
