"""Attempts: when a job of `emails` or `newsletters` is tried again, and when it is given up.

A failed try is followed by others after 1, 4 and 9 seconds, then after 30, 60 … seconds up to an
hour: twelve tries in two hours. A job that no try can help, or that the last one did not, goes to
the dead-letter queue, and the administrators are notified.
"""

from collections.abc import Callable
from typing import Any, Literal

from moderation.public import administrator_ids
from shared import observability
from shared.aws.clients import client
from shared.clock import now, timestamp
from shared.events.emails import MailFailed
from shared.events.envelopes import Envelope, publish
from shared.ids import new_id
from shared.messaging.queues import queue_url, send_jobs

type Queue = Literal["emails", "newsletters"]

TRIES = 12  # `maxReceiveCount` of the queues
_QUICK_TRIES = 3
_FIRST_PAUSE, _LONGEST_PAUSE = 30, 3600  # seconds, after the quick tries
_HOUR = 3600  # seconds


class Hopeless(Exception):
    """No other try would end differently."""


def attempt(
    queue: Queue, job: dict[str, Any], record: dict[str, Any], do: Callable[[], None]
) -> None:
    """Try what a job asks for. What fails is raised and delivered again later; a job that is given
    up raises nothing, so that SQS forgets it."""
    tries = int(record["attributes"]["ApproximateReceiveCount"])
    try:
        do()
    except Exception as error:
        if isinstance(error, Hopeless) or tries >= TRIES:
            observability.log_failure("mail given up", message_id=record["messageId"])
            _give_up(queue, job)
            return
        client("sqs").change_message_visibility(
            QueueUrl=queue_url(queue),
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=pause(tries),
        )
        raise


def pause(tries: int) -> int:
    """Seconds until the next try."""
    if tries <= _QUICK_TRIES:
        return tries**2
    return min(_FIRST_PAUSE << (tries - _QUICK_TRIES - 1), _LONGEST_PAUSE)


def _give_up(queue: Queue, job: dict[str, Any]) -> None:
    """All dead letters of a queue in an hour are one notification, whatever they are about. It is
    lost if SNS refuses it; the alarm of the dead-letter queue is not."""
    hour = timestamp(now() // _HOUR * _HOUR)
    failure = MailFailed(queue, hour, administrator_ids())
    send_jobs(f"{queue}-dead", [job])
    publish([Envelope(new_id(), timestamp(), None, failure)])
