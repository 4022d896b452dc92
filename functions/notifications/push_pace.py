"""The pace of pushes: of what many people may do at once, one frame a second goes to a person.

Within the second after a frame the latest entry waits, in place of an earlier one that waited, and
a job pushes it when the second is over. So the last one is always pushed. Latest is by id: that of
a digest is at the end of its window, so no entry of the window takes its place.
"""

from typing import Any

from notifications.models import NotificationStats
from shared.aws.clients import client
from shared.clock import now_ms
from shared.dynamodb.tables import ConditionFailed
from shared.messaging.queues import send_jobs

_PACE = 1  # seconds
# Milliseconds after which a job that was sent has run, or is lost; jobs run within seconds.
_LOST = 60_000
_QUEUE = "notifications-failures"  # of the stream's Lambda, which pushes


def may_push(user_id: str, stats: NotificationStats, notification_id: str) -> bool:
    """Whether an entry is pushed now; if not, a job pushes it, or a later one."""
    moment = now_ms()
    if not _waiting(stats) and stats.pushed_at <= moment - _PACE * 1000:
        is_free = NotificationStats.due_id.does_not_exist() | (
            NotificationStats.due_at <= moment - _LOST
        )
        is_time = NotificationStats.pushed_at.does_not_exist() | (
            NotificationStats.pushed_at <= moment - _PACE * 1000
        )
        try:
            NotificationStats(user_id).change(
                NotificationStats.pushed_at.set(moment),
                NotificationStats.due_id.remove(),
                condition=is_free & is_time,
            )
        except ConditionFailed:
            pass
        else:
            return True
    push_later(user_id, notification_id, stats)
    return False


def waits(stats: NotificationStats | None, notification_id: str) -> bool:
    """Whether a job is going to push this entry."""
    return _waiting(stats) == notification_id


def push_later(user_id: str, notification_id: str, stats: NotificationStats | None) -> None:
    """Have an entry pushed within two seconds, in place of one that waits; `stats` are the
    reader's, read consistently."""
    due = NotificationStats.due_id.set(notification_id)
    # Entries may come here in any order: what waits is replaced by a later one alone.
    is_latest = NotificationStats.due_id <= notification_id
    if waiting := _waiting(stats):
        if waiting > notification_id:
            return
        try:
            NotificationStats(user_id).change(due, condition=is_latest)
        except ConditionFailed:
            pass  # the job has run since
        else:
            return
    # The job comes first: if this function ends here, nothing waits for a job that is not there.
    began = now_ms()
    _send_job(user_id, began)
    is_free = NotificationStats.due_id.does_not_exist() | (
        NotificationStats.due_at <= began - _LOST
    )
    try:
        NotificationStats(user_id).change(
            due, NotificationStats.due_at.set(began), condition=is_free | is_latest
        )
    except ConditionFailed:
        return  # a later one has begun to wait, with a job of its own
    if now_ms() - began >= _PACE * 500:
        _send_job(user_id, began)  # the first one may have run before the entry waited


def _send_job(user_id: str, due_at: int) -> None:
    send_jobs(_QUEUE, [{"job": {"push": user_id, "due_at": due_at}}], delay=_PACE)


def take_due(user_id: str, due_at: int) -> str | None:
    """The id of the entry that waits since then to be pushed, for the caller to push it; None if
    there is none any more. Of the jobs that several functions sent at the same time, one finds it:
    the others would push what comes after it too early."""
    from botocore.exceptions import ClientError

    try:
        answer: Any = client("dynamodb").update_item(
            TableName=NotificationStats.Meta.table_name,
            Key=NotificationStats(user_id).key(),
            UpdateExpression="SET pushed_at = :now REMOVE due_id",
            ConditionExpression="attribute_exists(due_id) AND due_at = :due_at",
            ExpressionAttributeValues={
                ":now": {"N": str(now_ms())},
                ":due_at": {"N": str(due_at)},
            },
            ReturnValues="ALL_OLD",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return None
        raise
    due: str = answer["Attributes"]["due_id"]["S"]
    return due


def _waiting(stats: NotificationStats | None) -> str | None:
    if stats is None or not stats.due_id or stats.due_at <= now_ms() - _LOST:
        return None
    return stats.due_id
