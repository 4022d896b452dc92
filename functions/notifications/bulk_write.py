"""Writing many entries at once, each only if its fact was not told before.

A transaction is the one write that takes conditions for many items; made by hand, because PynamoDB
spends on it as much as the call itself takes. An entry that is there already makes it
fail as a whole, and the others are written again without it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from botocore.exceptions import ClientError

from notifications.models import Notification
from shared.aws.clients import client
from shared.observability import log_failure
from shared.transient import is_transient

_MOST = 100  # DynamoDB's limit of actions in one transaction
_TRIES = 4

_STORED_NAMES = {name: each.attr_name for name, each in Notification.get_attributes().items()}


def write_entries(entries: Iterable[Notification]) -> list[Notification]:
    """Write new entries unless they are there, and withdrawn ones in any case; return those that
    could not be written."""
    chosen: dict[tuple[str, str], Notification] = {}
    same: dict[tuple[str, str], list[Notification]] = {}
    for entry in entries:
        key = (entry.user_id, entry.notification_id)
        same.setdefault(key, []).append(entry)
        if entry.withdrawn_at or key not in chosen:
            chosen[key] = entry
    todo = list(chosen.values())
    refused: list[Notification] = []
    for start in range(0, len(todo), _MOST):
        refused += _write(todo[start : start + _MOST])
    return [each for entry in refused for each in same[entry.user_id, entry.notification_id]]


def _write(entries: Sequence[Notification]) -> Sequence[Notification]:
    try:
        left = entries
        for _ in range(_TRIES):
            left = _try(left)
            if not left:
                return []
    except ClientError as error:
        log_failure("entries not written", entries=len(entries))
        if is_transient(error) or len(entries) == 1:
            return entries
        # One of them is bad: let it not take the others with it.
        return [entry for each in entries for entry in _write([each])]
    return left


def _try(entries: Sequence[Notification]) -> Sequence[Notification]:
    """Write what is not there yet; return what is to be tried again."""
    try:
        client("dynamodb").transact_write_items(TransactItems=[_action(each) for each in entries])
    except ClientError as error:
        answer: Any = error.response
        codes = [reason.get("Code") for reason in answer.get("CancellationReasons", [])]
        if not {"ConditionalCheckFailed", "TransactionConflict"}.intersection(codes):
            raise
        return [
            entry
            for entry, code in zip(entries, codes, strict=True)
            if code != "ConditionalCheckFailed"
        ]
    return []


def _action(entry: Notification) -> Any:
    item = {
        _STORED_NAMES[name]: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in entry.attribute_values.items()
        if value is not None
    }
    put = {"TableName": entry.Meta.table_name, "Item": item}
    if not entry.withdrawn_at:
        put["ConditionExpression"] = "attribute_not_exists(user_id)"
    return {"Put": put}
