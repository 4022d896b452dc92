"""Deliveries: send each mail once, however often the queue delivers its job."""

from collections.abc import Callable

from emails.models import Delivery
from shared.clock import now, timestamp
from shared.dynamodb.tables import ConditionFailed
from shared.transient import TransientError

_RETENTION = 24 * 3600  # seconds: longer than any code is valid
# Longer than SES may take with all its tries; shorter than the queue hides a job from others.
_BUSY = 25  # seconds


class BeingSent(TransientError):
    """Another invocation is sending this mail."""


def deliver_once(job_id: str, send: Callable[[], None], retention: int = _RETENTION) -> None:
    """Call `send`, unless the mail of this job was sent in the last `retention` seconds. Raises
    `BeingSent`.

    If `send` raises, the mail counts as not sent and the next try may send it. If SES accepted it
    and only its answer was lost, the mail is sent twice, which is better than never.
    """
    delivery = Delivery(
        f"mail#{job_id}", busy_until=int(now()) + _BUSY, expires_at=int(now()) + retention
    )
    abandoned = Delivery.sent_at.does_not_exist() & (Delivery.busy_until <= int(now()))
    try:
        delivery.create(Delivery.is_new() | abandoned)
    except ConditionFailed as error:
        found = Delivery.find(delivery.id, consistent=True)
        if found and found.sent_at:
            return
        raise BeingSent from error
    try:
        send()
    except Exception:
        delivery.delete()
        raise
    delivery.update(actions=[Delivery.sent_at.set(timestamp())])
