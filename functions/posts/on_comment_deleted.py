"""comment.deleted: delete the comment's likes and replies."""

from posts.comment_cleanup import SECOND_LOOK, drop_likes, drop_replies
from shared.clock import now, seconds
from shared.events.comments import CommentDeleted
from shared.events.envelopes import Envelope
from shared.messaging import queues
from shared.messaging.queues import consumer

app = consumer()

_QUEUE = "posts-comment-deleted"


@app.on(CommentDeleted)
def on_comment_deleted(envelope: Envelope, event: CommentDeleted) -> None:
    """Delete the likes and the replies, whose own stream records are counted and published in turn.
    What one message does not finish is left to another."""
    is_reply = event.parent_comment_id is not None
    is_done = drop_likes(event.comment_id) and (is_reply or drop_replies(event.comment_id))
    if not is_done:
        queues.send(_QUEUE, envelope.to_json())
    elif not is_reply and now() < seconds(envelope.occurred_at) + SECOND_LOOK:
        queues.send(_QUEUE, envelope.to_json(), delay=SECOND_LOOK)
