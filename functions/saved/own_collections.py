"""The caller's own collections: which one a path names, its id, and changes of its count."""

from pynamodb.expressions.condition import Condition

from saved.models import DEFAULT, Collection
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import Transaction
from shared.dynamodb.transactions import Otherwise
from shared.errors import CollectionNotFound, DefaultCollection
from shared.ids import is_id


def key_of(owner: Caller, text: str) -> str:
    """The key of the collection that `{collection_id}` names, whether it exists or not.

    The default collection's id is its owner's, so that it is known before the item is stored.
    """
    if text in (DEFAULT, owner.user_id):
        return DEFAULT
    if not is_id(text):
        raise CollectionNotFound
    return text


def changeable_key_of(owner: Caller, text: str) -> str:
    """`key_of` for requests that the default collection does not allow: raises `DefaultCollection`
    for it."""
    key = key_of(owner, text)
    if key == DEFAULT:
        raise DefaultCollection
    return key


def id_of(owner_id: str, key: str) -> str:
    """The id of the collection in the API."""
    return owner_id if key == DEFAULT else key


def count(
    write: Transaction,
    owner_id: str,
    key: str,
    change: int,
    condition: Condition | None = None,
    otherwise: Otherwise | None = None,
) -> None:
    """Add a change of a collection's number of posts to the transaction `write`."""
    write.update(
        Collection(owner_id, key),
        Collection.post_count.add(change),
        Collection.updated_at.set(timestamp()),
        condition=condition,
        otherwise=otherwise,
    )
