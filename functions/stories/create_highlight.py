"""POST /highlights: show some of one's stories for longer than 24 hours."""

from shared.clock import timestamp
from shared.dynamodb.tables import retry_conflicts, transaction
from shared.http.endpoint import endpoint
from shared.http.idempotency import AlreadyMade, claim
from shared.http.requests import Request
from shared.ids import new_id, time_of
from stories.bodies import NewHighlight
from stories.highlight_shapes import HighlightShape, highlight_shape, shape_with
from stories.highlights import add_to, check_cover, check_stories
from stories.models import Highlight
from stories.visible_highlights import get_visible_highlight

app = endpoint("stories")


@app.serve(
    "POST /highlights", body=NewHighlight, status=201, idempotent=True, answer=HighlightShape
)
def create_highlight(request: Request[NewHighlight]) -> HighlightShape:
    """Create a highlight of the caller's own stories."""
    body, owner_id = request.body, request.caller.user_id
    check_cover(body.cover_story_id, body.story_ids)
    stories = check_stories(owner_id, body.story_ids)
    highlight_id = new_id()
    moment = timestamp(time_of(highlight_id))
    highlight = Highlight(
        owner_id,
        highlight_id,
        title=body.title,
        story_ids=[story.story_id for story in stories],
        cover_story_id=body.cover_story_id,
        created_at=moment,
        updated_at=moment,
    )
    try:
        retry_conflicts(lambda: _save(request, highlight))
    except AlreadyMade as earlier:
        return highlight_shape(get_visible_highlight(request.caller, earlier.made_id))
    return shape_with(highlight, stories)


def _save(request: Request[NewHighlight], highlight: Highlight) -> None:
    with transaction() as write:
        claim(write, request, highlight.highlight_id)
        add_to(write, highlight)
