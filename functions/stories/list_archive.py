"""GET /stories/archive: all stories of the caller, expired ones too."""

from shared.dynamodb.tables import query
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from stories.models import Story
from stories.shapes import Stories, story_shape
from stories.visible_stories import visible_among

app = endpoint("stories")


@app.serve("GET /stories/archive", answer=Stories)
def list_archive(request: Request) -> Stories:
    """List one's own stories, newest first."""
    caller, page = request.caller, read_page(request)
    found, following = query(
        Story,
        caller.user_id,
        limit=page.limit,
        after=page.after,
        matching=Story.deleted_at.does_not_exist(),
    )
    return {
        "stories": [story_shape(each) for each in visible_among(caller, found)],
        "next_cursor": next_cursor(request, following),
    }
