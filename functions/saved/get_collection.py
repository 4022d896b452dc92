"""GET /collections/{collection_id}: one of the caller's collections, with its posts."""

from typing import Any, TypedDict

from posts.public import PostShape, fit_page
from saved.covers import covers_of
from saved.models import DEFAULT, Collection, SavedPost, place_of
from saved.own_collections import key_of
from saved.shapes import CollectionShape, collection_shape
from saved.visible_entries import with_visible_posts
from shared.access.caller import Caller
from shared.dynamodb.tables import in_parallel, query
from shared.errors import CollectionNotFound
from shared.http.endpoint import endpoint
from shared.http.paging import Page, next_cursor, read_page
from shared.http.requests import Request

app = endpoint("saved")


class Content(TypedDict):
    """A collection with a page of its posts."""

    collection: CollectionShape
    posts: list[PostShape]
    next_cursor: str | None


@app.serve("GET /collections/{collection_id}", answer=Content)
def get_collection(request: Request) -> Content:
    """List the posts of a collection, the last saved first. Posts that the caller may not see now
    are left out, but counted."""
    owner, page = request.caller, read_page(request)
    key = key_of(owner, request.path["collection_id"])
    found: list[Any] = in_parallel(
        lambda: _find(owner, key),
        lambda: covers_of(owner, [key])[key],
        lambda: _posts(owner, key, page),
    )
    collection, cover_urls, (posts, following) = found
    return {
        "collection": collection_shape(collection, cover_urls),
        "posts": posts,
        "next_cursor": next_cursor(request, following),
    }


def _find(owner: Caller, key: str) -> Collection:
    collection = Collection.find(owner.user_id, key, consistent=True)
    if collection is None and key != DEFAULT:
        raise CollectionNotFound
    return collection or Collection(owner.user_id, DEFAULT)


def _posts(owner: Caller, key: str, page: Page) -> tuple[list[PostShape], dict[str, Any] | None]:
    found, following = query(
        SavedPost.last_saved,
        owner.user_id,
        SavedPost.place.startswith(place_of(key)),
        limit=page.limit,
        after=page.after,
    )
    posts = [post for _, post in with_visible_posts(owner, found)]
    entries = {entry.post_id: entry for entry in found}
    return fit_page(posts, entries, SavedPost.last_saved, following)
