"""GET /posts/{post_id}/collections: in which of the caller's collections a post is."""

from typing import Any, TypedDict

from posts.public import visible_post
from saved.entries import entries_of
from saved.models import DEFAULT, Collection, SavedPost
from saved.own_collections import id_of
from shared.access.caller import Caller
from shared.dynamodb.tables import Key, in_parallel, read_items
from shared.errors import PostNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from shared.ids import is_id

app = endpoint("saved")


class Places(TypedDict):
    """Whether a post is saved, and where: in the default collection first."""

    saved: bool
    collection_ids: list[str]


@app.serve("GET /posts/{post_id}/collections", answer=Places)
def list_post_collections(request: Request) -> Places:
    """List the collections that a post is in."""
    owner, post_id = request.caller, request.path["post_id"]
    if not is_id(post_id):
        raise PostNotFound
    calls: list[Any] = [
        lambda: visible_post(owner, post_id),
        lambda: entries_of(owner.user_id, post_id),
    ]
    _, entries = in_parallel(*calls)
    keys = _counting(owner, entries)
    return {"saved": bool(keys), "collection_ids": [id_of(owner.user_id, key) for key in keys]}


def _counting(owner: Caller, entries: list[SavedPost]) -> list[str]:
    """The collections of those entries that are no leftovers."""
    save_ids = {each.save_id for each in entries if each.collection_id == DEFAULT}
    keys = [each.collection_id for each in entries if each.save_id in save_ids]
    wanted: list[Key] = [(Collection, owner.user_id, key) for key in keys if key != DEFAULT]
    found = read_items(wanted, consistent=True)
    return [key for key in keys if key == DEFAULT or (Collection, owner.user_id, key) in found]
