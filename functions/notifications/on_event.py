"""Queue notifications: create the entries of the facts that people want to know, or withdraw them.

One read serves the whole batch, and one write creates all its entries.
"""

from collections.abc import Iterator, Sequence

from notifications.bulk_write import write_entries
from notifications.event_mapping import HANDLED, entries_of
from notifications.models import Notification, NotificationStats
from notifications.visible_notifications import without_hidden
from shared.dynamodb.tables import Key, read_items
from shared.events.envelopes import Envelope
from shared.messaging.queues import consumer
from users.public import User, relation_from, relation_keys

app = consumer()


@app.on_batch(*HANDLED)
def create_entries(envelopes: Sequence[Envelope]) -> list[Envelope]:
    """Write the entries of a batch of events; return the events of which an entry could not be
    written."""
    entries = [(envelope, entry) for envelope in envelopes for entry in entries_of(envelope.event)]
    refused = {id(entry) for entry in write_entries(_allowed([entry for _, entry in entries]))}
    failed = {id(envelope): envelope for envelope, entry in entries if id(entry) in refused}
    return list(failed.values())


def _allowed(entries: Sequence[Notification]) -> list[Notification]:
    """The withdrawn entries, and those that their reader has not switched off and may see: there is
    no block between reader and actor, and the post is not hidden from the reader."""
    keys = [key for entry in entries for key in _keys(entry)]
    found = read_items(keys, consistent={NotificationStats})
    allowed = []
    for entry in entries:
        reader = found.get(User, entry.user_id)
        is_muted = reader is not None and entry.type in reader.muted_types
        actor_id = entry.actor_id or entry.user_id
        is_blocked = relation_from(found, entry.user_id, actor_id).blocked
        stats = found.get(NotificationStats, entry.user_id)
        entry.read_epoch = stats.read_epoch if stats else 0
        if entry.withdrawn_at or not (is_muted or is_blocked):
            allowed.append(entry)
    return without_hidden(allowed)


def _keys(entry: Notification) -> Iterator[Key]:
    if entry.withdrawn_at:
        return
    yield (User, entry.user_id)
    yield (NotificationStats, entry.user_id)
    if entry.actor_id:
        yield from relation_keys(entry.user_id, entry.actor_id, kinds=("blocks", "blocked_by"))
