"""Cover pictures of collections: the thumbnails of the latest posts that the owner may see."""

from collections.abc import Sequence
from functools import partial

from saved.models import SavedPost, place_of
from saved.visible_entries import with_visible_posts
from shared.access.caller import Caller
from shared.dynamodb.tables import parallel_map, query

_COVERS = 4
# Posts that are read: more in a second round, if the latest are hidden or have no picture.
_ROUNDS = (_COVERS, 24)


def covers_of(owner: Caller, keys: Sequence[str]) -> dict[str, list[str]]:
    """Up to four pictures of each collection, that of the latest post first."""
    covers: dict[str, list[str]] = {}
    incomplete = list(keys)
    for limit in _ROUNDS:
        latest = parallel_map(partial(_latest, owner, limit), incomplete)
        covers |= {key: [] for key in incomplete}
        entries = [entry for found in latest for entry in found]
        for entry, post in with_visible_posts(owner, entries):
            pictures = covers[entry.collection_id]
            if post["thumbnail_url"] and len(pictures) < _COVERS:
                pictures.append(post["thumbnail_url"])
        incomplete = [
            key
            for key, found in zip(incomplete, latest, strict=True)
            if len(covers[key]) < _COVERS and len(found) == limit
        ]
    return covers


def _latest(owner: Caller, limit: int, key: str) -> list[SavedPost]:
    in_it = SavedPost.place.startswith(place_of(key))
    return query(SavedPost.last_saved, owner.user_id, in_it, limit=limit)[0]
