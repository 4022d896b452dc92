"""Who of many people belongs to the audience of one story."""

from collections.abc import Iterable

from shared.dynamodb.tables import Key, read_items
from stories.models import Story
from stories.visible_stories import is_in_audience, person_keys, shared_keys
from users.public import User


def audience_among(author_id: str, story_id: str, user_ids: Iterable[str]) -> set[str]:
    """Those of the users, none of whom is the author, who may see the story; also when it has
    expired."""
    viewers = list(user_ids)
    keys: list[Key] = [(Story, author_id, story_id), (User, author_id)]
    for viewer_id in viewers:
        keys += person_keys(viewer_id, author_id)
    found = read_items(keys, consistent={Story})  # it may have become ready just now
    story = found.get(Story, author_id, story_id)
    if story is None:
        return set()
    if story.shared_story:
        found |= read_items(key for each in viewers for key in shared_keys(each, [story]))
    return {viewer_id for viewer_id in viewers if is_in_audience(viewer_id, story, found)}
