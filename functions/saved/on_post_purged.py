"""post.purged: the post is nobody's saved post any more."""

from saved.collection_cleanup import clear_purged
from shared.clock import now, seconds
from shared.events.envelopes import Envelope
from shared.events.posts import PostPurged
from shared.messaging.queues import consumer, send

app = consumer()

_QUEUE = "saved-post-purged"
# Who was about to save it when it went has done so by then.
_SETTLED_AFTER = 60  # seconds


@app.on(PostPurged)
def on_post_purged(envelope: Envelope, event: PostPurged) -> None:
    """Unsave it, some hundreds of people to a message, and look once more later."""
    if not clear_purged(event.post_id):
        send(_QUEUE, envelope.to_json())
    elif now() < seconds(envelope.occurred_at) + _SETTLED_AFTER:
        send(_QUEUE, envelope.to_json(), delay=_SETTLED_AFTER)
