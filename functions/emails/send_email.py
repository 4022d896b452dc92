"""The queue `emails`: send each mail once, with at most three tries."""

from typing import Any

from emails.deliveries import deliver_once
from emails.mail_service import send_mail
from emails.templates import Mail, render
from shared.aws.clients import client
from shared.messaging.queues import consumer, queue_url

app = consumer()

_LONGEST_ADDRESS = 254  # characters


class InvalidJob(Exception):
    """A job that can never become a mail; it ends in the dead-letter queue."""


@app.on_job
def send_email(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Send the mail of one job. A job that fails is delivered again after 1 s and after 4 s, and
    goes to the dead-letter queue 9 s later."""
    try:
        job_id, to, mail = read_job(job)
        if to is not None:  # for None, see emails/public.py
            deliver_once(job_id, lambda: send_mail(to, mail))
    except Exception:
        tries = int(record["attributes"]["ApproximateReceiveCount"])
        client("sqs").change_message_visibility(
            QueueUrl=queue_url("emails"),
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=tries**2,
        )
        raise


def read_job(job: Any) -> tuple[str, str | None, Mail]:
    """A job's id, recipient and mail; raises `InvalidJob`."""
    try:
        job_id, to = job["id"], job["to"]
        mail = render(job["template"], job["values"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidJob from None  # the cause's message could contain values of the job
    if not isinstance(job_id, str) or not _is_address(to):
        raise InvalidJob
    return job_id, to, mail


def _is_address(to: Any) -> bool:
    return to is None or (
        isinstance(to, str)
        and "@" in to
        and len(to) <= _LONGEST_ADDRESS
        and not any(character.isspace() or character in ",;<>" for character in to)
    )
