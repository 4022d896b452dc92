"""The queue `emails`: send each mail once, with tries for two hours if SES is busy or down."""

from typing import Any

from emails.attempts import Hopeless, attempt
from emails.deliveries import deliver_once
from emails.mail_service import send_mail
from emails.suppressions import is_suppressed
from emails.templates import Mail, render
from shared import observability
from shared.messaging.queues import consumer
from shared.translations import LANGUAGES

app = consumer()

_CODES = {
    *("email_change_code", "login_code", "verification_code"),
    *("password_reset", "password_reset_without_link"),
}
_LONGEST_ADDRESS = 254  # characters


class InvalidJob(Hopeless):
    """A job that can never become a mail."""


@app.on_job
def send_email(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Send the mail of one job. One that fails is delivered again, or given up; each is alone in
    its invocation, so no other mail waits."""
    attempt("emails", job, record, lambda: _send(job))


def _send(job: dict[str, Any]) -> None:
    job_id, to, mail = read_job(job)
    is_code = job["template"] in _CODES
    if to is None:  # see emails/public.py
        return
    if not is_code and is_suppressed(to):
        observability.log("mail suppressed", template=job["template"])
        return
    deliver_once(job_id, lambda: send_mail(to, mail, is_code=is_code))


def read_job(job: Any) -> tuple[str, str | None, Mail]:
    """A job's id, recipient and mail; raises `InvalidJob`."""
    try:
        job_id, to = job["id"], job["to"]
        # Jobs from before mails had languages have none.
        mail = render(job["template"], job["values"], job.get("language", LANGUAGES[0]))
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
