"""POST /collections: create a collection of saved posts."""

from saved.bodies import NewCollection
from saved.models import DEFAULT, Collection
from saved.shapes import CollectionShape, collection_shape
from shared.clock import timestamp
from shared.config import config
from shared.dynamodb.tables import retry_conflicts, transaction
from shared.errors import CollectionNotFound, LimitReached
from shared.http.endpoint import endpoint
from shared.http.idempotency import AlreadyMade, claim
from shared.http.requests import Request
from shared.ids import new_id

app = endpoint("saved")


@app.serve(
    "POST /collections", body=NewCollection, status=201, idempotent=True, answer=CollectionShape
)
def create_collection(request: Request[NewCollection]) -> CollectionShape:
    """Create a collection."""
    try:
        return collection_shape(retry_conflicts(lambda: _create(request)), [])
    except AlreadyMade as earlier:
        made = Collection.find(request.caller.user_id, earlier.made_id, consistent=True)
        if made is None:
            raise CollectionNotFound from None  # it was deleted since
        return collection_shape(made, [])


def _create(request: Request[NewCollection]) -> Collection:
    owner, moment = request.caller.user_id, timestamp()
    collection = Collection(owner, new_id(), name=request.body.name, updated_at=moment)
    others = Collection.others
    has_room = others.does_not_exist() | (others < config.limits.max_collections)
    with transaction() as write:
        claim(write, request, collection.collection_id)
        write.put(collection, Collection.is_new())
        write.update(
            Collection(owner, DEFAULT), others.add(1), condition=has_room, otherwise=LimitReached()
        )
    return collection
