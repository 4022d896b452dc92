"""Many items of any tables at once (BatchGetItem, BatchWriteItem)."""

from collections.abc import Callable, Container, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from shared.aws.clients import client
from shared.parallel import back_off, in_parallel
from shared.transient import TransientError

if TYPE_CHECKING:
    from shared.dynamodb.model import Table

_READ = 100  # DynamoDB's limit of keys in one BatchGetItem
_WRITE = 25  # and of items in one BatchWriteItem
_TRIES = 8

type Key = tuple[type[Table], str] | tuple[type[Table], str, str]


def read_items(
    keys: Iterable[Key], *, consistent: "bool | Container[type[Table]]" = False
) -> dict[Key, Any]:
    """Read items of any tables by key, 100 to a call and the calls in parallel; absent ones are
    left out. `consistent` may name the tables to be read so.

    A key is `(Model, hash_key)` or `(Model, hash_key, range_key)`, and the answer maps it to its
    item.
    """
    wanted = list(dict.fromkeys(keys))
    found: dict[Key, Any] = {}
    for part in in_parallel(
        *(_reading(wanted[start : start + _READ], consistent) for start in _starts(wanted, _READ))
    ):
        found.update(part)
    return found


def _reading(
    keys: Sequence[Key], consistent: "bool | Container[type[Table]]"
) -> Callable[[], dict[Key, Any]]:
    return lambda: _read(keys, consistent)


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
    for attempt in range(_TRIES):
        answer = client("dynamodb").batch_get_item(RequestItems=request)
        for table, items in answer["Responses"].items():
            model = models[table]
            names = model.key_names()
            for item in items:
                key: Any = (model, *(item[name]["S"] for name in names))
                found[key] = model.from_raw_data(item)
        request = dict(answer.get("UnprocessedKeys") or {})
        if not request:
            return found
        back_off(attempt)
    raise TransientError("DynamoDB leaves keys unread")


def write_items(puts: "Iterable[Table]" = (), deletes: "Iterable[Table]" = ()) -> int:
    """Put and delete items without conditions, 25 to a call and the calls in parallel; what
    DynamoDB leaves unprocessed is sent again. Return how many were written.

    Of several writes to one key the last one counts. To delete, an item needs its key alone.
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
    in_parallel(*(_writing(writes[start : start + _WRITE]) for start in _starts(writes, _WRITE)))
    return len(writes)


def _writing(requests: Sequence[tuple[str, dict[str, Any]]]) -> Callable[[], None]:
    return lambda: _write(requests)


def _write(requests: Sequence[tuple[str, dict[str, Any]]]) -> None:
    batch: dict[str, Any] = {}
    for table, request in requests:
        batch.setdefault(table, []).append(request)
    send_writes(batch)


def send_writes(requests: dict[str, Any]) -> None:
    """Send one BatchWriteItem of at most 25 requests in DynamoDB's own form, by table, until every
    one is taken. For who writes many items that differ in little."""
    batch = requests
    for attempt in range(_TRIES):
        answer = client("dynamodb").batch_write_item(RequestItems=batch)
        batch = dict(answer.get("UnprocessedItems") or {})
        if not batch:
            return
        back_off(attempt)
    raise TransientError("DynamoDB leaves items unwritten")


def _starts(items: Sequence[Any], size: int) -> range:
    return range(0, len(items), size)
