"""DynamoDB in memory: the tables of `infra/foundation.yaml`, and the operations that Hoshi uses."""

import copy
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from threading import Lock
from typing import Any

from infra.templates import FOUNDATION, name_of, resources
from tests.support.expressions import Item, Placeholders, ValidationError, holds, updated


class Refused(Exception):
    """An error that DynamoDB answers: its code, and what else its body contains."""

    def __init__(self, code: str, message: str = "", **more: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}
        self.body |= more


@dataclass
class MemoryTable:
    """A table: its key, its indexes' keys, and its items."""

    key: list[str]
    indexes: dict[str, list[str]]
    items: dict[tuple[Any, ...], Item] = field(default_factory=dict)

    def identity(self, item: Mapping[str, Any], exactly: bool = False) -> tuple[Any, ...]:
        if exactly and set(item) != set(self.key):
            raise ValidationError("The provided key element does not match the schema")
        values = [item.get(name, {}).get("S") for name in self.key]
        if not all(values):
            raise ValidationError("One or more parameter values were invalid: a key is empty")
        return tuple(values)


class MemoryDynamo:
    """Answers the JSON of a request with the JSON of its answer, or raises `Refused`."""

    def __init__(self, stack: str) -> None:
        self.tables = {
            f"{stack}-{name}": MemoryTable(key, indexes)
            for name, (key, indexes) in _schemas().items()
        }
        self.calls: list[str] = []
        self._unprocessed = 0
        self._cancelled: list[str] = []
        self._one_at_a_time = Lock()  # tests may call it from several threads

    def leave_unprocessed(self, batches: int) -> None:
        """Leave the last entry of each of the next `batches` unprocessed."""
        self._unprocessed = batches

    def leave_all_unprocessed(self) -> None:
        """Leave the last entry of every batch unprocessed."""
        self._unprocessed = sys.maxsize

    def cancel_transactions(self, reason: str, times: int) -> None:
        """Cancel the next `times` transactions for a reason other than their conditions
        ("TransactionConflict")."""
        self._cancelled = [reason] * times

    def items(self, table: str) -> list[Item]:
        """All items of a table."""
        return list(self._table(table).items.values())

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(operation)
        try:
            with self._one_at_a_time:
                return _OPERATIONS[operation](self, request)
        except ValidationError as error:
            raise Refused("ValidationException", str(error)) from error

    def _table(self, name: str) -> MemoryTable:
        if name not in self.tables:
            raise Refused("ResourceNotFoundException", f"there is no table {name}")
        return self.tables[name]

    def _get(self, request: dict[str, Any]) -> dict[str, Any]:
        table = self._table(request["TableName"])
        item = table.items.get(table.identity(request["Key"], exactly=True))
        return {"Item": item} if item else {}

    def _put(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._write(request, lambda _before, _given: request["Item"], request["Item"])

    def _delete(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._write(request, lambda _before, _given: None, request["Key"])

    def _check(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._write(request, lambda before, _given: before, request["Key"])

    def _update(self, request: dict[str, Any]) -> dict[str, Any]:
        def change(before: Item | None, given: Placeholders) -> Item:
            after = updated(request["UpdateExpression"], given, before or dict(request["Key"]))
            if any(after.get(name) != value for name, value in request["Key"].items()):
                raise ValidationError("Cannot update attribute: it is part of the key")
            return after

        return self._write(request, change, request["Key"])

    def _write(
        self,
        request: dict[str, Any],
        change: Callable[[Item | None, Placeholders], Item | None],
        key: Item,
    ) -> dict[str, Any]:
        table = self._table(request["TableName"])
        identity = table.identity(key, exactly=key is request.get("Key"))
        before = table.items.get(identity)
        given = Placeholders(request)
        is_met = holds(request.get("ConditionExpression"), given, before or {})
        after = change(before, given)
        given.check_all_used()
        if not is_met:
            shown = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and before
            raise Refused(
                "ConditionalCheckFailedException",
                "The conditional request failed",
                **({"Item": before} if shown else {}),
            )
        if after is None:
            table.items.pop(identity, None)
        else:
            table.items[identity] = copy.deepcopy(after)
        returned = request.get("ReturnValues", "NONE")
        changed = {
            name: value
            for name, value in (before or {}).items()
            if value != (after or {}).get(name)
        }
        images = {"ALL_NEW": after, "ALL_OLD": before, "UPDATED_OLD": changed}
        image = images.get(returned)
        return {"Attributes": image} if image else {}

    def _transact(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._cancelled:
            reasons = [{"Code": "None"} for _ in request["TransactItems"]]
            reasons[-1] = {"Code": self._cancelled.pop()}
            raise Refused("TransactionCanceledException", "cancelled", CancellationReasons=reasons)
        before = copy.deepcopy(self.tables)
        kinds = {
            "Put": self._put,
            "Update": self._update,
            "Delete": self._delete,
            "ConditionCheck": self._check,
        }
        identities = set()
        reasons = []
        for action in request["TransactItems"]:
            ((kind, arguments),) = action.items()
            table = self._table(arguments["TableName"])
            identity = table.identity(arguments.get("Key") or arguments["Item"])
            identities.add((arguments["TableName"], identity))
            try:
                kinds[kind](arguments)
                reasons.append({"Code": "None"})
            except Refused as refused:
                shown = {"Item": refused.body["Item"]} if "Item" in refused.body else {}
                reasons.append({"Code": "ConditionalCheckFailed", **shown})
        if len(identities) < len(reasons) or len(reasons) > 100:
            self.tables = before
            raise ValidationError("at most 100 actions, and one per item")
        if any(reason["Code"] != "None" for reason in reasons):
            self.tables = before
            raise Refused("TransactionCanceledException", "cancelled", CancellationReasons=reasons)
        return {}

    def _query(self, request: dict[str, Any]) -> dict[str, Any]:
        table = self._table(request["TableName"])
        index = request.get("IndexName")
        key = table.indexes[index] if index else table.key
        given = Placeholders(request)
        forward = request.get("ScanIndexForward", True)

        def place(item: Item) -> tuple[Any, ...]:
            values = (item[name] for name in key[1:] + table.key)
            return tuple(each["S"] if "S" in each else Decimal(each["N"]) for each in values)

        found = [
            item
            for item in table.items.values()
            if all(name in item for name in key)
            and holds(request["KeyConditionExpression"], given, item)
        ]
        holds(request["KeyConditionExpression"], given, {})
        holds(request.get("FilterExpression"), given, {})
        given.check_all_used()
        found.sort(key=place, reverse=not forward)
        start = request.get("ExclusiveStartKey")
        if start:
            missing = {*key, *table.key} - set(start)
            if missing:
                raise ValidationError(f"The provided starting key lacks {sorted(missing)}")
            if not holds(request["KeyConditionExpression"], given, start):
                raise ValidationError("The provided starting key is outside query boundaries")
            after = place(start)
            found = [
                item for item in found if (place(item) > after if forward else place(item) < after)
            ]
        limit = request.get("Limit", sys.maxsize)
        page = found[:limit]
        answer: dict[str, Any] = {
            "Items": [item for item in page if holds(request.get("FilterExpression"), given, item)],
            "ScannedCount": len(page),
        }
        answer["Count"] = len(answer["Items"])
        if len(page) == limit and page:  # even if the page is the last one, as DynamoDB does
            answer["LastEvaluatedKey"] = {name: page[-1][name] for name in [*table.key, *key]}
        return answer

    def _batch_get(self, request: dict[str, Any]) -> dict[str, Any]:
        if not 1 <= sum(len(each["Keys"]) for each in request["RequestItems"].values()) <= 100:
            raise ValidationError("1 to 100 keys")
        responses: dict[str, list[Item]] = {}
        left: dict[str, Any] = {}
        for name, asked in request["RequestItems"].items():
            table = self._table(name)
            identities = [table.identity(key, exactly=True) for key in asked["Keys"]]
            if len(set(identities)) < len(identities):
                raise ValidationError("Provided list of item keys contains duplicates")
            if self._unprocessed and identities:
                left[name] = {**asked, "Keys": [asked["Keys"][-1]]}
                identities.pop()
            responses[name] = [table.items[each] for each in identities if each in table.items]
        self._unprocessed = max(0, self._unprocessed - 1)
        return {"Responses": responses, "UnprocessedKeys": left}

    def _batch_write(self, request: dict[str, Any]) -> dict[str, Any]:
        if not 1 <= sum(len(each) for each in request["RequestItems"].values()) <= 25:
            raise ValidationError("1 to 25 items")
        left: dict[str, Any] = {}
        for name, writes in request["RequestItems"].items():
            table = self._table(name)
            entries: dict[tuple[Any, ...], Item | None] = {}
            for write in writes:
                put = write.get("PutRequest", {}).get("Item")
                key = put or write["DeleteRequest"]["Key"]
                identity = table.identity(key, exactly=put is None)
                if identity in entries:
                    raise ValidationError("Provided list of item keys contains duplicates")
                entries[identity] = put
            if self._unprocessed:
                left[name] = [writes[-1]]
                entries.popitem()
            for identity, put in entries.items():
                if put is None:
                    table.items.pop(identity, None)
                else:
                    table.items[identity] = copy.deepcopy(put)
        self._unprocessed = max(0, self._unprocessed - 1)
        return {"UnprocessedItems": left}


_OPERATIONS: dict[str, Callable[[MemoryDynamo, dict[str, Any]], dict[str, Any]]] = {
    "GetItem": MemoryDynamo._get,
    "PutItem": MemoryDynamo._put,
    "UpdateItem": MemoryDynamo._update,
    "DeleteItem": MemoryDynamo._delete,
    "TransactWriteItems": MemoryDynamo._transact,
    "Query": MemoryDynamo._query,
    "BatchGetItem": MemoryDynamo._batch_get,
    "BatchWriteItem": MemoryDynamo._batch_write,
}


@cache
def _schemas() -> dict[str, tuple[list[str], dict[str, list[str]]]]:
    """By table: the names of its key, and of the keys of its indexes."""
    return {
        name_of(table["TableName"]): (
            _key(table),
            {index["IndexName"]: _key(index) for index in table.get("GlobalSecondaryIndexes", [])},
        )
        for table in resources(FOUNDATION, "AWS::DynamoDB::Table").values()
    }


def _key(properties: dict[str, Any]) -> list[str]:
    return [part["AttributeName"] for part in properties["KeySchema"]]
