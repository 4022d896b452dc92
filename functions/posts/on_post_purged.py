"""post.purged: what hung on the post goes with it."""

from posts.comment_cleanup import SETTLED_AFTER
from posts.deletions import strip
from shared.clock import now, seconds
from shared.events.envelopes import Envelope
from shared.events.posts import PostPurged
from shared.messaging import queues
from shared.messaging.queues import consumer

app = consumer()

_QUEUE = "posts-post-purged"


@app.on(PostPurged)
def on_post_purged(envelope: Envelope, event: PostPurged) -> None:
    """Delete its likes, comments, shares, collaborators and edits; what does not fit into one go,
    or was written at the last moment, is left to another message."""
    if not strip(event.post_id):
        queues.send(_QUEUE, envelope.to_json())
    elif now() < seconds(envelope.occurred_at) + SETTLED_AFTER:
        queues.send(_QUEUE, envelope.to_json(), delay=SETTLED_AFTER)
