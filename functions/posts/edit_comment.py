"""PATCH /comments/{comment_id}: change one's own comment."""

from dataclasses import replace
from typing import Annotated

from posts.comment_shapes import CommentShape, comment_shape
from posts.mentions import mention_keys, mentions_from
from posts.models import Comment
from posts.visible_comments import get_visible_comment
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed, read_items
from shared.errors import CommentNotFound, NotOwner
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request

app = endpoint("posts")


class NewText(Body):
    """The new text of a comment."""

    content: Annotated[str, text(1, 500)]


@app.serve("PATCH /comments/{comment_id}", body=NewText, answer=CommentShape)
def edit_comment(request: Request[NewText]) -> CommentShape:
    """Change a comment's text; its mentions follow."""
    content = request.body.content
    keys = mention_keys(content)
    visible, _ = get_visible_comment(request.caller, request.path["comment_id"])
    comment = visible.comment
    if comment.user_id != request.caller.user_id:
        raise NotOwner
    mentions = mentions_from(read_items(keys), content)
    try:
        comment.change(
            Comment.content.set(content),
            Comment.mentions.set(mentions),
            Comment.edited_at.set(timestamp()),
            condition=Comment.is_there(),
        )
    except ConditionFailed as error:  # it was deleted after it was read
        raise CommentNotFound from error
    return comment_shape(request.caller, replace(visible, comment=comment))
