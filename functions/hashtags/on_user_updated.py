"""user.updated, user.banned, user.unbanned, user.deleted and user.restored: sync which posts of the
account count under tags. Those of an account that is private, banned or being deleted do not; they
count again afterwards."""

from hashtags.tag_sync import sync_author
from shared.clock import now, seconds
from shared.events.envelopes import Envelope
from shared.events.users import (
    UserBanned,
    UserDeleted,
    UserRestored,
    UserUnbanned,
    UserUpdated,
)
from shared.messaging.queues import consumer, send, send_rest

app = consumer()

QUEUE = "hashtags-user-updated"
_INDEX_LAG = 60  # seconds until the index of an author's posts surely shows the last one


@app.on(UserUpdated)
def on_user_updated(envelope: Envelope, event: UserUpdated) -> None:
    """Sync the posts of an account that went private or public."""
    if "is_private" in event.changed:
        _sync(envelope, event.user_id)


@app.on(UserBanned)
def on_user_banned(envelope: Envelope, event: UserBanned) -> None:
    """Sync the posts of an account that was banned."""
    _sync(envelope, event.user_id)


@app.on(UserUnbanned)
def on_user_unbanned(envelope: Envelope, event: UserUnbanned) -> None:
    """Sync the posts of an account whose ban ended."""
    _sync(envelope, event.user_id)


@app.on(UserDeleted)
def on_user_deleted(envelope: Envelope, event: UserDeleted) -> None:
    """Sync the posts of an account that is now hidden from everybody."""
    _sync(envelope, event.user_id)


@app.on(UserRestored)
def on_user_restored(envelope: Envelope, event: UserRestored) -> None:
    """Sync the posts of an account that is visible again."""
    _sync(envelope, event.user_id)


def _sync(envelope: Envelope, author_id: str) -> None:
    """Sync posts while there is time; another message continues with the rest. After the last one,
    check once more when the index has caught up."""
    if sync_author(author_id):
        send_rest(QUEUE, envelope.to_json())
    elif seconds(envelope.occurred_at) > now() - _INDEX_LAG:
        send(QUEUE, envelope.to_json(), delay=_INDEX_LAG)
