"""A post's entries in all collections of a person."""

from saved.models import SavedPost, entry_of
from shared.dynamodb.tables import query

_PAGE = 250


def entries_of(user_id: str, post_id: str) -> list[SavedPost]:
    """A post's entries in all collections, the default one's first and the newest collection's
    next. There are no more than a person may have collections, and some leftovers."""
    entries: list[SavedPost] = []
    after = None
    while True:
        page, after = query(
            SavedPost,
            user_id,
            SavedPost.entry.startswith(entry_of(post_id, "")),
            limit=_PAGE,
            after=after,
            consistent=True,
        )
        entries += page
        if after is None:
            return entries
