"""comment.deleted, comment.restored: delete the comment's likes and replies, or hide or show the
replies with it."""

from posts.comment_cleanup import SECOND_LOOK, drop_likes, drop_replies
from posts.comment_removal import hide_replies, show_replies
from posts.models import Comment
from shared.clock import now, seconds
from shared.events.comments import CommentDeleted, CommentRestored
from shared.events.envelopes import Envelope
from shared.messaging import queues
from shared.messaging.queues import consumer

app = consumer()

_QUEUE = "posts-comment-deleted"


@app.on(CommentDeleted)
def on_comment_deleted(envelope: Envelope, event: CommentDeleted) -> None:
    """Sync what belongs to the comment with the comment as it is now. The stream records of the
    replies are counted and published in turn. What one message does not finish is left to
    another."""
    _follow(envelope, event)


@app.on(CommentRestored)
def on_comment_restored(envelope: Envelope, event: CommentRestored) -> None:
    """Likewise."""
    _follow(envelope, event)


def _follow(envelope: Envelope, event: CommentDeleted | CommentRestored) -> None:
    is_reply = event.parent_comment_id is not None
    if not _sync(event, is_reply):
        queues.send_rest(_QUEUE, envelope.to_json())
    elif not is_reply and now() < seconds(envelope.occurred_at) + SECOND_LOOK:
        queues.send(_QUEUE, envelope.to_json(), delay=SECOND_LOOK)


def _sync(event: CommentDeleted | CommentRestored, is_reply: bool) -> bool:
    """Whether it is finished."""
    comment = Comment.find(event.post_id, event.comment_id, consistent=True)
    if comment is None:
        return drop_likes(event.comment_id) and (is_reply or drop_replies(event.comment_id))
    if is_reply:
        return True
    return (hide_replies if comment.is_hidden else show_replies)(event.comment_id)
