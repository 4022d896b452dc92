"""How many posts fit an answer.

Lambda answers with 6 MB at most. On AWS a signed URL has 1.5 KB, most of it the session token of
the role, and a picture has seven: a hundred posts of ten pictures would be 10 MB.
"""

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any

from pynamodb.indexes import GlobalSecondaryIndex

from posts.shapes import PostShape
from shared.dynamodb.tables import Table, resume_key

MOST_MEDIA = 400  # pictures and videos on a page: 4.2 MB of URLs


def fitting(media: Iterable[int]) -> int:
    """How many posts, of which each has so many media, fit a page from the first on; always one."""
    return max(1, sum(so_far <= MOST_MEDIA for so_far in accumulate(media)))


def fit_page[Entry: Table](
    posts: list[PostShape],
    entries: Mapping[str, Entry],
    source: GlobalSecondaryIndex[Entry],
    following: dict[str, Any] | None,
) -> tuple[list[PostShape], dict[str, Any] | None]:
    """As many of a page's `posts` as fit an answer, and the key to go on after: `following`, or
    that of the last post's entry. `entries` are what a query of `source` found, by post id; what
    they name and `posts` lacks may not be seen."""
    count = fitting(len(post["media"]) for post in posts)
    if count >= len(posts):
        return posts, following
    return posts[:count], resume_key(source, entries[posts[count - 1]["id"]])
