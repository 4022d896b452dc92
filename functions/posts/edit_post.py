"""PATCH /posts/{post_id}: change the text and the audience of one's own post."""

from posts.edits import Edit, changes_of, save
from posts.shapes import PostShape, shape_of
from posts.visible_posts import VisiblePost, get_visible_post_with
from shared.clock import timestamp
from shared.dynamodb.tables import retry_lost_races
from shared.errors import NotOwner
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


@app.serve("PATCH /posts/{post_id}", body=Edit, answer=PostShape)
def edit_post(request: Request[Edit]) -> PostShape:
    """Edit a post. Its hashtags and mentions follow the caption."""
    request.body.check()
    return shape_of(request.caller, _edit(request))


def _edit(request: Request[Edit]) -> VisiblePost:
    caller, edit = request.caller, request.body

    def read_and_edit() -> VisiblePost:
        visible, found = get_visible_post_with(caller, request.path["post_id"], edit.keys)
        if visible.post.author_id != caller.user_id:
            raise NotOwner
        moment = timestamp()
        changes = changes_of(visible.post, edit, found, moment)
        if changes:
            save(visible.post, changes, moment)
        return visible

    return retry_lost_races(read_and_edit)
