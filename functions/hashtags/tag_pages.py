"""A page of a tag's posts, filled with what the viewer may see."""

from typing import Any

from hashtags.models import HashtagPost
from posts.public import Part, PostShape, Ref, fill_page, shapes_of
from shared.access.caller import Caller
from shared.dynamodb.tables import query
from shared.http.paging import Page


def posts_tagged(viewer: Caller, tag: str, page: Page) -> tuple[list[PostShape], Any]:
    """The posts that have the tag, newest first, and the post id to go on after: None at the end.
    The page is full unless it is the last."""

    def read(before: str | None, count: int) -> Part:
        older = HashtagPost.post_id < before if before else None
        found, following = query(HashtagPost, tag, older, limit=count)
        refs = [Ref(each.post_id, each.author_id) for each in found]
        return Part(refs, following["post_id"] if following else None)

    seen, last = fill_page(viewer, read, page.limit, page.after)
    return shapes_of(viewer, seen), last
