"""PUT /posts/{post_id}/collaboration: accept or decline an invitation to collaborate."""

from dataclasses import replace

from posts.collaborations import accept, get_visible_invitation, leave
from posts.shapes import PostShape, shape_of
from shared.http.endpoint import endpoint
from shared.http.fields import Body
from shared.http.requests import Request

app = endpoint("posts")


class CollaborationAnswer(Body):
    """Whether the caller wants to be a collaborator."""

    accept: bool


@app.serve("PUT /posts/{post_id}/collaboration", body=CollaborationAnswer, answer=PostShape)
def answer_collaboration(request: Request[CollaborationAnswer]) -> PostShape:
    """Answer an invitation to collaborate; a collaborator who had accepted can leave this way."""
    caller = request.caller
    visible = get_visible_invitation(caller, request.path["post_id"])
    answer = accept if request.body.accept else leave
    return shape_of(caller, replace(visible, post=answer(visible.post, caller.user_id)))
