"""POST /stories/{story_id}/like: like a story the caller may see."""

from contextlib import suppress
from typing import TypedDict

from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed
from shared.errors import StoryExpired
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from stories.models import StoryLike
from stories.visibility import is_expired
from stories.visible_stories import get_visible_story

app = endpoint("stories")


class StoryLiked(TypedDict):
    """The answer to a like."""

    message: str
    liked: bool


@app.serve("POST /stories/{story_id}/like", answer=StoryLiked)
def like_story(request: Request) -> StoryLiked:
    """Like a story, during its 24 hours."""
    caller = request.caller
    visible = get_visible_story(caller, request.path["story_id"])
    story = visible.story
    if is_expired(story):
        raise StoryExpired
    if not visible.is_liked:
        like = StoryLike(
            story.story_id,
            caller.user_id,
            username=caller.username,
            author_id=story.author_id,
            liked_at=timestamp(),
        )
        with suppress(ConditionFailed):  # a quicker request of the same person has put it
            like.create()
    return {"message": "Story liked", "liked": True}
