"""Marking everything as read: one write, however much is unread (see `NotificationStats`)."""

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from notifications.models import Notification, NotificationStats, unread_name
from shared.aws.clients import client
from shared.dynamodb.tables import ConditionFailed, WriteConflict

_TRIES = 4
_MOST = 50  # counts of past eras that one write forgets


def stats_of(user_id: str, *, consistent: bool = False) -> NotificationStats:
    """The era and the count of somebody, also of who was never told anything."""
    return NotificationStats.find(user_id, consistent=consistent) or NotificationStats(user_id)


def is_unread(era: int) -> Condition:
    """The condition that an entry is unread for who is in this era."""
    is_of_era: Condition = Notification.era == era
    if era == 0:
        is_of_era |= Notification.era.does_not_exist()  # written before there were eras
    unread: Condition = Notification.read_at.does_not_exist() & is_of_era
    return unread


def begin_era(user_id: str) -> int:
    """Let every entry that there is be read, and return how many were unread."""
    for _ in range(_TRIES):
        try:
            return _begin(user_id)
        except ConditionFailed:  # another request of the same person began one
            continue
    raise WriteConflict


def _begin(user_id: str) -> int:
    answer = client("dynamodb").get_item(
        TableName=NotificationStats.Meta.table_name,
        Key=NotificationStats(user_id).key(),
        ConsistentRead=True,
    )
    found = answer.get("Item", {})
    stats = NotificationStats.from_raw_data(found)
    # Among them may be counts of eras long past, whose entries were deleted since.
    counts = [name for name in found if name.startswith(unread_name(0))][:_MOST]
    is_era: Condition = NotificationStats.era == stats.era
    if stats.era == 0:
        is_era |= NotificationStats.era.does_not_exist()
    NotificationStats(user_id).change(
        NotificationStats.era.set(stats.era + 1),
        *(Path(name).remove() for name in counts),
        condition=is_era,
    )
    return max(stats.unread_count, 0)
