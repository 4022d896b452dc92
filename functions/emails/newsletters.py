"""Newsletters: from one administrator's request to a mail for each subscriber.

The stream of the table queues the first page of subscribers. A page that begins notes up to whom
it goes, on condition that it is the next one; the stream queues the page behind it. So every page
is queued, however often a job is delivered, and several are sent at the same time. Another try of a
page goes to the same accounts, and a page that is done counts once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Annotated, Any, Literal, TypedDict

from emails.models import Delivery, Newsletter
from shared.clock import now, timestamp
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import ConditionFailed, transaction
from shared.http.enums import one_of
from shared.messaging.queues import send_jobs
from users.public import NEWSLETTER, subscriber_page

QUEUE = "newsletters"
RETENTION = 30 * 24 * 3600  # seconds that a sent mail is known: longer than queues keep a job
_PAGE = 50  # mails, which take one invocation a few seconds

type Outcome = Literal["sent", "skipped", "refused"]


class NewsletterShape(TypedDict):
    """Shape Newsletter."""

    id: str
    newsletter_id: str
    subject: str
    body: str
    test_only: bool
    status: Annotated[str, one_of("sending", "sent")]
    recipients_count: int
    sent_count: int
    skipped_count: int
    refused_count: int
    created_at: str


def newsletter_shape(newsletter: Newsletter) -> NewsletterShape:
    """Shape Newsletter: the counts grow until its status is `sent`."""
    is_done = newsletter.is_listed and newsletter.pages_done >= newsletter.pages_begun
    return {
        "id": newsletter.newsletter_id,
        "newsletter_id": newsletter.newsletter_id,
        "subject": newsletter.subject,
        "body": newsletter.body,
        "test_only": newsletter.test_only,
        "status": "sent" if is_done else "sending",
        "recipients_count": newsletter.recipient_count,
        "sent_count": newsletter.sent_count,
        "skipped_count": newsletter.skipped_count,
        "refused_count": newsletter.refused_count,
        "created_at": newsletter.created_at,
    }


def follow_up(changes: Sequence[Change[Newsletter]]) -> None:
    """Queue the first page of each new newsletter, and the page behind each that has begun."""
    due = [change.new for change in changes if change.new and _has_next_page(change)]
    send_jobs(QUEUE, ({"newsletter_id": n.newsletter_id, "after": n.listed_to} for n in due))


def _has_next_page(change: Change[Newsletter]) -> bool:
    return not change.item.is_listed and (change.old is None or change.changed("listed_to"))


def begin_page(newsletter: Newsletter, after: str | None) -> list[str]:
    """The accounts on the page behind `after` (None: the first), which has begun from now on. They
    are noted: who subscribes before another try moves none of them off the page."""
    begun = _begun(newsletter, after)
    if begun:
        return list(begun.recipients or [])
    if newsletter.test_only:
        recipients, following = [newsletter.admin_id], None
    else:
        key = {"subscription": NEWSLETTER, "user_id": after} if after else None
        recipients, following = subscriber_page(_PAGE, key)
    is_next = Newsletter.is_there() & Newsletter.is_listed.is_in(False)
    is_next &= Newsletter.listed_to == after if after else Newsletter.listed_to.does_not_exist()
    try:
        with transaction() as write:
            write.put(_page(newsletter, after, recipients=recipients), Delivery.is_new())
            write.update(
                newsletter,
                Newsletter.pages_begun.add(1),
                Newsletter.recipient_count.add(len(recipients)),
                Newsletter.listed_to.set(following["user_id"])
                if following
                else Newsletter.is_listed.set(True),
                condition=is_next,
            )
    except ConditionFailed:  # this page has begun at the same time, or before pages were noted
        begun = _begun(newsletter, after)
        return list(begun.recipients or []) if begun else recipients
    return recipients


def finish_page(newsletter: Newsletter, after: str | None, outcomes: Iterable[Outcome]) -> None:
    """Count the outcomes of a page, once."""
    counts = Counter(outcomes)
    done = _page(newsletter, after, sent_at=timestamp())
    with suppress(ConditionFailed), transaction() as write:
        write.put(done, Delivery.sent_at.does_not_exist())
        write.update(
            newsletter,
            Newsletter.pages_done.add(1),
            Newsletter.sent_count.add(counts["sent"]),
            Newsletter.skipped_count.add(counts["skipped"]),
            Newsletter.refused_count.add(counts["refused"]),
            condition=Newsletter.is_there(),
        )


def _begun(newsletter: Newsletter, after: str | None) -> Delivery | None:
    return Delivery.find(_page(newsletter, after).id, consistent=True)


def _page(newsletter: Newsletter, after: str | None, **state: Any) -> Delivery:
    return Delivery(
        f"newsletter-page#{newsletter.newsletter_id}#{after or ''}",
        busy_until=0,
        expires_at=int(now()) + RETENTION,
        **state,
    )
