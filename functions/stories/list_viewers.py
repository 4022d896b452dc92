"""GET /stories/{story_id}/viewers: who has seen the caller's own story, latest first."""

from typing import TypedDict

from shared.dynamodb.tables import query, read_items
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from stories.models import StoryLike, StoryView
from stories.visible_stories import get_own_story
from users.public import UserShape, people_shown, user_shape

app = endpoint("stories")


class Viewer(TypedDict):
    """A person who has seen the story, and whether they like it."""

    user: UserShape
    viewed_at: str
    liked: bool


class Viewers(TypedDict):
    """A page of viewers, and the counts of the story."""

    viewers: list[Viewer]
    next_cursor: str | None
    view_count: int
    like_count: int


@app.serve("GET /stories/{story_id}/viewers", answer=Viewers)
def list_viewers(request: Request) -> Viewers:
    """List who has seen one's story. People who are hidden from the caller are left out, but
    counted."""
    caller, page = request.caller, read_page(request)
    story = get_own_story(caller, request.path["story_id"]).story
    views, following = query(StoryView.by_time, story.story_id, limit=page.limit, after=page.after)
    people = people_shown(caller.user_id, [each.user_id for each in views])
    likes = read_items((StoryLike, story.story_id, user_id) for user_id in people)
    viewers: list[Viewer] = [
        {
            "user": user_shape(people[each.user_id]),
            "viewed_at": each.viewed_at,
            "liked": likes.get(StoryLike, story.story_id, each.user_id) is not None,
        }
        for each in views
        if each.user_id in people
    ]
    return {
        "viewers": viewers,
        "next_cursor": next_cursor(request, following),
        "view_count": max(story.view_count, 0),
        "like_count": max(story.like_count, 0),
    }
