"""What stories offer to other services."""

from shared.access.caller import Caller
from stories.audiences import audience_among
from stories.deletions import remove_story, return_story
from stories.live_stories import live_stories
from stories.models import Story
from stories.personal_data import export_of
from stories.shapes import StoryShape, story_shape
from stories.visibility import is_expired
from stories.visible_stories import (
    VisibleStory,
    addable_ids,
    get_visible_story,
    visible_among,
    visible_ids,
    visible_now,
)

__all__ = [
    "Story",
    "StoryShape",
    "VisibleStory",
    "addable_ids",
    "audience_among",
    "export_of",
    "get_visible_story",
    "has_story",
    "is_expired",
    "remove_story",
    "return_story",
    "story_shape",
    "visible_ids",
    "visible_now",
]

_LATEST = 100  # stories; as many as a tray shows


def has_story(viewer: Caller, author_id: str) -> bool:
    """Whether the viewer may see a live story of an account."""
    if viewer.scope != "full":  # no route shows them a story
        return False
    latest, _ = live_stories(author_id, _LATEST)
    ready = [story for story in latest if story.status == "ready"]
    # The rule is the same for all stories of one audience, so two of them are enough to ask about.
    # A story that shares another has an audience of its own.
    of_audiences = {
        story.story_id if story.shared_story else story.close_friends_only: story for story in ready
    }
    return bool(visible_among(viewer, list(of_audiences.values())))
