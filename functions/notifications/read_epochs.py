"""Mark everything as read in one write, however much is unread (see `NotificationStats`)."""

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from notifications.models import Notification, NotificationStats, unread_name
from shared.aws.clients import client
from shared.dynamodb.tables import retry_lost_races

_MOST = 50  # counts of past epochs that one write removes


def stats_of(user_id: str, *, consistent: bool = False) -> NotificationStats:
    """A user's read epoch and unread count; those of a new epoch 0 if there was no notification."""
    return NotificationStats.find(user_id, consistent=consistent) or NotificationStats(user_id)


def is_unread(read_epoch: int) -> Condition:
    """The condition that an entry is unread for a reader in this epoch."""
    is_of_epoch: Condition = Notification.read_epoch == read_epoch
    if read_epoch == 0:
        is_of_epoch |= Notification.read_epoch.does_not_exist()  # written before there were epochs
    unread: Condition = Notification.read_at.does_not_exist() & is_of_epoch
    return unread


def is_unread_in(entry: Notification, read_epoch: int) -> bool:
    """Whether an entry that was read is unread for a reader in this epoch."""
    return entry.is_unread and entry.read_epoch >= read_epoch


def begin_epoch(user_id: str) -> int:
    """Begin a new read epoch, so that all entries are read; return how many were unread.

    Raises `LostRace` if other requests of the same person keep beginning one first.
    """
    return retry_lost_races(lambda: _begin(user_id))


def _begin(user_id: str) -> int:
    answer = client("dynamodb").get_item(
        TableName=NotificationStats.Meta.table_name,
        Key=NotificationStats(user_id).key(),
        ConsistentRead=True,
    )
    found = answer.get("Item", {})
    stats = NotificationStats.from_raw_data(found)
    # They may include counts of much earlier epochs, whose entries were deleted later.
    counts = [name for name in found if name.startswith(unread_name(0))][:_MOST]
    is_same_epoch: Condition = NotificationStats.read_epoch == stats.read_epoch
    if stats.read_epoch == 0:
        is_same_epoch |= NotificationStats.read_epoch.does_not_exist()
    NotificationStats(user_id).change(
        NotificationStats.read_epoch.set(stats.read_epoch + 1),
        *(Path(name).remove() for name in counts),
        condition=is_same_epoch,
    )
    return max(stats.unread_count, 0)
