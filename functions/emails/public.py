"""What other services ask of emails: to send a mail (its words are in `emails/templates.py`)."""

from typing import Literal

from shared.ids import new_id
from shared.messaging.queues import send_jobs

__all__ = ["TemplateName", "send_mail"]

type TemplateName = Literal[
    "verification_code",
    "login_code",
    "password_reset",
    "password_reset_without_link",
    "email_change_code",
    "email_change_notice",
    "export_ready",
    "export_failed",
]


def send_mail(
    template: TemplateName, to: str | None, *, once: str | None = None, **values: str
) -> None:
    """Put a mail on its way; `values` are what the template asks for. Of mails that are sent `once`
    under the same name within a day, one goes out.

    A mail to nobody (None) takes the sender as long as any other, and is dropped behind the queue:
    so that the time of an answer does not tell whether an address has an account.
    """
    job = {"id": once or new_id(), "template": template, "to": to, "values": values}
    send_jobs("emails", [job])
