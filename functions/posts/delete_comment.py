"""DELETE /comments/{comment_id}: delete a comment and its replies."""

from typing import TypedDict

from moderation.public import record
from posts.models import Comment, Post
from posts.visible_comments import find_place, get_visible_comment
from shared.access.caller import Caller
from shared.dynamodb.tables import read_items, transaction
from shared.errors import CommentNotFound, NotOwner
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class Deleted(TypedDict):
    """What the deletion of a comment answers; the post's count does without it and its replies."""

    message: str
    comment_count: int


@app.serve("DELETE /comments/{comment_id}", answer=Deleted)
def delete_comment(request: Request) -> Deleted:
    """Delete a comment: its author, the post's author and administrators may. Its replies are gone
    with it at once."""
    caller, comment_id = request.caller, request.path["comment_id"]
    if caller.role == "admin":
        comment, post = _find(comment_id)
    else:
        seen, seen_post = get_visible_comment(caller, comment_id)
        comment, post = seen.comment, seen_post.post
    is_own = caller.user_id in (comment.user_id, comment.post_author_id)
    if not is_own and caller.role != "admin":
        raise NotOwner
    _delete(comment, caller, is_act_of_admin=not is_own)
    return {"message": "Comment deleted", "comment_count": _count_without(comment, post)}


def _find(comment_id: str) -> tuple[Comment, Post | None]:
    """The comment and its post, whoever may see them: for administrators."""
    place = find_place(comment_id)
    comment_key = (Comment, place.post_id, comment_id)
    found = read_items([comment_key, (Post, place.post_id)], consistent=True)
    if comment_key not in found:
        raise CommentNotFound
    return found[comment_key], found.get(Post, place.post_id)


def _delete(comment: Comment, caller: Caller, is_act_of_admin: bool) -> None:
    with transaction() as write:
        write.delete(comment, Comment.is_there(), CommentNotFound())
        if is_act_of_admin:
            target = ("comment", comment.comment_id)
            record(write, caller.user_id, "delete_comment", target, user_id=comment.user_id)


def _count_without(comment: Comment, post: Post | None) -> int:
    """The post's comments without this one, whether the stream has counted it already or not."""
    if post is None:
        return 0
    own = 1 if comment.post_seq != post.comment_seq else 0
    return max(post.comment_count - own - comment.reply_count, 0)
