"""The pictures that a collection is shown by: the thumbnails of its latest posts that its owner may
see."""

from collections.abc import Callable, Sequence

from saved.models import SavedPost, place_of
from saved.reading import read_saved
from shared.access.caller import Caller
from shared.dynamodb.tables import in_parallel, query

_COVERS = 4
# How many of its posts are looked at: more where the latest ones are hidden or have no picture.
_LOOKS = (_COVERS, 24)


def covers_of(owner: Caller, keys: Sequence[str]) -> dict[str, list[str]]:
    """The up to four pictures of each collection, the latest post's first."""
    covers: dict[str, list[str]] = {}
    wanting = list(keys)
    for look in _LOOKS:
        latest = in_parallel(*(_latest(owner, key, look) for key in wanting))
        covers |= {key: [] for key in wanting}
        for entry, post in read_saved(owner, [entry for found in latest for entry in found]):
            pictures = covers[entry.collection_id]
            if post["thumbnail_url"] and len(pictures) < _COVERS:
                pictures.append(post["thumbnail_url"])
        wanting = [
            key
            for key, found in zip(wanting, latest, strict=True)
            if len(covers[key]) < _COVERS and len(found) == look
        ]
    return covers


def _latest(owner: Caller, key: str, limit: int) -> Callable[[], list[SavedPost]]:
    in_it = SavedPost.place.startswith(place_of(key))
    return lambda: query(SavedPost.last_saved, owner.user_id, in_it, limit=limit)[0]
