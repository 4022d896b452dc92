"""Queue `newsletters`: mail a newsletter to one page of subscribers."""

from collections.abc import Callable
from typing import Any

from emails.attempts import attempt
from emails.deliveries import deliver_once
from emails.mail_service import MailRefused, send_mail
from emails.models import Newsletter
from emails.newsletter_texts import content_of
from emails.newsletters import RETENTION, Outcome, begin_page, finish_page
from emails.subscriptions import unsubscribe_url
from emails.suppressions import is_suppressed
from emails.templates import render
from shared import observability
from shared.messaging.queues import consumer
from shared.transient import is_transient
from users.public import User, account_status, find_users, recipient

app = consumer()


@app.on_job
def mail_subscribers(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Send the mails of a page. A job that runs again sends those that are missing."""
    attempt("newsletters", job, record, lambda: _send_page(job))


def _send_page(job: dict[str, Any]) -> None:
    newsletter = Newsletter.find(job["newsletter_id"], consistent=True)
    if newsletter is None:
        return
    recipients = begin_page(newsletter, job["after"])
    users, content = find_users(recipients), content_of(newsletter.body)

    def mail(user: User) -> None:
        url = unsubscribe_url(user.user_id)
        reader = recipient(user)
        values = {"title": newsletter.subject, "content": content, "unsubscribe_url": url}
        values["username"] = reader["username"]
        mail = render("newsletter", values, reader["language"])
        send_mail(user.email, mail, unsubscribe_url=url)

    outcomes = _send_all(newsletter, [users.get(each) for each in recipients], mail)
    finish_page(newsletter, job["after"], outcomes)


def _send_all(
    newsletter: Newsletter, users: list[User | None], mail: Callable[[User], None]
) -> list[Outcome]:
    """Send one mail to each; raises the first error after the others had their turn, but at once
    if SES is busy or out of reach."""
    outcomes: list[Outcome] = []
    errors: list[Exception] = []
    for user in users:
        if user is None or not _wants(user, newsletter) or is_suppressed(user.email):
            outcomes.append("skipped")
            continue
        once = f"newsletter#{newsletter.newsletter_id}#{user.user_id}"
        try:
            deliver_once(once, lambda user=user: mail(user), RETENTION)  # type: ignore[misc]
        except MailRefused:
            outcomes.append("refused")
        except Exception as error:
            if is_transient(error):
                raise
            observability.log_failure("newsletter not mailed", user_id=user.user_id)
            errors.append(error)
        else:
            outcomes.append("sent")
    if errors:
        raise errors[0]
    return outcomes


def _wants(user: User, newsletter: Newsletter) -> bool:
    """Whether the account still asks for it. An unverified address may be of somebody else."""
    is_asked = user.newsletter and user.email_enabled and account_status(user) == "active"
    return newsletter.test_only or is_asked
