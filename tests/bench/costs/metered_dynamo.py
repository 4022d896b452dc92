"""DynamoDB in memory that records capacity units, and the changes for the tables' streams.

The rules are those of the DynamoDB developer guide ("read and write operations", "item sizes and
formats", "using global secondary indexes"). A read is charged for the items it looks at; a write
for the larger of the item before and after, twice in a transaction, also when its condition fails;
an index for each entry that changes, twice if it moves.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from infra.templates import FOUNDATION, name_of, resources
from tests.bench.capacity import READ_BLOCK, WRITE_BLOCK, blocks, item_size, looking_at
from tests.bench.costs.meter import Meter
from tests.support.expressions import Item
from tests.support.memory_dynamo import MemoryDynamo, MemoryTable, Refused

_WRITES = ("Put", "Update", "Delete", "ConditionCheck")


@dataclass(frozen=True)
class Change:
    """One item, before and after a write."""

    table: str
    old: Item | None
    new: Item | None


class Tables(dict[str, MemoryTable]):
    """The tables by name. Items are replaced, never changed, so copies can share them."""

    def __deepcopy__(self, memo: Any) -> "Tables":
        return Tables(
            {name: replace(table, items=dict(table.items)) for name, table in self.items()}
        )


class MeteredDynamo(MemoryDynamo):
    """DynamoDB in memory with capacity units and streams."""

    def __init__(self, stack: str, meter: Meter) -> None:
        super().__init__(stack)
        self.tables: Tables = Tables(self.tables)
        self._meter = meter
        self.changes: list[Change] = []

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        touched = list(self._touched(operation, request))
        before = [self._find(table, key) for table, key, _ in touched]
        refused = None
        try:
            answer = super().answer(operation, request)
        except Refused as error:
            refused = error
        for (table, key, times), old in zip(touched, before, strict=True):
            new = self._find(table, key)
            self._meter.bill("write_units", times * blocks(_larger(old, new), WRITE_BLOCK))
            self._meter.bill("write_units", _index_units(self._name(table), old, new))
            if old != new:
                self.changes.append(Change(self._name(table), old, new))
        if refused:
            raise refused
        self._meter.bill("read_units", self._read_units(operation, request, answer))
        return answer

    def _touched(
        self, operation: str, request: dict[str, Any]
    ) -> Iterator[tuple[str, dict[str, Any], int]]:
        """`(table, key or whole item, charging factor)` of each written item."""
        match operation:
            case "PutItem" | "UpdateItem" | "DeleteItem":
                yield request["TableName"], request.get("Key") or request["Item"], 1
            case "BatchWriteItem":
                for table, writes in request["RequestItems"].items():
                    for write in writes:
                        put = write.get("PutRequest", {}).get("Item")
                        yield table, put or write["DeleteRequest"]["Key"], 1
            case "TransactWriteItems":
                for action in request["TransactItems"]:
                    [(kind, given)] = action.items()
                    assert kind in _WRITES
                    yield given["TableName"], given.get("Key") or given["Item"], 2

    def _find(self, table: str, key: dict[str, Any]) -> Item | None:
        kept = self.tables[table]
        return kept.items.get(kept.identity(key))

    def _read_units(self, operation: str, request: dict[str, Any], answer: dict[str, Any]) -> float:
        match operation:
            case "GetItem":
                return _units(item_size(answer.get("Item", {})), request)
            case "BatchGetItem":
                found = sum(
                    _units(item_size(item), request["RequestItems"][table])
                    for table, items in answer["Responses"].items()
                    for item in items
                )
                return found + sum(
                    (len(given["Keys"]) - len(answer["Responses"].get(table, [])))
                    * _units(0, given)
                    for table, given in request["RequestItems"].items()
                )
            case "Query":
                looked_at = super().answer("Query", looking_at(request))["Items"]
                table, index = self._name(request["TableName"]), request.get("IndexName")
                if index:
                    looked_at = [_entry(item, *_indexes()[table][index]) for item in looked_at]
                return _units(sum(map(item_size, looked_at)), request)
        return 0

    def _name(self, table: str) -> str:
        return table.partition("-")[2]


def _units(size: int, request: dict[str, Any]) -> float:
    return blocks(size, READ_BLOCK) * (1 if request.get("ConsistentRead") else 0.5)


def _larger(old: Item | None, new: Item | None) -> int:
    return max(item_size(old or {}), item_size(new or {}))


def _index_units(table: str, old: Item | None, new: Item | None) -> float:
    units = 0
    for keys, projected in _indexes()[table].values():
        before, after = (
            _entry(item, keys, projected) if item and keys <= item.keys() else None
            for item in (old, new)
        )
        if before == after:
            continue
        if before and after and all(before[key] == after[key] for key in keys):
            units += blocks(_larger(before, after), WRITE_BLOCK)
        else:
            units += sum(blocks(item_size(each), WRITE_BLOCK) for each in (before, after) if each)
    return units


def _entry(item: Item, keys: frozenset[str], projected: frozenset[str] | None) -> Item:
    """The attributes of an item that an index holds."""
    del keys  # they are among the projected ones
    return {name: value for name, value in item.items() if projected is None or name in projected}


@cache
def _indexes() -> dict[str, dict[str, tuple[frozenset[str], frozenset[str] | None]]]:
    """By table and index: the keys, and all projected attributes (None: every attribute)."""
    found: dict[str, dict[str, tuple[frozenset[str], frozenset[str] | None]]] = {}
    for table in resources(FOUNDATION, "AWS::DynamoDB::Table").values():
        own = _keys(table)
        indexes = found.setdefault(name_of(table["TableName"]), {})
        for index in table.get("GlobalSecondaryIndexes", []):
            keys, projection = _keys(index), index["Projection"]
            all_of_it = projection["ProjectionType"] == "ALL"
            more = frozenset(projection.get("NonKeyAttributes", []))
            indexes[index["IndexName"]] = keys, None if all_of_it else own | keys | more
    return found


def _keys(properties: dict[str, Any]) -> frozenset[str]:
    return frozenset(part["AttributeName"] for part in properties["KeySchema"])
