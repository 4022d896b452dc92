"""POST /stories/{story_id}/restore: undo the deletion of one's own story."""

from shared.errors import StoryNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from shared.ids import is_id
from stories import deletions
from stories.models import Story
from stories.shapes import StoryShape, story_shape
from stories.visible_stories import get_visible_story, remember_author

app = endpoint("stories")


@app.serve("POST /stories/{story_id}/restore", answer=StoryShape)
def restore_story(request: Request) -> StoryShape:
    """Restore a deleted story, with its views and likes."""
    caller, story_id = request.caller, request.path["story_id"]
    if not is_id(story_id):
        raise StoryNotFound
    # Nobody else's story has this key.
    deletions.restore_story(Story(caller.user_id, story_id))
    remember_author(story_id, caller.user_id)
    return story_shape(get_visible_story(caller, story_id))
