"""Rebuilding a tray from the follows, the live stories and the views of them."""

from shared.dynamodb.tables import query
from stories.live_stories import live_stories
from stories.models import StoryTray
from stories.trays import MOST_STORIES, add_own_row, has_audience, place_of, sync_tray
from users.public import followed_page

_PAGE = 1000  # rows or follows that are read at once


def rebuild_tray(user_id: str) -> None:
    """Sync the rows of everyone whom a person follows, and of the other authors in their tray; and
    their own row, from which the trays of a celebrity's followers are read. Idempotent, beside all
    that happens meanwhile."""
    authors, after = set(), None
    while True:
        rows, after = query(StoryTray, user_id, limit=_PAGE, after=after)
        authors |= {row.author_id for row in rows}
        if after is None:
            break
    while True:
        followed, after = followed_page(user_id, _PAGE, after)
        authors |= {*followed}
        if after is None:
            break
    for author_id in authors - {user_id}:
        sync_tray(user_id, author_id)
    found, _ = live_stories(user_id, MOST_STORIES)
    public = [each for each in found if has_audience(each) and not each.close_friends_only]
    if public:
        add_own_row(max(public, key=place_of))
