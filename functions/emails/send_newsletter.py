"""POST /admin/newsletters: send a newsletter to everybody who subscribed, or a test to oneself."""

from typing import Annotated, TypedDict

from emails.models import Newsletter
from moderation.public import record
from shared.clock import timestamp
from shared.config import config
from shared.dynamodb.tables import transaction
from shared.errors import DependencyUnavailable
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request
from shared.ids import new_id
from users.public import subscriber_page

_MOST_COUNTED = 1000  # subscribers

app = endpoint("emails")


class NewsletterBody(Body):
    """The newsletter, its body in Markdown; `test_only` sends it to the caller alone."""

    subject: Annotated[str, text(1, 150)]
    body: Annotated[str, text(1, 100_000)]
    test_only: bool = False


class NewsletterQueued(TypedDict):
    """A newsletter that is being sent."""

    message: str
    newsletter_id: str
    recipients_count: int | None


@app.serve(
    "POST /admin/newsletters",
    auth="admin",
    body=NewsletterBody,
    answer=NewsletterQueued,
    status=202,
    idempotent=True,
)
def send_newsletter(request: Request[NewsletterBody]) -> NewsletterQueued:
    """Send a newsletter to all subscribers, or only to the caller."""
    if not config.public_url:
        raise DependencyUnavailable("Newsletters need the parameter PublicUrl: links unsubscribe.")
    newsletter = Newsletter(
        new_id(),
        admin_id=request.caller.user_id,
        subject=request.body.subject,
        body=request.body.body,
        test_only=request.body.test_only,
        created_at=timestamp(),
    )
    with transaction() as write:
        write.put(newsletter, Newsletter.is_new())
        target = ("newsletter", newsletter.newsletter_id)
        record(write, request.caller.user_id, "send_newsletter", target)
    return {
        "message": "The newsletter is being sent.",
        "newsletter_id": newsletter.newsletter_id,
        "recipients_count": 1 if newsletter.test_only else _count(),
    }


def _count() -> int | None:
    """How many subscribers there are; None if they are too many to count now."""
    found, more = subscriber_page(_MOST_COUNTED)
    return None if more else len(found)
