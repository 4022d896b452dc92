"""The posts in collections, as far as their owner may see them now."""

from collections.abc import Sequence

from posts.public import PostShape, get_visible_posts, shapes_of
from saved.models import SavedPost
from shared.access.caller import Caller


def read_saved(owner: Caller, entries: Sequence[SavedPost]) -> list[tuple[SavedPost, PostShape]]:
    """Those of the entries that still count and whose posts the owner may see, with the posts, in
    their order. One batch read."""
    authors = {each.post_id: each.author_id for each in entries}
    seen = get_visible_posts(owner, list(authors), authors)
    save_ids = {each.post.post_id: each.saved.save_id for each in seen if each.saved}
    shapes = {shape["id"]: shape for shape in shapes_of(owner, seen)}
    return [
        (entry, shapes[entry.post_id])
        for entry in entries
        if save_ids.get(entry.post_id) == entry.save_id
    ]
