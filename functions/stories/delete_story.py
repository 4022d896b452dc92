"""DELETE /stories/{story_id}: delete one's own story."""

from typing import TypedDict

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from stories import deletions
from stories.visible_stories import get_own_story

app = endpoint("stories")


class StoryDeleted(TypedDict):
    """The answer to a deletion."""

    message: str


@app.serve("DELETE /stories/{story_id}", answer=StoryDeleted)
def delete_story(request: Request) -> StoryDeleted:
    """Delete a story: it is gone for everyone at once, and can be restored for 30 days."""
    visible = get_own_story(request.caller, request.path["story_id"])
    deletions.delete_story(visible.story)
    return {"message": "Story deleted"}
