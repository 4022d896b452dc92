"""What a new comment needs: the post it is put on, the comment it answers, and who writes it."""

from dataclasses import dataclass

from posts.comment_permissions import may_comment
from posts.mentions import mention_keys, mentions_from
from posts.models import Comment
from posts.visible_comments import comment_from, comment_keys, known_place, remember_place
from posts.visible_posts import VisiblePost, get_visible_post_with
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import Found, Key, read_items
from shared.errors import CommentNotFound, CommentsDisabled, Unauthorized
from shared.ids import new_id
from users.public import User


@dataclass(frozen=True, slots=True)
class Draft:
    """A comment that may be written, and the account that writes it."""

    comment: Comment
    author: User


def draft(writer: Caller, post_id: str, content: str, answered_id: str | None) -> Draft:
    """A comment on the post, in answer to the comment `answered_id` if that is given.

    One read; one more for an answer to a comment that this process has not met, and one where only
    those whom the author follows may comment. Raises `PostNotFound`, `CommentsDisabled`,
    `CommentNotFound`, and `InvalidInput` for too many mentions.
    """
    keys: list[Key] = [(User, writer.user_id), *mention_keys(content)]
    if answered_id:
        keys += _answered_keys(writer, post_id, answered_id)
    seen, found = get_visible_post_with(writer, post_id, keys)
    if not may_comment(writer, seen):
        raise CommentsDisabled
    answered = _answered(writer, post_id, answered_id, found) if answered_id else None
    author = found.get(User, writer.user_id)
    if author is None:
        raise Unauthorized
    return Draft(_comment(writer, seen, content, answered, mentions_from(found, content)), author)


def _comment(
    writer: Caller, seen: VisiblePost, content: str, answered: Comment | None, mentions: list[str]
) -> Comment:
    post = seen.post
    # An answer to an answer joins the same thread.
    parent_id = (answered.parent_comment_id or answered.comment_id) if answered else None
    return Comment(
        post.post_id,
        new_id(),
        thread=parent_id or post.post_id,
        user_id=writer.user_id,
        username=writer.username,
        post_author_id=post.author_id,
        parent_comment_id=parent_id,
        parent_author_id=answered.user_id if answered else None,
        content=content,
        mentions=mentions,
        post_seq=post.comment_seq,
        created_at=timestamp(),
    )


def _answered_keys(writer: Caller, post_id: str, answered_id: str) -> list[Key]:
    place = known_place(answered_id)
    if place and place.post_id == post_id:
        return comment_keys(writer, place)
    return [(Comment, post_id, answered_id)]


def _answered(writer: Caller, post_id: str, answered_id: str, found: Found) -> Comment:
    """The comment that is answered, if the writer may see it; else raises `CommentNotFound`."""
    answered = found.get(Comment, post_id, answered_id)
    if answered is None:
        raise CommentNotFound
    if known_place(answered_id) is None:
        found |= read_items(comment_keys(writer, answered), consistent=True)
        remember_place(answered)
    if comment_from(found, writer, answered) is None:
        raise CommentNotFound
    return answered
