"""PUT /highlights/{highlight_id}: change the title, stories or cover of one's own highlight."""

from functools import partial

from pynamodb.expressions.update import Action

from shared.clock import timestamp
from shared.dynamodb.tables import retry_lost_races
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from stories.bodies import HighlightChange
from stories.highlight_shapes import HighlightShape, highlight_shape
from stories.highlights import check_cover, check_stories
from stories.models import Highlight
from stories.visible_highlights import VisibleHighlight, get_own_highlight

app = endpoint("stories")


@app.serve("PUT /highlights/{highlight_id}", body=HighlightChange, answer=HighlightShape)
def edit_highlight(request: Request[HighlightChange]) -> HighlightShape:
    """Change a highlight. Without `story_ids` its stories stay; a cover that is no longer one of
    them gives way to the first."""
    # Another edit, or the purge of one of its stories, may be quicker.
    return highlight_shape(retry_lost_races(partial(_edit, request)))


def _edit(request: Request[HighlightChange]) -> VisibleHighlight:
    body = request.body
    visible = get_own_highlight(request.caller, request.path["highlight_id"])
    highlight, stories, cover = visible.highlight, visible.stories, Highlight.cover_story_id
    story_ids: list[str] = highlight.story_ids
    actions: list[Action] = []
    if body.title not in (None, highlight.title):
        actions.append(Highlight.title.set(body.title))
    if body.story_ids is not None:
        stories = check_stories(highlight.user_id, body.story_ids)
        story_ids = [story.story_id for story in stories]
        if story_ids != highlight.story_ids:
            actions.append(Highlight.story_ids.set(story_ids))
    if body.cover_story_id is not None:
        check_cover(body.cover_story_id, story_ids)
        if body.cover_story_id != highlight.cover_story_id:
            actions.append(cover.set(body.cover_story_id))
    elif highlight.cover_story_id not in (None, *story_ids):
        actions.append(cover.remove())
    if actions:
        actions.append(Highlight.updated_at.set(timestamp()))
        highlight.change(*actions, condition=Highlight.story_ids == highlight.story_ids)
    return VisibleHighlight(highlight, stories, is_own=True, people=visible.people)
