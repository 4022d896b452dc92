"""POST /comments: comment on a post the caller may see, or reply to a comment there."""

from typing import Annotated, Any, TypedDict

from pydantic import AliasChoices, BeforeValidator, Field

from posts.comment_shapes import (
    CommentShape,
    SocialHubComment,
    comment_shape,
    socialhub_comment,
)
from posts.models import Comment
from posts.new_comment import draft
from posts.visible_comments import VisibleComment, get_visible_comments, remember_place
from shared.dynamodb.tables import transaction
from shared.errors import CommentNotFound, InvalidInput
from shared.http.endpoint import endpoint
from shared.http.fields import Body, Ulid, text
from shared.http.idempotency import AlreadyMade, claim
from shared.http.requests import Request

app = endpoint("posts")


def _parent(value: Any) -> Any:
    # SocialHub's clients send any of these for a comment that is no reply.
    return None if value in ("", "0") or (value == 0 and value is not False) else value


class NewComment(Body):
    """A new comment; `post_id` if the path does not name the post."""

    post_id: Ulid | None = None
    content: Annotated[str, text(1, 500)]
    parent_comment_id: Annotated[Ulid | None, BeforeValidator(_parent)] = Field(
        None, validation_alias=AliasChoices("parent_comment_id", "parentCommentId")
    )


class SocialHubAdded(TypedDict):
    """The new comment, for SocialHub."""

    message: str
    comment: SocialHubComment


@app.serve(
    "POST /comments",
    socialhub=("POST /posts/{post_id}/comment", "POST /api/v1/posts/{post_id}/comment"),
    body=NewComment,
    status=201,
    idempotent=True,
    answer=CommentShape,
    socialhub_answer=SocialHubAdded,
)
def create_comment(request: Request[NewComment]) -> CommentShape | SocialHubAdded:
    """Comment on a post, or reply to a comment. A reply to a reply joins its top-level comment."""
    post_id = request.path.get("post_id") or request.body.post_id
    if post_id is None:
        raise InvalidInput(("post_id", "Field required"))
    shape = comment_shape(request.caller, _write(request, post_id))
    if request.is_socialhub:
        return {"message": "Comment added", "comment": socialhub_comment(shape)}
    return shape


def _write(request: Request[NewComment], post_id: str) -> VisibleComment:
    body = request.body
    new = draft(request.caller, post_id, body.content, body.parent_comment_id)
    try:
        with transaction() as write:
            claim(write, request, new.comment.comment_id)
            write.put(new.comment, Comment.is_new())
    except AlreadyMade as earlier:
        return _made_earlier(request, post_id, earlier.made_id)
    remember_place(new.comment)
    return VisibleComment(new.comment, new.author, None)


def _made_earlier(request: Request[NewComment], post_id: str, comment_id: str) -> VisibleComment:
    """The comment that an earlier request with the same `Idempotency-Key` made."""
    comment = Comment.find(post_id, comment_id, consistent=True)
    visible = get_visible_comments(request.caller, [comment]) if comment else []
    if not visible:
        raise CommentNotFound
    return visible[0]
