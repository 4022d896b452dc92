"""Write entries for those readers who may and want to have them."""

from collections.abc import Iterator, Sequence

from notifications.bulk_write import write_entries
from notifications.models import Notification, NotificationStats
from notifications.visible_notifications import without_hidden
from shared.dynamodb.tables import Key, read_items
from users.public import User, relation_from, relation_keys


def write_permitted(entries: Sequence[Notification]) -> set[int]:
    """Write the withdrawn entries, and those that their reader has not switched off and may see:
    there is no block between reader and actor, and the post is not hidden from the reader. Of
    several types of one fact, the strongest that is switched on is written. Return
    the `id()` of each entry that could not be written."""
    return {id(entry) for entry in write_entries(_permitted(entries))}


def _permitted(entries: Sequence[Notification]) -> list[Notification]:
    if not entries:
        return []
    keys = [key for entry in entries for key in _keys(entry)]
    found = read_items(keys, consistent={NotificationStats})
    permitted = []
    for entry in entries:
        reader = found.get(User, entry.user_id)
        muted = reader.muted_types if reader else ()
        is_muted = entry.type in muted or any(each not in muted for each in entry.yields_to)
        actor_id = entry.actor_id or entry.user_id
        is_blocked = relation_from(found, entry.user_id, actor_id).blocked
        stats = found.get(NotificationStats, entry.user_id)
        entry.read_epoch = stats.read_epoch if stats else 0
        if entry.withdrawn_at or not (is_muted or is_blocked):
            permitted.append(entry)
    return without_hidden(permitted)


def _keys(entry: Notification) -> Iterator[Key]:
    if entry.withdrawn_at:
        return
    yield (User, entry.user_id)
    yield (NotificationStats, entry.user_id)
    if entry.actor_id:
        yield from relation_keys(entry.user_id, entry.actor_id, kinds=("blocks", "blocked_by"))
