"""GET /collections: the caller's collections, the default one first."""

from typing import TypedDict

from saved.models import DEFAULT, Collection
from saved.shapes import CollectionShape, collection_shapes
from shared.dynamodb.tables import query
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request

app = endpoint("saved")


class Collections(TypedDict):
    """A page of collections."""

    collections: list[CollectionShape]
    next_cursor: str | None


@app.serve("GET /collections", answer=Collections)
def list_collections(request: Request) -> Collections:
    """List the caller's collections: the default one, then the newest first."""
    owner, page = request.caller, read_page(request)
    found, following = query(
        Collection, owner.user_id, limit=page.limit, after=page.after, consistent=True
    )
    if not found and page.after is None:
        found = [Collection(owner.user_id, DEFAULT)]  # it is not stored before something is saved
    return {
        "collections": collection_shapes(owner, found),
        "next_cursor": next_cursor(request, following),
    }
