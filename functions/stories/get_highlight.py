"""GET /highlights/{highlight_id}: the stories of a highlight that the caller may see."""

from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from stories.highlight_shapes import HighlightShape, highlight_shape
from stories.shapes import StoryShape, story_shape
from stories.visible_highlights import get_visible_highlight

app = endpoint("stories")


class HighlightWithStories(HighlightShape):
    """A highlight, and a page of its stories."""

    stories: list[StoryShape]
    next_cursor: str | None


@app.serve("GET /highlights/{highlight_id}", answer=HighlightWithStories)
def get_highlight(request: Request) -> HighlightWithStories:
    """Get a highlight with its stories, oldest first, also those whose 24 hours are over. This is
    no view of them."""
    caller, page = request.caller, read_page(request)
    visible = get_visible_highlight(caller, request.path["highlight_id"])
    stories = visible.page(caller, page.limit, page.after)
    last = stories[-1].story.story_id if stories else None
    is_end = not visible.stories or last == visible.stories[-1].story_id
    return {
        **highlight_shape(visible),
        "stories": [story_shape(each) for each in stories],
        "next_cursor": next_cursor(request, None if is_end else last),
    }
