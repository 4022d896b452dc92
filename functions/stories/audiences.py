"""Who of many people belongs to the audience of one story."""

from collections.abc import Iterable

from shared.dynamodb.tables import Key, read_items
from stories.models import Story
from stories.visibility import Author, may_see
from stories.visible_stories import person_keys, viewer_access
from users.public import User, is_shown


def audience_among(author_id: str, story_id: str, user_ids: Iterable[str]) -> set[str]:
    """Those of the users, none of whom is the author, who may see the story; also when it has
    expired."""
    viewers = list(user_ids)
    keys: list[Key] = [(Story, author_id, story_id), (User, author_id)]
    for viewer_id in viewers:
        keys += person_keys(viewer_id, author_id)
    found = read_items(keys)
    story, author = found.get(Story, author_id, story_id), found.get(User, author_id)
    if story is None or author is None:
        return set()
    shown = Author(is_shown(author), author.is_private)
    return {
        viewer_id
        for viewer_id in viewers
        if may_see(story, shown, viewer_access(viewer_id, author_id, found))
    }
