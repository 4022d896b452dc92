"""Write many entries at once, each on condition that it does not exist.

A transaction is the only write that takes conditions for many items. It is built by hand, because
PynamoDB spends as much time on it as the call itself takes. An entry that exists makes the whole
transaction fail; then the others are written again without it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from botocore.exceptions import ClientError

from notifications.models import Notification
from shared.aws.clients import client
from shared.encoding import to_json
from shared.observability import log_failure
from shared.transient import is_transient

_MOST = 100  # DynamoDB's limit of actions in one transaction
_TRIES = 4

_STORED_NAMES = {name: each.attr_name for name, each in Notification.get_attributes().items()}


def write_entries(entries: Iterable[Notification]) -> list[Notification]:
    """Write new entries unless they exist, and withdrawn ones in any case; return those that could
    not be written."""
    chosen: dict[tuple[str, str], Notification] = {}
    duplicates: dict[tuple[str, str], list[Notification]] = {}
    for entry in entries:
        key = (entry.user_id, entry.notification_id)
        duplicates.setdefault(key, []).append(entry)
        if entry.withdrawn_at or key not in chosen:
            chosen[key] = entry
    pending = list(chosen.values())
    refused: list[Notification] = []
    for start in range(0, len(pending), _MOST):
        refused += _write(pending[start : start + _MOST])
    return [each for entry in refused for each in duplicates[entry.user_id, entry.notification_id]]


def _write(entries: Sequence[Notification]) -> Sequence[Notification]:
    try:
        pending = entries
        for _ in range(_TRIES):
            pending = _try(pending)
            if not pending:
                return []
    except ClientError as error:
        log_failure("entries not written", entries=len(entries))
        if is_transient(error) or len(entries) == 1:
            return entries
        # One of them is invalid: write each alone, so that the others do not fail with it.
        return [entry for each in entries for entry in _write([each])]
    return pending


def _try(entries: Sequence[Notification]) -> Sequence[Notification]:
    """Write the entries that do not exist yet; return those to try again."""
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
        stored_name: _stored(value)
        for name, stored_name in _STORED_NAMES.items()
        if (value := entry.attribute_values.get(name)) is not None
    }
    put = {"TableName": entry.Meta.table_name, "Item": item}
    if not entry.withdrawn_at:
        put["ConditionExpression"] = "attribute_not_exists(user_id)"
    return {"Put": put}


def _stored(value: str | int | dict[str, str]) -> dict[str, str]:
    if isinstance(value, int):
        return {"N": str(value)}
    return {"S": to_json(value) if isinstance(value, dict) else value}
