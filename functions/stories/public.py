"""What stories offer to other services."""

from shared.access.caller import Caller
from stories.audiences import audience_among
from stories.live_stories import live_stories
from stories.models import Story
from stories.personal_data import export_of
from stories.visible_stories import visible_among, visible_ids

__all__ = ["Story", "audience_among", "export_of", "has_story", "visible_ids"]

_LATEST = 100  # stories; as many as a tray shows


def has_story(viewer: Caller, author_id: str) -> bool:
    """Whether the viewer may see a live story of an account."""
    if viewer.scope != "full":  # no route shows them a story
        return False
    latest, _ = live_stories(author_id, _LATEST)
    # The rule is the same for all stories of one audience, so two of them are enough to ask about.
    of_audiences = {story.close_friends_only: story for story in latest}
    return bool(visible_among(viewer, list(of_audiences.values())))
