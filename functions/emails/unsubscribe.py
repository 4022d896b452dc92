"""POST /emails/unsubscribe: end the subscription to the newsletter, by its signed link alone."""

from contextlib import suppress
from typing import TypedDict

from emails.subscriptions import LinkQuery, subscriber
from shared.errors import UserNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.public import change_preferences

app = endpoint("emails")


class Unsubscribed(TypedDict):
    """The answer, the same for an account that does not exist any more."""

    message: str


@app.serve(
    "POST /emails/unsubscribe", auth="none", tier="signed", query=LinkQuery, answer=Unsubscribed
)
def unsubscribe(request: Request[None, LinkQuery]) -> Unsubscribed:
    """Unsubscribe. Mail programs send this for their one-click button (RFC 8058)."""
    with suppress(UserNotFound):
        change_preferences(subscriber(request.query.token), {"newsletter": False}, {})
    return {"message": "You will get no more newsletters."}
