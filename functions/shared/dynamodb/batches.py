"""Many items of any tables at once (BatchGetItem, BatchWriteItem)."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from shared.aws.clients import client
from shared.parallel import back_off, parallel_map
from shared.transient import Throttled

if TYPE_CHECKING:
    from shared.dynamodb.model import Table

BATCH_READ = 100  # DynamoDB's limit of keys in one BatchGetItem
_WRITE = 25  # and of items in one BatchWriteItem
_TRIES = 8

type Key = tuple[type[Table], str] | tuple[type[Table], str, str]


class Found:
    """The items that were found, by key: `found.get(User, user_id)` returns a `User` or None."""

    __slots__ = ("_items",)

    def __init__(self, items: "Mapping[Key, Any] | None" = None) -> None:
        self._items: Mapping[Key, Any] = {} if items is None else items

    def get[Item: Table](self, model: type[Item], *key: str) -> Item | None:
        """The item of `model` with this key, or None if it was not found."""
        item: Item | None = self._items.get((model, *key))  # type: ignore[arg-type]  # a Key
        return item

    def __contains__(self, key: "Key") -> bool:
        return key in self._items

    def __getitem__(self, key: "Key") -> Any:
        return self._items[key]

    def __iter__(self) -> "Iterator[Key]":
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __or__(self, other: "Found") -> "Found":
        return Found({**self._items, **other._items})

    def at(self, key: "Key") -> Any:
        """The item with a whole key, or None if it was not found."""
        return self._items.get(key)

    def of[Item: Table](self, model: type[Item]) -> "Iterator[Item]":
        """All items of a model."""
        return (item for key, item in self._items.items() if key[0] is model)


def read_items(
    keys: Iterable[Key], *, consistent: "bool | Container[type[Table]]" = False
) -> Found:
    """Read items of any tables by key, in parallel calls of 100; absent ones are left out.

    A key is `(Model, hash_key)` or `(Model, hash_key, range_key)`; the result maps it to its item.
    `consistent` may name the tables that are read consistently.
    """
    unique = list(dict.fromkeys(keys))
    found: dict[Key, Any] = {}
    for part in parallel_map(partial(_read, consistent=consistent), batches(unique, BATCH_READ)):
        found.update(part)
    return Found(found)


def _read(keys: Sequence[Key], consistent: "bool | Container[type[Table]]") -> dict[Key, Any]:
    of_models: dict[type[Table], list[Sequence[str]]] = {}
    for model, *values in keys:
        of_models.setdefault(model, []).append(values)
    models: dict[str, type[Table]] = {}
    request: dict[str, Any] = {}
    for model, several in of_models.items():
        table, names = model.Meta.table_name, model.key_names()
        models[table] = model
        request[table] = {
            "Keys": [
                {name: {"S": value} for name, value in zip(names, values, strict=True)}
                for values in several
            ],
            "ConsistentRead": consistent if isinstance(consistent, bool) else model in consistent,
        }
    found: dict[Key, Any] = {}
    for table, item in read_raw(request):
        model = models[table]
        key: Any = (model, *(item[name]["S"] for name in model.key_names()))
        found[key] = model.from_raw_data(item)
    return found


def read_raw(request: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The items of one BatchGetItem of at most 100 keys, in DynamoDB's form, each with its table.
    Unprocessed keys are read again; raises `Throttled` if some remain unread."""
    for attempt in range(_TRIES):
        answer = client("dynamodb").batch_get_item(RequestItems=request)
        for table, items in answer["Responses"].items():
            for item in items:
                yield table, item
        request = dict(answer.get("UnprocessedKeys") or {})
        if not request:
            return
        back_off(attempt)
    raise Throttled("DynamoDB left keys unread")


def write_items(puts: "Iterable[Table]" = (), deletes: "Iterable[Table]" = ()) -> int:
    """Put and delete items without conditions, in parallel calls of 25; return how many.

    What DynamoDB leaves unprocessed is sent again. Of several writes to one key the last one wins.
    An item that is deleted needs only its key.
    """
    # DynamoDB refuses a batch that names a key twice.
    requests: dict[tuple[str, ...], tuple[str, dict[str, Any]]] = {}
    for item in puts:
        stored = item.serialize()
        identity = (item.Meta.table_name, *(stored[name]["S"] for name in item.key_names()))
        requests[identity] = (identity[0], {"PutRequest": {"Item": stored}})
    for item in deletes:
        key = item.key()
        identity = (item.Meta.table_name, *(value["S"] for value in key.values()))
        requests[identity] = (identity[0], {"DeleteRequest": {"Key": key}})
    writes = list(requests.values())
    parallel_map(_write, batches(writes, _WRITE))
    return len(writes)


def _write(requests: Sequence[tuple[str, dict[str, Any]]]) -> None:
    batch: dict[str, Any] = {}
    for table, request in requests:
        batch.setdefault(table, []).append(request)
    send_writes(batch)


def send_writes(requests: dict[str, Any]) -> None:
    """Send one BatchWriteItem of at most 25 requests, in DynamoDB's form and by table, until all of
    them are processed. For callers that write many items which hardly differ."""
    batch = requests
    for attempt in range(_TRIES):
        answer = client("dynamodb").batch_write_item(RequestItems=batch)
        batch = dict(answer.get("UnprocessedItems") or {})
        if not batch:
            return
        back_off(attempt)
    raise Throttled("DynamoDB left items unwritten")


def batches[Item](items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """`items` in slices of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))
