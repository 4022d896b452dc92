"""GET /users/{user}/stories: an account's live stories that the caller may see."""

from shared.clock import now
from shared.dynamodb.tables import query
from shared.errors import AccountPrivate
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from shared.ids import first_id_at
from stories.models import Story
from stories.shapes import Stories, story_shape
from stories.visibility import LIFE, is_expired
from stories.visible_stories import visible_among
from users.public import look_up

app = endpoint("stories")


@app.serve("GET /users/{user}/stories", answer=Stories)
def list_user_stories(request: Request) -> Stories:
    """List an account's stories of the last 24 hours, newest first."""
    caller, page = request.caller, read_page(request)
    author, relation = look_up(request.path["user"], caller)
    if author.is_private and author.user_id != caller.user_id and not relation.follows:
        raise AccountPrivate
    found, following = query(
        Story,
        author.user_id,
        Story.story_id >= first_id_at(now() - LIFE),
        limit=page.limit,
        after=page.after,
        matching=Story.deleted_at.does_not_exist(),
    )
    visible = visible_among(caller, [story for story in found if not is_expired(story)])
    return {
        "stories": [story_shape(each) for each in visible],
        "next_cursor": next_cursor(request, following),
    }
