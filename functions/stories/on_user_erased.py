"""user.erased: delete the account's stories, highlights, tray, views and likes, which also corrects
the counts of other people's stories. Rows about it in trays of others expire within a day."""

from itertools import compress

from shared.dynamodb.tables import parallel_map, query, write_items
from shared.lifecycle.erasure import erasure
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place
from stories.deletions import delete_dependents
from stories.models import Highlight, Story, StoryLike, StoryTray, StoryView

app = erasure("stories")

_STORIES = 25  # at a time


@app.step
def erase_stories(user_id: str) -> Place:
    """Delete its stories, each after its views and likes, which are found through the story."""
    stories, following = query(Story, user_id, limit=_STORIES, consistent=True)
    are_emptied = parallel_map(delete_dependents, [story.story_id for story in stories])
    write_items(deletes=compress(stories, are_emptied))
    unfinished = [
        each.story_id
        for each, is_emptied in zip(stories, are_emptied, strict=True)
        if not is_emptied
    ]
    return unfinished or following


@app.step
def erase_highlights(user_id: str) -> Place:
    """Delete its highlights, and their number."""
    return delete_page(Highlight, user_id)


@app.step
def erase_views(user_id: str) -> Place:
    """Delete its views of stories."""
    return delete_page(StoryView.by_user, user_id)


@app.step
def erase_likes(user_id: str) -> Place:
    """Delete its likes of stories."""
    return delete_page(StoryLike.by_user, user_id)


@app.step
def erase_tray(user_id: str) -> Place:
    """Delete its tray."""
    return delete_page(StoryTray, user_id)
