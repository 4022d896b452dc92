"""GET /posts/{post_id}/collections: the caller's collections that a post is in."""

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
    """Whether a post is saved, and in which collections: the default one first."""

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
    keys = _current_keys(owner, entries)
    return {"saved": bool(keys), "collection_ids": [id_of(owner.user_id, key) for key in keys]}


def _current_keys(owner: Caller, entries: list[SavedPost]) -> list[str]:
    """The keys of the collections whose entries still count: of the present save, in a collection
    that still exists."""
    save_ids = {each.save_id for each in entries if each.collection_id == DEFAULT}
    keys = [each.collection_id for each in entries if each.save_id in save_ids]
    collections: list[Key] = [(Collection, owner.user_id, key) for key in keys if key != DEFAULT]
    found = read_items(collections, consistent=True)
    return [key for key in keys if key == DEFAULT or (Collection, owner.user_id, key) in found]
