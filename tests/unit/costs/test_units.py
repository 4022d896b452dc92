"""Capacity units by DynamoDB's rules, and the changes in its streams."""

from typing import Any

import pytest

from tests.bench.costs.meter import Meter
from tests.bench.costs.metered_dynamo import MeteredDynamo
from tests.support.memory_dynamo import Refused

LIKES, EDGES = "hoshi-likes", "hoshi-relationships"


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def dynamo(meter: Meter) -> MeteredDynamo:
    return MeteredDynamo("hoshi", meter)


def like(number: int = 0, size: int = 0, liked_at: str | None = "2026-01-05") -> dict[str, Any]:
    """A like; without `liked_at` it is in none of the two indexes."""
    item = {"post_id": {"S": "post"}, "user_id": {"S": f"user-{number}"}, "x": {"S": "x" * size}}
    return item | ({"liked_at": {"S": liked_at}} if liked_at else {})


def put(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"TableName": LIKES, "Item": item, **more}


def spent(meter: Meter, what: str) -> float:
    """What was billed since it was asked last."""
    billed = meter.billed.get(what, 0)
    meter.clear()
    return billed


def test_a_write_costs_a_unit_per_kilobyte_and_those_of_the_indexes_that_hold_it(
    dynamo: MeteredDynamo, meter: Meter
) -> None:
    dynamo.answer("PutItem", put(like(1, liked_at=None)))
    assert spent(meter, "write_units") == 1
    # `by_user` holds all of it, `by_time` the keys alone.
    dynamo.answer("PutItem", put(like(2, size=1500)))
    assert spent(meter, "write_units") == 2 + 2 + 1


def test_an_index_costs_nothing_when_its_entry_stays_and_twice_when_it_moves(
    dynamo: MeteredDynamo, meter: Meter
) -> None:
    dynamo.answer("PutItem", put(like()))
    meter.clear()
    dynamo.answer("PutItem", put(like()))
    assert spent(meter, "write_units") == 1
    dynamo.answer("PutItem", put(like(liked_at="2026-01-06")))
    assert spent(meter, "write_units") == 1 + 2 + 2


def test_the_larger_of_before_and_after_is_charged(dynamo: MeteredDynamo, meter: Meter) -> None:
    dynamo.answer("PutItem", put(like(size=2500, liked_at=None)))
    meter.clear()
    key = {"post_id": {"S": "post"}, "user_id": {"S": "user-0"}}
    dynamo.answer("DeleteItem", {"TableName": LIKES, "Key": key})
    assert spent(meter, "write_units") == 3


def test_a_transaction_costs_twice_even_when_it_is_refused(
    dynamo: MeteredDynamo, meter: Meter
) -> None:
    write = {"Put": put(like(liked_at=None), ConditionExpression="attribute_not_exists(post_id)")}
    dynamo.answer("TransactWriteItems", {"TransactItems": [write]})
    assert spent(meter, "write_units") == 2
    with pytest.raises(Refused):
        dynamo.answer("TransactWriteItems", {"TransactItems": [write]})
    assert spent(meter, "write_units") == 2
    assert len(dynamo.changes) == 1, "what was refused changed nothing"


def test_reads_are_charged_for_what_they_look_at(dynamo: MeteredDynamo, meter: Meter) -> None:
    for number in range(4):
        dynamo.answer("PutItem", put(like(number, size=3000)))
    meter.clear()
    query = {
        "TableName": LIKES,
        "KeyConditionExpression": "post_id = :post",
        "ExpressionAttributeValues": {":post": {"S": "post"}},
    }
    # Four items of 3 KB together, in blocks of 4 KB; half a unit each unless it is consistent.
    dynamo.answer("Query", query)
    assert spent(meter, "read_units") == 1.5
    dynamo.answer("Query", {**query, "ConsistentRead": True})
    assert spent(meter, "read_units") == 3
    values = {**query["ExpressionAttributeValues"], ":none": {"S": "nobody"}}
    filtered = {**query, "FilterExpression": "x = :none", "ExpressionAttributeValues": values}
    assert dynamo.answer("Query", filtered)["Items"] == []
    assert spent(meter, "read_units") == 1.5
    # Of the index that holds keys alone the same page is small.
    dynamo.answer("Query", {**query, "IndexName": "by_time"})
    assert spent(meter, "read_units") == 0.5


def test_a_batch_is_charged_item_by_item_and_for_those_that_are_not_there(
    dynamo: MeteredDynamo, meter: Meter
) -> None:
    dynamo.answer("PutItem", put(like(1, size=5000)))
    meter.clear()
    keys = [{"post_id": {"S": "post"}, "user_id": {"S": f"user-{number}"}} for number in (1, 2)]
    dynamo.answer("BatchGetItem", {"RequestItems": {LIKES: {"Keys": keys}}})
    assert spent(meter, "read_units") == 1 + 0.5
