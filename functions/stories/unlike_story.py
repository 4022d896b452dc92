"""DELETE /stories/{story_id}/like: remove the caller's like."""

from contextlib import suppress
from typing import TypedDict

from shared.dynamodb.tables import ConditionFailed, conditions
from shared.errors import StoryExpired
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from stories.models import StoryLike
from stories.visibility import is_expired
from stories.visible_stories import get_visible_story

app = endpoint("stories")


class StoryUnliked(TypedDict):
    """The answer to an unlike."""

    message: str
    liked: bool


@app.serve("DELETE /stories/{story_id}/like", answer=StoryUnliked)
def unlike_story(request: Request) -> StoryUnliked:
    """Unlike a story, during its 24 hours."""
    visible = get_visible_story(request.caller, request.path["story_id"])
    if is_expired(visible.story):
        raise StoryExpired
    if visible.is_liked:
        like = StoryLike(visible.story.story_id, request.caller.user_id)
        with suppress(ConditionFailed), conditions():  # a quicker request has removed it
            like.delete(condition=StoryLike.is_there())
    return {"message": "Story unliked", "liked": False}
