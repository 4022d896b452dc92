"""A page of a tag's posts, filled with what the viewer may see."""

from hashtags.models import HashtagPost
from posts.public import PostShape, read_posts
from shared.caller import Caller
from shared.paging import Page
from shared.tables import query

_MAX_READ = 100  # posts in one batch
_ROUNDS = 30  # that one page may take; beyond it, it is short and goes on at its cursor


def posts_tagged(viewer: Caller, tag: str, page: Page) -> tuple[list[PostShape], str | None]:
    """The posts that have the tag, newest first, and the post id to go on after: None at the end.
    The page is full unless it is the last."""
    shapes: list[PostShape] = []
    after: str | None = page.after
    for round_ in range(_ROUNDS):
        missing = page.limit - len(shapes)
        # Where much may not be seen, each round looks further.
        size = min(max(missing, 10 * 2**round_ if round_ else 0), _MAX_READ)
        found, following = query(
            HashtagPost,
            tag,
            HashtagPost.post_id < after if after else None,
            limit=size,
        )
        shapes += read_posts(
            viewer,
            [each.post_id for each in found],
            {each.post_id: each.author_id for each in found},
        )
        after = found[-1].post_id if following else None
        if after is None or len(shapes) >= page.limit:
            break
    if len(shapes) > page.limit:
        return shapes[: page.limit], shapes[page.limit - 1]["id"]
    return shapes, after
