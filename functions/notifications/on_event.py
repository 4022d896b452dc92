"""Queue notifications: make the entry of every fact that somebody wants to hear of, or withdraw it.

One read decides for the whole batch, and one write makes all its entries.
"""

from collections.abc import Sequence
from typing import Any

from notifications.facts import entry_of
from notifications.models import Notification
from notifications.writing import write_entries
from shared import observability
from shared.clock import now_ms
from shared.events import Envelope
from shared.tables import read_items
from users.public import relation_from, relation_keys


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Take a batch of SQS records; report those that are to come again."""
    observability.start_tracing()
    started = now_ms()
    entries, failed = _read(event["Records"])
    wanted = _without_blocked(entries)
    refused = write_entries(wanted.values())
    failed += [record for record, entry in wanted.items() if entry in refused]
    observability.log(
        "batch", messages=len(event["Records"]), failed=len(failed), ms=now_ms() - started
    )
    return {"batchItemFailures": [{"itemIdentifier": record} for record in failed]}


def _read(records: Sequence[dict[str, Any]]) -> tuple[dict[str, Notification], list[str]]:
    """The entries by message id, and the ids of the messages that cannot be read."""
    entries, failed = {}, []
    for record in records:
        try:
            entry = entry_of(Envelope.from_json(record["body"]).event)
        except Exception:  # noqa: BLE001  # the others may be good
            observability.log_failure("message failed", message_id=record["messageId"])
            failed.append(record["messageId"])
            continue
        if entry:
            entries[record["messageId"]] = entry
    return entries, failed


def _without_blocked(entries: dict[str, Notification]) -> dict[str, Notification]:
    """Those that are not about somebody whom the told person blocks, or who blocks them."""
    pairs = {
        (entry.user_id, entry.actor_id)
        for entry in entries.values()
        if entry.actor_id and not entry.withdrawn_at
    }
    items = read_items(
        key for pair in pairs for key in relation_keys(*pair, kinds=("blocks", "blocked_by"))
    )
    if not items:
        return entries
    blocked = {pair for pair in pairs if relation_from(items, *pair).blocked}
    return {
        record: entry
        for record, entry in entries.items()
        if entry.withdrawn_at or (entry.user_id, entry.actor_id) not in blocked
    }
