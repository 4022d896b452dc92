"""user.updated: the posts of an account that went private count under no tag any more, those of one
that went public count again."""

from hashtags.settling import settle_author
from shared.clock import now, seconds
from shared.events import Envelope, UserUpdated
from shared.queues import consumer, send

app = consumer()

QUEUE = "hashtags-user-updated"
_LATE = 60  # seconds; the index of an author's posts shows by then what was posted just before


@app.on(UserUpdated)
def on_user_updated(envelope: Envelope, event: UserUpdated) -> None:
    """Settle the posts whose audience has changed; what one message does not get done is left to
    the next one, and the last one looks once more."""
    if "is_private" not in event.changed:
        return
    if settle_author(event.user_id):
        send(QUEUE, envelope.to_json())
    elif seconds(envelope.occurred_at) > now() - _LATE:
        send(QUEUE, envelope.to_json(), delay=_LATE)
