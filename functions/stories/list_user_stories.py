"""GET /users/{user}/stories: an account's live stories that the caller may see."""

from functools import partial

from shared.dynamodb.tables import resume_key
from shared.errors import AccountPrivate
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from stories.full_pages import full_page
from stories.live_stories import live_stories
from stories.models import Story
from stories.shapes import Stories, story_shape
from stories.visible_stories import visible_among
from users.public import look_up

app = endpoint("stories")


@app.serve("GET /users/{user}/stories", answer=Stories)
def list_user_stories(request: Request) -> Stories:
    """List an account's stories of the last 24 hours, newest first. Their author also finds those
    that wait for their upload."""
    caller, page = request.caller, read_page(request)
    author, relation = look_up(request.path["user"], caller)
    if author.is_private and author.user_id != caller.user_id and not relation.follows:
        raise AccountPrivate
    shown, following = full_page(
        partial(live_stories, author.user_id),
        partial(visible_among, caller),
        page.limit,
        page.after,
        lambda each: resume_key(Story, each.story),
    )
    return {
        "stories": [story_shape(each) for each in shown],
        "next_cursor": next_cursor(request, following),
    }
