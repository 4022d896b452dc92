"""Stream of notifications: count unread entries, and push new ones to their readers' sockets."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from notifications.digests import FOLDED, is_digest
from notifications.models import Notification, NotificationStats, unread_name
from notifications.notification_frames import frame_data
from notifications.push_pace import may_push, push_later, take_due
from notifications.read_epochs import is_unread_in
from notifications.types import TYPES
from notifications.visible_notifications import visible_shapes
from shared.dynamodb.changes import Change
from shared.dynamodb.counters import Counter
from shared.dynamodb.tables import Found, in_parallel, read_items
from shared.ids import derived_id, time_of
from shared.messaging.streams import stream
from shared.realtime.delivery import log, send_once
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
    """Push the frame `notification` of each new entry, once, to readers who have push enabled; of
    what many people may do at once, the latest at the pace of one a second. All are logged."""
    fresh = [
        change.item
        for change in changes
        if change.is_created and change.item.is_unread and TYPES[change.item.type].is_pushed
    ]
    readers = {entry.user_id for entry in fresh}
    found = _read(readers)
    wanted = [entry for entry in fresh if _wants_push(found.get(User, entry.user_id), entry)]
    latest = {
        entry.user_id: entry
        for entry in sorted(wanted, key=lambda each: each.notification_id)
        if entry.type in FOLDED
    }
    in_parallel(
        *(
            partial(
                _log_and_push,
                entry,
                found[NotificationStats, entry.user_id],
                is_sent=entry.type not in FOLDED or latest[entry.user_id] is entry,
            )
            for entry in wanted
        )
    )


def _read(readers: Iterable[str]) -> Found:
    return read_items(
        [(model, each) for each in readers for model in (NotificationStats, User)],
        consistent={NotificationStats},  # the counter has just updated them
    )


def _wants_push(reader: User | None, entry: Notification) -> bool:
    """Whether the reader has switched off neither pushes nor, since the entry was written, its
    type: digests grow on."""
    return reader is not None and reader.push_enabled and entry.type not in reader.muted_types


def _log_and_push(entry: Notification, stats: NotificationStats, *, is_sent: bool) -> None:
    frame = _frame(entry, stats)
    if frame is None:
        return
    log(entry.user_id, frame, {"notification_id": entry.notification_id})
    if not is_sent:
        return
    if entry.type in FOLDED:
        send_once(
            entry.user_id, frame, partial(may_push, entry.user_id, stats, entry.notification_id)
        )
    else:
        send_once(entry.user_id, frame)


@app.on_job
def push_due(job: dict[str, Any]) -> None:
    """Push the entry that waited for the second after the last frame to be over."""
    user_id: str = job["push"]
    due = take_due(user_id, job["due_at"])
    if due is None:
        return
    try:
        _push_now(user_id, due)
    except Exception:
        push_later(user_id, due, None)
        raise


def _push_now(user_id: str, notification_id: str) -> None:
    entry = Notification.find(user_id, notification_id, consistent=True)
    found = _read([user_id])
    stats = found.get(NotificationStats, user_id)
    if entry is None or stats is None or not is_unread_in(entry, stats.read_epoch):
        return
    frame = _frame(entry, stats)
    if frame and _wants_push(found.get(User, user_id), entry):
        # The frames of a digest differ, and only the first one is logged: the others have no id.
        send_once(user_id, Frame(frame.event, frame.data) if is_digest(entry) else frame)


def _frame(entry: Notification, stats: NotificationStats) -> Frame | None:
    """The frame of an entry, or None if its reader may not see it."""
    # The same for the same entry, so a batch that is delivered twice is pushed once.
    frame_id = derived_id(time_of(entry.notification_id), "notification", entry.notification_id)
    for shape in visible_shapes(entry.user_id, [entry], stats.read_epoch):
        return Frame("notification", frame_data(shape, stats), frame_id)
    return None
