"""What stays in collections behind an unsaved post, and behind a deleted collection, is cleared
away; so is a saved post that is gone for good. None of it is shown any more."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from saved.entries import entries_of
from saved.models import DEFAULT, Collection, SavedPost, place_of
from saved.own_collections import count
from shared.dynamodb.tables import ConditionFailed, in_parallel, query, retry_conflicts, transaction
from shared.encoding import to_json
from shared.lifecycle.erasure import delete_page
from shared.messaging.queues import send

QUEUE = "deleted-collections"

_PAGES = 20  # that one message deletes
_PEOPLE = 250  # for whom one message unsaves a purged post
_LAST_LOOK = 60  # seconds; by then the index shows what was saved just before the deletion


def clear_unsaved(unsaved: Iterable[SavedPost]) -> None:
    """Take posts that are not saved any more out of the collections that they were in."""
    in_parallel(*(_clearing(each) for each in unsaved))


def clear_deleted(collections: Iterable[Collection]) -> None:
    """Begin to empty collections that were deleted."""
    send(QUEUE, *(_job(each.user_id, each.collection_id, is_last=False) for each in collections))


def empty(user_id: str, collection_id: str, is_last: bool) -> None:
    """Delete what is in a deleted collection, as much as one message should; the rest is left to
    the next one. The posts stay saved."""
    in_it = SavedPost.place.startswith(place_of(collection_id))
    if all(delete_page(SavedPost.last_saved, user_id, in_it) for _ in range(_PAGES)):
        send(QUEUE, _job(user_id, collection_id, is_last))
    elif not is_last:
        send(QUEUE, _job(user_id, collection_id, is_last=True), delay=_LAST_LOOK)


def clear_purged(post_id: str) -> bool:
    """Unsave a post that is gone for good for some of those who saved it; whether that was all."""
    entries, following = query(SavedPost.by_post, post_id, limit=_PEOPLE)
    in_parallel(*(_unsaving(each) for each in entries))
    return following is None


def _unsaving(entry: SavedPost) -> Callable[[], None]:
    return lambda: retry_conflicts(lambda: _unsave(entry))


def _unsave(entry: SavedPost) -> None:
    with suppress(ConditionFailed), transaction() as write:
        write.delete(entry, SavedPost.is_there())
        count(write, entry.user_id, entry.collection_id, -1, Collection.is_there())


def _clearing(unsaved: SavedPost) -> Callable[[], None]:
    return lambda: _clear(unsaved)


def _clear(unsaved: SavedPost) -> None:
    for entry in entries_of(unsaved.user_id, unsaved.post_id):
        # One of another saving was made after this one ended.
        if entry.collection_id != DEFAULT and entry.save_id == unsaved.save_id:
            # It was taken over or cleared meanwhile, or its collection goes as a whole.
            with suppress(ConditionFailed), transaction() as write:
                write.delete(entry, SavedPost.save_id == entry.save_id)
                count(write, entry.user_id, entry.collection_id, -1, Collection.is_there())


def _job(user_id: str, collection_id: str, is_last: bool) -> str:
    return to_json({"user_id": user_id, "collection_id": collection_id, "is_last": is_last})
