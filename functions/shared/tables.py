"""DynamoDB tables: the PynamoDB base model, conditional creation, transactions, batched reads,
queries."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any, Self

from pynamodb.attributes import Attribute
from pynamodb.connection import Connection, TableConnection
from pynamodb.constants import NUMBER
from pynamodb.exceptions import (
    CancellationReason,
    DeleteError,
    PutError,
    TransactWriteError,
    UpdateError,
)
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex
from pynamodb.models import Model

from shared.aws import client
from shared.config import config

_BATCH_READ = 100  # DynamoDB's limit of keys in one BatchGetItem
_BATCH_WRITE = 25  # and of items in one BatchWriteItem


class ConditionFailed(Exception):
    """A conditional write found the table otherwise than it required.

    `reasons` holds one entry per action of a transaction (None where that action was fine).
    """

    def __init__(self, reasons: Sequence[CancellationReason | None] = ()) -> None:
        super().__init__("a condition of the write did not hold")
        self.reasons = list(reasons)


class WriteConflict(Exception):
    """Other writers held an item of the transaction; trying again is right."""


class TableName:
    """`<stack>-<name>`, worked out when it is first needed and not at import."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> str:
        return f"{config.stack}-{self.name}"


class IntegerAttribute(Attribute[int]):
    """A whole number (PynamoDB's NumberAttribute is typed as a float)."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class Table(Model):
    """The base of every model. A model names its table: `class Meta: table_name =
    TableName("likes")`."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        connection = super()._get_connection()
        # One client for all models: PynamoDB would make one each, at 50 ms of cold start apiece.
        connection.connection._client = client("dynamodb")  # type: ignore[assignment]
        return connection

    @classmethod
    def find(cls, *key: str, consistent: bool = False) -> Self | None:
        """The item with this key, or None."""
        try:
            return cls.get(*key, consistent_read=consistent)
        except cls.DoesNotExist:
            return None

    def create(self, condition: Condition | None = None) -> None:
        """Put the item if `condition` holds (by default: if its key is not there yet), or
        raise `ConditionFailed`."""
        with conditions():
            self.save(condition if condition is not None else self.is_new())

    def change(self, *actions: Action, condition: Condition) -> None:
        """Update the item if `condition` holds, or raise `ConditionFailed`; then hold what is
        stored."""
        with conditions():
            self.update(actions=list(actions), condition=condition)

    @classmethod
    def is_new(cls) -> Condition:
        """The condition that no item has this key."""
        return cls._hash_key_attribute().does_not_exist()

    @classmethod
    def is_there(cls) -> Condition:
        """The condition that an item has this key."""
        return cls._hash_key_attribute().exists()


@contextmanager
def conditions() -> Iterator[None]:
    """Turn a failed condition of the writes inside into `ConditionFailed`, a clash of transactions
    into `WriteConflict`; let everything else pass."""
    try:
        yield
    except TransactWriteError as error:
        codes = {reason.code for reason in error.cancellation_reasons if reason}
        if "ConditionalCheckFailed" in codes:
            raise ConditionFailed(error.cancellation_reasons) from error
        if "TransactionConflict" in codes:
            raise WriteConflict from error
        raise
    except (PutError, UpdateError, DeleteError) as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            raise ConditionFailed from error
        raise


class Transaction:
    """The actions of one TransactWriteItems over any tables: all of them happen, or none.

    Each may name the error it raises when its condition does not hold (`otherwise`); an action
    without one raises `ConditionFailed`.
    """

    def __init__(self) -> None:
        self._actions: dict[str, list[tuple[dict[str, Any], Exception | None]]] = {
            kind: [] for kind in ("check", "delete", "put", "update")
        }

    def put(
        self, item: Table, condition: Condition | None = None, otherwise: Exception | None = None
    ) -> None:
        """Put `item`, replacing what has its key unless `condition` forbids."""
        self._add("put", item.get_save_kwargs_from_instance(condition=condition), otherwise)

    def update(
        self,
        item: Table,
        *actions: Action,
        condition: Condition | None = None,
        otherwise: Exception | None = None,
    ) -> None:
        """Change the stored item that has `item`'s key."""
        arguments = item.get_update_kwargs_from_instance(actions=list(actions), condition=condition)
        self._add("update", arguments, otherwise)

    def delete(
        self, item: Table, condition: Condition | None = None, otherwise: Exception | None = None
    ) -> None:
        """Delete the stored item that has `item`'s key."""
        self._add("delete", item.get_delete_kwargs_from_instance(condition=condition), otherwise)

    def check(
        self,
        model: type[Table],
        *key: str,
        condition: Condition,
        otherwise: Exception | None = None,
    ) -> None:
        """Require something of an item that this transaction does not write."""
        arguments = model.get_operation_kwargs_from_class(*key, condition=condition)
        self._add("check", arguments, otherwise)

    def _add(self, kind: str, arguments: dict[str, Any], otherwise: Exception | None) -> None:
        self._actions[kind].append((arguments, otherwise))

    def send(self) -> None:
        """Make it happen, or raise: an `otherwise`, `ConditionFailed` or `WriteConflict`."""
        connection = Connection(region=config.region)
        connection._client = client("dynamodb")  # type: ignore[assignment]  # as in Table
        kinds = self._actions
        try:
            with conditions():
                connection.transact_write_items(
                    condition_check_items=[arguments for arguments, _ in kinds["check"]],
                    delete_items=[arguments for arguments, _ in kinds["delete"]],
                    put_items=[arguments for arguments, _ in kinds["put"]],
                    update_items=[arguments for arguments, _ in kinds["update"]],
                )
        except ConditionFailed as error:
            # DynamoDB numbers the reasons in the order in which the actions were sent.
            sent = [otherwise for actions in kinds.values() for _, otherwise in actions]
            for reason, otherwise in zip(error.reasons, sent, strict=True):
                if reason and reason.code == "ConditionalCheckFailed" and otherwise:
                    raise otherwise from error
            raise


