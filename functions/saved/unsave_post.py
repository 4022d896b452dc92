"""DELETE /collections/{collection_id}/unsave: remove a post from a collection."""

from typing import TypedDict

from saved.bodies import ToUnsave, ToUnsaveQuery
from saved.own_collections import id_of, key_of
from saved.saves import unsave
from shared.errors import InvalidInput, PostNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from shared.ids import is_id

app = endpoint("saved")


class Unsaved(TypedDict):
    """Whether the post is still saved in any collection."""

    message: str
    saved: bool
    collection_id: str


@app.serve(
    "DELETE /collections/{collection_id}/unsave",
    also=("DELETE /collections/{collection_id}/posts/{post_id}",),
    body=ToUnsave,
    query=ToUnsaveQuery,
    answer=Unsaved,
)
def unsave_post(request: Request[ToUnsave, ToUnsaveQuery]) -> Unsaved:
    """Remove a post from a collection, or from the default one: unsave it everywhere."""
    owner = request.caller
    key = key_of(owner, request.path["collection_id"])
    still_saved = unsave(owner, _post_id(request), key)
    message = "Post removed from the collection" if still_saved else "Post unsaved"
    return {
        "message": message,
        "saved": still_saved,
        "collection_id": id_of(owner.user_id, key),
    }


def _post_id(request: Request[ToUnsave, ToUnsaveQuery]) -> str:
    """The post id in the path, the body or the query."""
    in_path = request.path.get("post_id")
    if in_path is not None and not is_id(in_path):
        raise PostNotFound
    post_id = in_path or request.body.post_id or request.query.post_id
    if post_id is None:
        raise InvalidInput(("post_id", "Field required"))
    return post_id
