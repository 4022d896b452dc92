"""post.purged: unsave the post for everybody who saved it."""

from saved.collection_cleanup import clear_purged
from shared.clock import now, seconds
from shared.events.envelopes import Envelope
from shared.events.posts import PostPurged
from shared.messaging.queues import consumer, send, send_rest

app = consumer()

_QUEUE = "saved-post-purged"
# By then, a save that began before the post was deleted has been written.
_LAST_SAVE_AFTER = 60  # seconds


@app.on(PostPurged)
def on_post_purged(envelope: Envelope, event: PostPurged) -> None:
    """Unsave it, for as many people as this message has time for, and check once more later."""
    if not clear_purged(event.post_id):
        send_rest(_QUEUE, envelope.to_json())
    elif now() < seconds(envelope.occurred_at) + _LAST_SAVE_AFTER:
        send(_QUEUE, envelope.to_json(), delay=_LAST_SAVE_AFTER)
