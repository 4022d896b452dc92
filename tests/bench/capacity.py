"""The DynamoDB capacity that recorded calls consume, computed from the sizes of the items.

By the rules of the DynamoDB developer guide ("DynamoDB read and write operations", "item sizes
and formats"): a read takes half a unit per 4 KB, a consistent one a whole unit, an absent item as
much as a small one; a query is charged for the whole items it looks at, whatever it projects or
filters. A write takes a unit per KB, in a transaction two, and one more per KB in each index that
holds the item. A deleted item is assumed to have less than 1 KB.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.memory import Call

READ_BLOCK, WRITE_BLOCK = 4096, 1024
_PLACEHOLDER = re.compile(r"[:#]\w+")


@dataclass(frozen=True)
class Capacity:
    """Capacity units."""

    read: float
    write: float

    def __str__(self) -> str:
        return f"{self.read:g} read + {self.write:g} write"


def consumed(calls: Sequence[Call], dynamodb: Any) -> Capacity:
    """The units of `calls`; `dynamodb` is a client that may read the tables as they are now."""
    meter = _Meter(dynamodb)
    of_tables = [call for call in calls if call.service == "dynamodb"]
    return Capacity(sum(map(meter.read, of_tables)), sum(map(meter.write, of_tables)))


class _Meter:
    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb
        self._index_keys: dict[str, list[set[str]]] = {}

    def read(self, call: Call) -> float:
        given = call.parameters
        match call.operation:
            case "GetItem":
                size = self._size_of(given["TableName"], given["Key"])
                return _read_units(size, given)
            case "BatchGetItem":
                return sum(
                    _read_units(self._size_of(table, key), keys_and_options)
                    for table, keys_and_options in given["RequestItems"].items()
                    for key in keys_and_options["Keys"]
                )
            case "Query":
                return _read_units(sum(map(item_size, self._looked_at(given))), given)
        return 0

    def write(self, call: Call) -> float:
        given = call.parameters
        match call.operation:
            case "PutItem":
                return self._put(given["TableName"], given["Item"])
            case "UpdateItem":
                return self._update(given)
            case "DeleteItem":
                return 1 + len(self._indexes(given["TableName"]))
            case "BatchWriteItem":
                return sum(
                    self._put(table, each["PutRequest"]["Item"])
                    if "PutRequest" in each
                    else 1 + len(self._indexes(table))
                    for table, requests in given["RequestItems"].items()
                    for each in requests
                )
            case "TransactWriteItems":
                return sum(map(self._write_of, _actions(given)))
        return 0

    def _write_of(self, action: tuple[str, dict[str, Any]]) -> float:
        kind, given = action
        match kind:
            case "Put":
                return self._put(given["TableName"], given["Item"], times=2)
            case "Update":
                return self._update(given, times=2)
            case "Delete":
                return 2 + len(self._indexes(given["TableName"]))
        return 2 * blocks(self._size_of(given["TableName"], given["Key"]), WRITE_BLOCK)

    def _put(self, table: str, item: dict[str, Any], times: int = 1) -> float:
        units = blocks(item_size(item), WRITE_BLOCK)
        holding = sum(keys <= item.keys() for keys in self._indexes(table))
        return units * (times + holding)

    def _update(self, given: dict[str, Any], times: int = 1) -> float:
        item = self._find(given["TableName"], given["Key"])
        return self._put(given["TableName"], item, times)

    def _size_of(self, table: str, key: dict[str, Any]) -> int:
        return item_size(self._find(table, key))

    def _find(self, table: str, key: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self._dynamodb.get_item(TableName=table, Key=key)
        return found.get("Item", {})

    def _looked_at(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """The whole items of a query's page."""
        items: list[dict[str, Any]] = self._dynamodb.query(**looking_at(query))["Items"]
        return items

    def _indexes(self, table: str) -> list[set[str]]:
        """The key attributes of each index of a table; an item without them is not in the index."""
        if table not in self._index_keys:
            described = self._dynamodb.describe_table(TableName=table)["Table"]
            self._index_keys[table] = [
                {key["AttributeName"] for key in index["KeySchema"]}
                for index in described.get("GlobalSecondaryIndexes", [])
            ]
        return self._index_keys[table]


def looking_at(query: dict[str, Any]) -> dict[str, Any]:
    """The query that returns the whole items that `query` looks at, without its filter."""
    kept = {"TableName", "IndexName", "Limit", "ScanIndexForward", "ExclusiveStartKey"}
    whole = {name: value for name, value in query.items() if name in kept}
    condition = whole["KeyConditionExpression"] = query["KeyConditionExpression"]
    used = set(_PLACEHOLDER.findall(condition))
    for name in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        given = {key: value for key, value in query.get(name, {}).items() if key in used}
        if given:
            whole[name] = given
    return whole


def _actions(given: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for action in given["TransactItems"]:
        yield from action.items()


def _read_units(size: int, given: dict[str, Any]) -> float:
    return blocks(size, READ_BLOCK) * (1 if given.get("ConsistentRead") else 0.5)


def blocks(size: int, block: int) -> int:
    """How many blocks an item fills; an absent item costs as much as a small one."""
    return max(1, -(-size // block))


def item_size(item: dict[str, Any]) -> int:
    """The bytes of an item in DynamoDB's JSON."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content) // 2 + 2
        case "B":
            return len(content)
        case "L":
            return 3 + sum(1 + _value_size(each) for each in content)
        case "M":
            return 3 + item_size(content) + len(content)
        case "SS" | "NS":
            return sum(_value_size({kind[0]: each}) for each in content)
    return 1  # BOOL, NULL
