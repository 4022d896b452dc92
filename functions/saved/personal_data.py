"""The personal data of saved in an export: the user's collections and the posts in each."""

from collections.abc import Iterator
from typing import Any

from saved.models import DEFAULT, Collection, SavedPost
from shared.clock import timestamp
from shared.ids import time_of
from shared.lifecycle.personal_data import Topic, walk


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data. Posts of others appear with their ids alone."""
    collections = (
        _collection(each) for each in walk(Collection, user_id) if each.collection_id != DEFAULT
    )
    yield Topic("collections", "Your collections of saved posts.", collections)
    yield Topic(
        "saved_posts",
        "The posts that you saved; `collection_id` is null for the default collection.",
        map(_saved, walk(SavedPost, user_id)),
    )


def _collection(collection: Collection) -> dict[str, Any]:
    return {
        "collection_id": collection.collection_id,
        "name": collection.name,
        "created_at": timestamp(time_of(collection.collection_id)),
    }


def _saved(saved: SavedPost) -> dict[str, Any]:
    return {
        "post_id": saved.post_id,
        "collection_id": None if saved.collection_id == DEFAULT else saved.collection_id,
        "saved_at": timestamp(time_of(saved.placed_by)),
    }
