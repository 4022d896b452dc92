"""The queue `emails`: send each mail once, with tries for two hours if SES is busy or down."""

from typing import Any

from emails.deliveries import deliver_once
from emails.mail_service import MailRefused, send_mail
from emails.suppressions import is_suppressed
from emails.templates import Mail, render
from shared import observability
from shared.aws.clients import client
from shared.messaging.queues import consumer, queue_url, send_jobs

app = consumer()

_CODES = {
    *("email_change_code", "login_code", "verification_code"),
    *("password_reset", "password_reset_without_link"),
}
_LONGEST_ADDRESS = 254  # characters
_QUICK_TRIES = 3
_FIRST_PAUSE, _LONGEST_PAUSE = 30, 3600  # seconds, after the quick tries


class InvalidJob(Exception):
    """A job that can never become a mail."""


@app.on_job
def send_email(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Send the mail of one job. A job that fails is delivered again, see `pause`; one that no try
    can help goes to the dead-letter queue at once, so that no other mail waits."""
    try:
        job_id, to, mail = read_job(job)
        is_code = job["template"] in _CODES
        if to is None:  # see emails/public.py
            return
        if not is_code and is_suppressed(to):
            observability.log("mail suppressed", template=job["template"])
            return
        deliver_once(job_id, lambda: send_mail(to, mail, is_code=is_code))
    except (InvalidJob, MailRefused):
        observability.log_failure("mail given up", message_id=record["messageId"])
        send_jobs("emails-dead", [job])
    except Exception:
        client("sqs").change_message_visibility(
            QueueUrl=queue_url("emails"),
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=pause(int(record["attributes"]["ApproximateReceiveCount"])),
        )
        raise


def pause(tries: int) -> int:
    """Seconds until the next try: 1, 4 and 9, then 30, 60 … up to an hour. The queue's twelfth try
    is the last."""
    if tries <= _QUICK_TRIES:
        return tries**2
    return min(_FIRST_PAUSE << (tries - _QUICK_TRIES - 1), _LONGEST_PAUSE)


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
