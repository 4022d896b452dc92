"""comment.deleted: what hung on the comment goes with it."""

from posts.comment_cleanup import SETTLED_AFTER, drop_likes, drop_replies
from shared.clock import now, seconds
from shared.events.comments import CommentDeleted
from shared.events.envelopes import Envelope
from shared.messaging import queues
from shared.messaging.queues import consumer

app = consumer()

_QUEUE = "posts-comment-deleted"


@app.on(CommentDeleted)
def on_comment_deleted(envelope: Envelope, event: CommentDeleted) -> None:
    """Delete its likes and its replies, whose own changes are counted and told in turn; what does
    not fit into one go is left to another message."""
    is_reply = event.parent_comment_id is not None
    is_done = drop_likes(event.comment_id) and (is_reply or drop_replies(event.comment_id))
    if not is_done:
        queues.send(_QUEUE, envelope.to_json())
    elif not is_reply and now() < seconds(envelope.occurred_at) + SETTLED_AFTER:
        queues.send(_QUEUE, envelope.to_json(), delay=SETTLED_AFTER)
