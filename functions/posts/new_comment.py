"""A new comment, made from its post, the comment it replies to, and its author."""

from dataclasses import dataclass

from posts.comment_permissions import may_comment
from posts.mentions import mention_keys, people_named
from posts.models import Comment, Post
from posts.visible_comments import comment_from, comment_keys, known_place, remember_place
from posts.visible_posts import get_visible_post_with
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import Found, Key, read_items
from shared.errors import CommentNotFound, CommentsDisabled, Unauthorized
from shared.ids import new_id
from users.public import User


@dataclass(frozen=True, slots=True)
class Draft:
    """A comment that its author may write, and the author's account."""

    comment: Comment
    author: User


def draft(writer: Caller, post_id: str, content: str, parent_id: str | None) -> Draft:
    """A comment on the post, as a reply to the comment `parent_id` if that is given.

    One read; one more for a reply to a comment whose place this process does not know, and one more
    if only people whom the author follows may comment. Raises `PostNotFound`, `CommentsDisabled`,
    `CommentNotFound`, and `InvalidInput` for too many mentions.
    """
    keys: list[Key] = [(User, writer.user_id), *mention_keys(content)]
    if parent_id:
        keys += _parent_keys(writer, post_id, parent_id)
    visible, found = get_visible_post_with(writer, post_id, keys)
    if not may_comment(writer, visible):
        raise CommentsDisabled
    parent = _parent(writer, post_id, parent_id, found) if parent_id else None
    author = found.get(User, writer.user_id)
    if author is None:
        raise Unauthorized
    people = people_named(found, content)
    return Draft(_comment(writer, visible.post, content, parent, people), author)


def _comment(
    writer: Caller, post: Post, content: str, parent: Comment | None, people: dict[str, str]
) -> Comment:
    # A reply to a reply joins the thread of its top-level comment.
    root_id = (parent.parent_comment_id or parent.comment_id) if parent else None
    return Comment(
        post.post_id,
        new_id(),
        thread=root_id or post.post_id,
        user_id=writer.user_id,
        username=writer.username,
        post_author_id=post.author_id,
        parent_comment_id=root_id,
        parent_author_id=parent.user_id if parent else None,
        content=content,
        mentions=list(dict.fromkeys(people.values())),
        mention_names=people,
        post_seq=post.comment_seq,
        created_at=timestamp(),
    )


def _parent_keys(writer: Caller, post_id: str, parent_id: str) -> list[Key]:
    place = known_place(parent_id)
    if place and place.post_id == post_id:
        return comment_keys(writer, place)
    return [(Comment, post_id, parent_id)]


def _parent(writer: Caller, post_id: str, parent_id: str, found: Found) -> Comment:
    """The comment that is replied to; raises `CommentNotFound` if the writer may not see it."""
    parent = found.get(Comment, post_id, parent_id)
    if parent is None:
        raise CommentNotFound
    if known_place(parent_id) is None:
        found |= read_items(comment_keys(writer, parent), consistent=True)
        remember_place(parent)
    if comment_from(found, writer, parent) is None:
        raise CommentNotFound
    return parent
