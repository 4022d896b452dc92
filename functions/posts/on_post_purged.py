"""post.purged: delete what belongs to the post."""

from posts.comment_cleanup import SECOND_LOOK
from posts.deletions import delete_dependents
from shared.clock import now, seconds
from shared.events.envelopes import Envelope
from shared.events.posts import PostPurged
from shared.messaging import queues
from shared.messaging.queues import consumer

app = consumer()

_QUEUE = "posts-post-purged"


@app.on(PostPurged)
def on_post_purged(envelope: Envelope, event: PostPurged) -> None:
    """Delete the post's likes, comments, shares, collaborators and edits. What one message does not
    finish, or was written at the last moment, is left to another."""
    if not delete_dependents(event.post_id):
        queues.send_rest(_QUEUE, envelope.to_json())
    elif now() < seconds(envelope.occurred_at) + SECOND_LOOK:
        queues.send(_QUEUE, envelope.to_json(), delay=SECOND_LOOK)
