"""PUT /collections/{collection_id}: rename a collection."""

from saved.bodies import NewName
from saved.models import Collection
from saved.own_collections import changeable_key_of
from saved.shapes import CollectionShape, collection_shapes
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed, retry_conflicts
from shared.errors import CollectionNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("saved")


@app.serve("PUT /collections/{collection_id}", body=NewName, answer=CollectionShape)
def rename_collection(request: Request[NewName]) -> CollectionShape:
    """Rename a collection. The same name changes nothing."""
    owner = request.caller
    key = changeable_key_of(owner, request.path["collection_id"])
    collection = Collection.find(owner.user_id, key, consistent=True)
    if collection is None:
        raise CollectionNotFound
    if collection.name == request.body.name:
        return collection_shapes(owner, [collection])[0]
    actions = (Collection.name.set(request.body.name), Collection.updated_at.set(timestamp()))
    try:
        retry_conflicts(lambda: collection.change(*actions, condition=Collection.is_there()))
    except ConditionFailed as error:
        raise CollectionNotFound from error
    [shape] = collection_shapes(owner, [collection])
    return shape