@contextmanager
def transaction() -> Iterator[Transaction]:
    """A `Transaction` that is sent when the block ends without an error."""
    write = Transaction()
    yield write
    write.send()


def retry_conflicts[Result](write: Callable[[], Result], tries: int = 8) -> Result:
    """Do `write` again, after a short random wait, while others hold its items
    (`WriteConflict`)."""
    import random
    import time

    for attempt in range(tries - 1):
        try:
            return write()
        except WriteConflict:
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311  # jitter, not a secret
    return write()


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=8)


def in_parallel[Result](*calls: Callable[[], Result]) -> list[Result]:
    """The results of `calls`, made at the same time; the first of one call is made right here."""
    if len(calls) == 1:
        return [calls[0]()]
    others = [_threads().submit(call) for call in calls[1:]]
    return [calls[0](), *(other.result() for other in others)]


type Key = tuple[type[Table], str] | tuple[type[Table], str, str]


def read_items(keys: Iterable[Key]) -> dict[Key, Any]:
    """Read items of any tables by key, 100 to a call and the calls in parallel; absent ones are
    left out.

    A key is `(Model, hash_key)` or `(Model, hash_key, range_key)`, and the answer maps it to its
    item.
    """
    wanted = list(dict.fromkeys(keys))
    chunks = [wanted[start : start + _BATCH_READ] for start in range(0, len(wanted), _BATCH_READ)]
    found: dict[Key, Any] = {}
    for part in in_parallel(*(lambda chunk=chunk: _read_chunk(chunk) for chunk in chunks)):
        found.update(part)
    return found


def _read_chunk(keys: Sequence[Key]) -> dict[Key, Any]:
    models = {model.Meta.table_name: model for model, *_ in keys}
    request: dict[str, Any] = {}
    for model, *values in keys:
        names = (model._hash_keyname, model._range_keyname)
        key = {name: {"S": value} for name, value in zip(names, values, strict=False)}
        request.setdefault(model.Meta.table_name, {"Keys": []})["Keys"].append(key)
    found: dict[Key, Any] = {}
    while request:
        answer = client("dynamodb").batch_get_item(RequestItems=request)
        for table, items in answer["Responses"].items():
            model = models[table]
            for item in items:
                names = [name for name in (model._hash_keyname, model._range_keyname) if name]
                found[(model, *(item[name]["S"] for name in names))] = model.from_raw_data(item)  # type: ignore[index]
        request = dict(answer.get("UnprocessedKeys") or {})
    return found


def write_items(puts: Iterable[Table] = (), deletes: Iterable[Table] = ()) -> int:
    """Put and delete items without conditions, 25 to a call and the calls in parallel; what
    DynamoDB leaves unprocessed is sent again. Return how many were written."""
    requests: list[tuple[str, dict[str, Any]]] = []
    for item in puts:
        requests.append((item.Meta.table_name, {"PutRequest": {"Item": item.serialize()}}))
    for item in deletes:
        names = [name for name in (item._hash_keyname, item._range_keyname) if name]
        stored = item.serialize()
        key = {name: stored[name] for name in names}
        requests.append((item.Meta.table_name, {"DeleteRequest": {"Key": key}}))
    chunks = [
        requests[start : start + _BATCH_WRITE] for start in range(0, len(requests), _BATCH_WRITE)
    ]
    if chunks:
        in_parallel(*(lambda chunk=chunk: _write_chunk(chunk) for chunk in chunks))
    return len(requests)


def _write_chunk(requests: Sequence[tuple[str, dict[str, Any]]]) -> None:
    batch: dict[str, Any] = {}
    for table, request in requests:
        batch.setdefault(table, []).append(request)
    while batch:
        answer = client("dynamodb").batch_write_item(RequestItems=batch)
        batch = dict(answer.get("UnprocessedItems") or {})


def query[Item: Table](
    source: type[Item] | GlobalSecondaryIndex[Item],
    hash_key: str,
    range_condition: Condition | None = None,
    *,
    limit: int,
    after: dict[str, str] | None = None,
    newest_first: bool = True,
    consistent: bool = False,
    matching: Condition | None = None,
) -> tuple[list[Item], dict[str, str] | None]:
    """One page of a query: at most `limit` items, and the key to go on `after` (None at the end).

    `after` is a plain `{"attribute": "value"}` of string keys, fit for a cursor.
    """
    options: dict[str, Any] = (
        {} if isinstance(source, GlobalSecondaryIndex) else {"consistent_read": consistent}
    )
    found = source.query(
        hash_key,
        range_key_condition=range_condition,
        filter_condition=matching,
        limit=limit,
        page_size=limit,
        scan_index_forward=not newest_first,
        last_evaluated_key=after and {name: {"S": value} for name, value in after.items()},
        **options,
    )
    items: list[Item] = list(found)
    last = found.last_evaluated_key
    return items, last and {name: value["S"] for name, value in last.items()}


class JSONAttribute(Attribute[Any]):
    """Any JSON value as a compact string."""

    attr_type = "S"

    def serialize(self, value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    def deserialize(self, value: str) -> Any:
        return json.loads(value)
