"""Save and unsave posts: each is one transaction, which also changes the counts of collections.

The entry in the default collection decides whether a post is saved. Saving a post in another
collection writes that entry too; deleting it unsaves the post everywhere at once, and
`collection_cleanup` deletes the entries in other collections later.
"""

from collections.abc import Callable

from posts.public import get_visible_post_with, visible_post
from saved.models import DEFAULT, Collection, SavedPost, entry_of, place_of
from saved.own_collections import count
from saved.public import saved_key
from shared.access.caller import Caller
from shared.dynamodb.tables import (
    Found,
    Key,
    read_items,
    retry_conflicts,
    retry_lost_races,
    transaction,
)
from shared.errors import CollectionNotFound
from shared.ids import new_id

_TRIES = 5


class _Changed(Exception):
    """Another request of the same user was quicker."""


def save(owner: Caller, post_id: str, key: str) -> None:
    """Save a post in a collection. Saving it again changes nothing, not even its position.

    Raises `PostNotFound` if the owner may not see it, and `CollectionNotFound`.
    """
    _retry(lambda: _save(owner, post_id, key))


def unsave(owner: Caller, post_id: str, key: str) -> bool:
    """Remove a post from a collection, whether visible or not; return whether it is still saved.

    Raises `CollectionNotFound`, and `PostNotFound` for a post that is neither saved nor visible to
    the owner.
    """
    return _retry(lambda: _unsave(owner, post_id, key))


def _retry[Result](act: Callable[[], Result]) -> Result:
    return retry_lost_races(lambda: retry_conflicts(act), lost=_Changed, tries=_TRIES)


def _save(owner: Caller, post_id: str, key: str) -> None:
    visible, found = get_visible_post_with(owner, post_id, _keys(owner, post_id, key))
    saved, entry = _entries(owner, post_id, key, found)
    if saved and entry and entry.save_id == saved.save_id:
        return
    save_id = saved.save_id if saved else new_id()
    with transaction() as write:
        if saved:
            unchanged = SavedPost.save_id == save_id
            write.check(
                SavedPost, owner.user_id, saved.entry, condition=unchanged, otherwise=_Changed()
            )
        else:
            new = _entry(owner, post_id, DEFAULT, save_id, visible.post.author_id)
            write.put(new, SavedPost.is_new(), _Changed())
            count(write, owner.user_id, DEFAULT, 1)
        if key != DEFAULT:
            # A stale entry is taken over. It is still in the count, as it was not cleaned up.
            as_read = SavedPost.save_id == entry.save_id if entry else SavedPost.is_new()
            new = _entry(owner, post_id, key, save_id, visible.post.author_id)
            write.put(new, as_read, _Changed())
            is_there = Collection.is_there()
            count(write, owner.user_id, key, 0 if entry else 1, is_there, CollectionNotFound())


def _unsave(owner: Caller, post_id: str, key: str) -> bool:
    found = read_items(
        [saved_key(owner.user_id, post_id), *_keys(owner, post_id, key)], consistent=True
    )
    saved, entry = _entries(owner, post_id, key, found)
    if saved is None:
        visible_post(owner, post_id)
        return False
    if entry is None or entry.save_id != saved.save_id:
        return True
    with transaction() as write:
        write.delete(entry, SavedPost.save_id == entry.save_id, _Changed())
        count(write, owner.user_id, key, -1, Collection.is_there(), CollectionNotFound())
    return key != DEFAULT


def _keys(owner: Caller, post_id: str, key: str) -> list[Key]:
    """The keys to read with the post and its entry in the default collection."""
    if key == DEFAULT:
        return []
    return [(Collection, owner.user_id, key), (SavedPost, owner.user_id, entry_of(post_id, key))]


def _entries(
    owner: Caller, post_id: str, key: str, found: Found
) -> tuple[SavedPost | None, SavedPost | None]:
    """The entry in the default collection and the one in this collection, out of `found`."""
    if key != DEFAULT and (Collection, owner.user_id, key) not in found:
        raise CollectionNotFound
    entry = found.get(SavedPost, owner.user_id, entry_of(post_id, key))
    return found.at(saved_key(owner.user_id, post_id)), entry


def _entry(owner: Caller, post_id: str, key: str, save_id: str, author_id: str) -> SavedPost:
    # In the default collection, the position of a post is the moment when it was saved.
    ulid = save_id if key == DEFAULT else new_id()
    return SavedPost(
        owner.user_id,
        entry_of(post_id, key),
        place=place_of(key, ulid),
        save_id=save_id,
        author_id=author_id,
        saved_post_id=post_id if key == DEFAULT else None,
    )
