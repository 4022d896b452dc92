"""A mail goes out once, however often the queue hands its job over."""

from collections.abc import Callable

from emails.models import Delivery
from shared.clock import now, timestamp
from shared.dynamodb.tables import ConditionFailed
from shared.transient import TransientError

_KEPT = 24 * 3600  # seconds: longer than any code lives
# Longer than SES may take with all its tries; shorter than a job stays hidden from others.
_BUSY = 25  # seconds


class BeingSent(TransientError):
    """Somebody else is sending this mail at this moment."""


def deliver_once(job_id: str, send: Callable[[], None]) -> None:
    """Call `send`, unless that has been done for this job.

    When `send` raises, the mail counts as not sent and the next try may send it: if SES took it and
    only its answer was lost, it goes out twice, which is better than never.
    """
    delivery = Delivery(
        f"mail#{job_id}", busy_until=int(now()) + _BUSY, expires_at=int(now()) + _KEPT
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
