"""DELETE /comments/{comment_id}: delete a comment and its replies."""

from typing import TypedDict

from moderation.public import record_comment_removal
from posts.comment_removal import remove_comment
from posts.models import Comment, Post
from posts.visible_comments import find_place, get_visible_comment
from shared.access.caller import Caller
from shared.dynamodb.tables import read_items, transaction
from shared.errors import CommentNotFound, NotOwner, ReauthenticationRequired
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class Deleted(TypedDict):
    """The answer to a deletion; `comment_count` no longer includes the comment and its replies."""

    message: str
    comment_count: int


@app.serve("DELETE /comments/{comment_id}", answer=Deleted)
def delete_comment(request: Request) -> Deleted:
    """Delete a comment and, at once, its replies. Its author, the post's author and administrators
    may; what an administrator deletes can be appealed."""
    caller, comment_id = request.caller, request.path["comment_id"]
    if caller.role == "admin" and caller.is_fresh:
        comment, post = _find(comment_id)
    else:
        visible, visible_post = get_visible_comment(caller, comment_id)
        comment, post = visible.comment, visible_post.post
    is_own = caller.user_id in (comment.user_id, comment.post_author_id)
    if not is_own and caller.role != "admin":
        raise NotOwner
    if not is_own and not caller.is_fresh:
        raise ReauthenticationRequired
    _delete(comment, caller, as_admin=not is_own)
    return {"message": "Comment deleted", "comment_count": _count_without(comment, post)}


def _find(comment_id: str) -> tuple[Comment, Post | None]:
    """The comment and its post for an administrator, without the visibility rule."""
    place = find_place(comment_id)
    comment_key = (Comment, place.post_id, comment_id)
    found = read_items([comment_key, (Post, place.post_id)], consistent=True)
    if comment_key not in found or found[comment_key].is_hidden:
        raise CommentNotFound
    return found[comment_key], found.get(Post, place.post_id)


def _delete(comment: Comment, caller: Caller, as_admin: bool) -> None:
    with transaction() as write:
        if not as_admin:
            write.delete(comment, Comment.is_there(), CommentNotFound())
            return
        remove_comment(write, comment, caller.user_id, CommentNotFound())
        record_comment_removal(write, caller.user_id, comment)


def _count_without(comment: Comment, post: Post | None) -> int:
    """The post's number of comments without this one, whether it is counted already or not."""
    if post is None:
        return 0
    own = 1 if comment.post_seq != post.comment_seq else 0
    return max(post.comment_count - own - comment.reply_count, 0)
