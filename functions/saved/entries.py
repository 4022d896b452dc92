"""A post's entries in all collections of a user."""

from saved.models import SavedPost, entry_of
from shared.dynamodb.tables import query

_PAGE = 250


def entries_of(user_id: str, post_id: str) -> list[SavedPost]:
    """A post's entries in all collections: the default collection's first, then from the newest
    collection to the oldest. At most one for each collection, and some of deleted ones."""
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
