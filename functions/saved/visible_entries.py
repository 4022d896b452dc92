"""Entries of collections with the posts that their owner may see now."""

from collections.abc import Sequence

from posts.public import PostShape, get_visible_posts, shapes_of
from saved.models import SavedPost
from shared.access.caller import Caller


def with_visible_posts(
    owner: Caller, entries: Sequence[SavedPost]
) -> list[tuple[SavedPost, PostShape]]:
    """The entries that still count and whose posts the owner may see, each with its post, in the
    given order. One batch read."""
    authors = {each.post_id: each.author_id for each in entries}
    visible = get_visible_posts(owner, list(authors), authors)
    save_ids = {each.post.post_id: each.saved.save_id for each in visible if each.saved}
    shapes = {shape["id"]: shape for shape in shapes_of(owner, visible)}
    return [
        (entry, shapes[entry.post_id])
        for entry in entries
        if save_ids.get(entry.post_id) == entry.save_id
    ]
