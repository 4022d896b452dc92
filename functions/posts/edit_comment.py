"""PATCH /comments/{comment_id}: change one's own comment."""

from dataclasses import replace
from typing import Annotated

from posts.comment_shapes import CommentShape, comment_shape
from posts.mentions import mention_keys, people_named_since
from posts.models import Comment
from posts.visible_comments import VisibleComment, get_visible_comment
from shared.clock import timestamp
from shared.dynamodb.tables import read_items, retry_lost_races
from shared.errors import NotOwner
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request

app = endpoint("posts")


class NewText(Body):
    """The new text of a comment."""

    content: Annotated[str, text(1, 500)]


@app.serve("PATCH /comments/{comment_id}", body=NewText, answer=CommentShape)
def edit_comment(request: Request[NewText]) -> CommentShape:
    """Change a comment's text; its mentions follow. The same text changes nothing."""
    return comment_shape(request.caller, retry_lost_races(lambda: _edited(request)))


def _edited(request: Request[NewText]) -> VisibleComment:
    content = request.body.content
    keys = mention_keys(content)
    visible, _ = get_visible_comment(request.caller, request.path["comment_id"])
    comment = visible.comment
    if comment.user_id != request.caller.user_id:
        raise NotOwner
    if comment.content == content:
        return visible
    people = people_named_since(read_items(keys), content, comment)
    comment.change(
        Comment.content.set(content),
        Comment.mentions.set(list(dict.fromkeys(people.values()))),
        Comment.mention_names.set(people),
        Comment.edited_at.set(timestamp()),
        condition=Comment.content == comment.content,
    )
    return replace(visible, comment=comment)
