"""Stream of notifications: count unread entries, and push new ones to their readers' sockets."""

from collections.abc import Sequence
from functools import partial

from notifications.models import Notification, NotificationStats, unread_name
from notifications.notification_frames import frame_data
from notifications.types import TYPES
from notifications.visible_notifications import visible_shapes
from shared.clock import seconds
from shared.dynamodb.changes import Change
from shared.dynamodb.counters import Counter
from shared.dynamodb.tables import in_parallel, read_items
from shared.ids import derived_id
from shared.messaging.streams import stream
from shared.realtime.delivery import push_once
from shared.realtime.frames import Frame
from users.public import User

app = stream("notifications")


def unread_delta(change: Change[Notification]) -> dict[str, int]:
    """What a change adds to its reader's counts of unread entries, by their names."""
    deltas: dict[str, int] = {}
    for entry, sign in ((change.old, -1), (change.new, 1)):
        if entry is not None and entry.is_unread:
            name = unread_name(entry.read_epoch)
            deltas[name] = deltas.get(name, 0) + sign
    return {name: delta for name, delta in deltas.items() if delta}


app.count(
    Notification,
    Counter(
        target=NotificationStats,
        sequence="unread_seq",
        target_key=lambda change: str(change.item.user_id),
        deltas=unread_delta,
        makes_target=True,
    ),
)


@app.react(Notification)
def push(changes: Sequence[Change[Notification]]) -> None:
    """Push the frame `notification` of each new entry, once, to readers who have push enabled."""
    fresh = [
        change
        for change in changes
        if change.is_created and change.item.is_unread and TYPES[change.item.type].is_pushed
    ]
    readers = {change.item.user_id for change in fresh}
    found = read_items(
        [(model, each) for each in readers for model in (NotificationStats, User)],
        consistent={NotificationStats},  # the counter has just updated them
    )
    in_parallel(
        *(
            partial(_push, change, found[NotificationStats, change.item.user_id])
            for change in fresh
            if _wants_push(found.get(User, change.item.user_id))
        )
    )


def _wants_push(reader: User | None) -> bool:
    return reader is not None and reader.push_enabled


def _push(change: Change[Notification], stats: NotificationStats) -> None:
    entry = change.item
    # The same for the same record, so a batch that is delivered twice is pushed once.
    frame_id = derived_id(seconds(change.occurred_at), "notification", entry.notification_id)
    for shape in visible_shapes(entry.user_id, [entry], stats.read_epoch):
        frame = Frame("notification", frame_data(shape, stats), frame_id)
        push_once(entry.user_id, frame, {"notification_id": entry.notification_id})
