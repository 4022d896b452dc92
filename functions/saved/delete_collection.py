"""DELETE /collections/{collection_id}: delete a collection; its posts stay saved."""

from typing import TypedDict

from saved.models import DEFAULT, Collection
from saved.own_collections import changeable_key_of
from shared.dynamodb.tables import retry_conflicts, transaction
from shared.errors import CollectionNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("saved")


class Deleted(TypedDict):
    """The confirmation."""

    message: str


@app.serve("DELETE /collections/{collection_id}", answer=Deleted)
def delete_collection(request: Request) -> Deleted:
    """Delete a collection. Its posts stay in the default one."""
    owner = request.caller
    key = changeable_key_of(owner, request.path["collection_id"])
    retry_conflicts(lambda: _delete(owner.user_id, key))
    return {"message": "Collection deleted"}


def _delete(owner_id: str, key: str) -> None:
    """Delete the collection alone: its entries are hidden with it, and a consumer of the stream
    deletes them."""
    with transaction() as write:
        write.delete(Collection(owner_id, key), Collection.is_there(), CollectionNotFound())
        write.update(Collection(owner_id, DEFAULT), Collection.others.add(-1))
