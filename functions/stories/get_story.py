"""GET /stories/{story_id}: a story the caller may see, of which this is a view."""

from contextlib import suppress
from dataclasses import replace

from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from stories.models import StoryView
from stories.shapes import StoryShape, story_shape
from stories.visible_stories import VisibleStory, get_visible_story

app = endpoint("stories")


@app.serve(
    "GET /stories/{story_id}",
    also=("POST /stories/{story_id}/view",),
    answer=StoryShape,
    gate_first=True,
)
def get_story(request: Request) -> StoryShape:
    """Get a story, and be counted as one of its viewers."""
    visible = get_visible_story(request.caller, request.path["story_id"])
    if not visible.is_own and not visible.is_viewed:
        _add_view(visible, request.caller.user_id)
        visible = replace(visible, is_viewed=True)
    return story_shape(visible)


def _add_view(visible: VisibleStory, viewer_id: str) -> None:
    story = visible.story
    view = StoryView(story.story_id, viewer_id, author_id=story.author_id, viewed_at=timestamp())
    with suppress(ConditionFailed):  # a quicker request of the same person has put it
        view.create()
