"""Clean-up of entries that no longer count: of unsaved posts, of deleted collections, and of posts
that are deleted for good. No endpoint shows them any more."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from saved.entries import entries_of
from saved.models import DEFAULT, Collection, SavedPost, place_of
from saved.own_collections import count
from shared.dynamodb.tables import (
    ConditionFailed,
    parallel_map,
    query,
    retry_conflicts,
    transaction,
)
from shared.encoding import to_json
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place, do_pages, follow_pages
from shared.messaging.queues import send, send_rest

QUEUE = "deleted-collections"

_PEOPLE = 250  # for whom a page unsaves a purged post
_INDEX_LAG = 60  # seconds until the index surely shows what was saved just before the deletion


def clear_unsaved(unsaved: Iterable[SavedPost]) -> None:
    """Remove posts that are no longer saved from the collections that they were in."""
    parallel_map(_clear_unsaved, unsaved)


def clear_deleted(collections: Iterable[Collection]) -> None:
    """Queue the jobs that empty deleted collections."""
    send(QUEUE, *(_job(each.user_id, each.collection_id, is_last=False) for each in collections))


def empty(user_id: str, collection_id: str, is_last: bool) -> None:
    """Delete the entries of a deleted collection while there is time; another message continues
    with the rest. The posts stay saved."""
    in_it = SavedPost.place.startswith(place_of(collection_id))
    if do_pages(lambda: delete_page(SavedPost.last_saved, user_id, in_it)):
        send_rest(QUEUE, _job(user_id, collection_id, is_last))
    elif not is_last:
        send(QUEUE, _job(user_id, collection_id, is_last=True), delay=_INDEX_LAG)


def clear_purged(post_id: str) -> bool:
    """Unsave a post that is deleted for good, for the people who saved it, while there is time;
    return False if there may be more."""

    def clear_page(after: dict[str, Any] | None) -> Place:
        entries, following = query(SavedPost.by_post, post_id, limit=_PEOPLE, after=after)
        parallel_map(_unsave, entries)
        return following

    return follow_pages(clear_page) is None


def _unsave(entry: SavedPost) -> None:
    def write_once() -> None:
        with suppress(ConditionFailed), transaction() as write:
            write.delete(entry, SavedPost.is_there())
            count(write, entry.user_id, entry.collection_id, -1, Collection.is_there())

    retry_conflicts(write_once)


def _clear_unsaved(unsaved: SavedPost) -> None:
    for entry in entries_of(unsaved.user_id, unsaved.post_id):
        # An entry with another `save_id` belongs to a later save, so it stays.
        if entry.collection_id != DEFAULT and entry.save_id == unsaved.save_id:
            # The condition fails if the entry was taken over or cleared by now, or if its
            # collection is deleted as a whole.
            with suppress(ConditionFailed), transaction() as write:
                write.delete(entry, SavedPost.save_id == entry.save_id)
                count(write, entry.user_id, entry.collection_id, -1, Collection.is_there())


def _job(user_id: str, collection_id: str, is_last: bool) -> str:
    return to_json({"user_id": user_id, "collection_id": collection_id, "is_last": is_last})
