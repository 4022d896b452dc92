"""user.updated, user.deleted and user.restored: the posts of an account that went private, or is
being deleted, count under no tag any more; those of one that is open again count again."""

from hashtags.tag_sync import sync_author
from shared.clock import now, seconds
from shared.events.envelopes import Envelope
from shared.events.users import UserDeleted, UserRestored, UserUpdated
from shared.messaging.queues import consumer, send

app = consumer()

QUEUE = "hashtags-user-updated"
_LATE = 60  # seconds; the index of an author's posts shows by then what was posted just before


@app.on(UserUpdated)
def on_user_updated(envelope: Envelope, event: UserUpdated) -> None:
    """Look at an account that went private or public."""
    if "is_private" in event.changed:
        _sync(envelope, event.user_id)


@app.on(UserDeleted)
def on_user_deleted(envelope: Envelope, event: UserDeleted) -> None:
    """Look at an account that is hidden from everybody."""
    _sync(envelope, event.user_id)


@app.on(UserRestored)
def on_user_restored(envelope: Envelope, event: UserRestored) -> None:
    """Look at an account that is back."""
    _sync(envelope, event.user_id)


def _sync(envelope: Envelope, author_id: str) -> None:
    """Settle the posts whose audience has changed; what one message does not get done is left to
    the next one, and the last one looks once more."""
    if sync_author(author_id):
        send(QUEUE, envelope.to_json())
    elif seconds(envelope.occurred_at) > now() - _LATE:
        send(QUEUE, envelope.to_json(), delay=_LATE)
