"""POST /collections/{collection_id}/save: save a post that the caller may see."""

from typing import Literal, TypedDict

from saved.bodies import ToSave
from saved.own_collections import id_of, key_of
from saved.saves import save
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("saved")


class Saved(TypedDict):
    """The collection in which a post is saved."""

    message: str
    saved: Literal[True]
    collection_id: str


@app.serve(
    "POST /collections/{collection_id}/save",
    also=("POST /collections/{collection_id}/posts",),
    body=ToSave,
    answer=Saved,
)
def save_post(request: Request[ToSave]) -> Saved:
    """Save a post in a collection, and thereby in the default one."""
    owner = request.caller
    key = key_of(owner, request.path["collection_id"])
    save(owner, request.body.post_id, key)
    return {"message": "Post saved", "saved": True, "collection_id": id_of(owner.user_id, key)}
