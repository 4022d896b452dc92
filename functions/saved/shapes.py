"""The shapes that the endpoints of saved answer."""

from collections.abc import Sequence
from typing import TypedDict

from saved.covers import covers_of
from saved.models import DEFAULT, Collection
from saved.own_collections import id_of
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.ids import time_of

_DEFAULT_NAME = "All Posts"


class CollectionShape(TypedDict):
    """The shape Collection of docs/api.md."""

    id: str
    user_id: str
    name: str
    is_default: bool
    post_count: int
    cover_urls: list[str]
    created_at: str
    updated_at: str


def collection_shapes(owner: Caller, collections: Sequence[Collection]) -> list[CollectionShape]:
    """The owner's collections with their cover pictures."""
    covers = covers_of(owner, [each.collection_id for each in collections if each.post_count > 0])
    return [collection_shape(each, covers.get(each.collection_id, [])) for each in collections]


def collection_shape(collection: Collection, cover_urls: list[str]) -> CollectionShape:
    """A collection. `post_count` includes saved posts that are hidden now."""
    is_default = collection.collection_id == DEFAULT
    collection_id = id_of(collection.user_id, collection.collection_id)
    created_at = timestamp(time_of(collection_id))
    return {
        "id": collection_id,
        "user_id": collection.user_id,
        "name": _DEFAULT_NAME if is_default else collection.name or "",
        "is_default": is_default,
        "post_count": max(collection.post_count, 0),
        "cover_urls": cover_urls,
        "created_at": created_at,
        "updated_at": collection.updated_at or created_at,
    }
