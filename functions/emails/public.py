"""What emails offers to other services: sending a mail (the texts are in `emails/mails`), noting
that mails reach an address, and its part of a data export."""

from collections.abc import Iterator
from typing import Literal

from emails.suppressions import lift_suppression
from shared.ids import new_id
from shared.lifecycle.personal_data import Topic
from shared.messaging.queues import send_jobs
from shared.translations import LANGUAGES

__all__ = ["TemplateName", "export_of", "lift_suppression", "send_mail"]

type TemplateName = Literal[
    "verification_code",
    "login_code",
    "password_reset",
    "password_reset_without_link",
    "email_change_code",
    "email_change_notice",
    "new_sign_in",
    "export_ready",
    "export_failed",
    "account_deletion",
    "account_restored",
    "ban_notice",
    "ban_ended",
    "content_removed",
    "appeal_upheld",
    "appeal_reversed",
    "verification_approved",
    "verification_rejected",
    "generic",
]


def send_mail(
    template: TemplateName,
    to: str | None,
    *,
    language: str = LANGUAGES[0],
    once: str | None = None,
    **values: str,
) -> None:
    """Queue a mail; `values` fill its template, times among them in RFC 3339. Of the mails with the
    same name `once` within a day, one is sent.

    For an account, `**recipient(user)` of users gives address, language and username.

    A mail without a recipient (None) takes the sender as long as any other and is dropped behind
    the queue, so that the time of an answer does not reveal whether an address has an account.
    """
    job = {"id": once or new_id(), "template": template, "to": to, "language": language}
    send_jobs("emails", [{**job, "values": values}])


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of emails in the export of a person's data."""
    from emails import personal_data  # imported late: few importers need it

    return personal_data.export_of(user_id)
