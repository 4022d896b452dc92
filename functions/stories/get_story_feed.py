"""GET /stories/feed: the caller's tray: whose stories there are to see."""

from typing import TypedDict

from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from stories.shapes import StoryShape, story_shape
from stories.tray_pages import Tray, read_trays
from users.public import user_shape

app = endpoint("stories")


class StoryTrayShape(TypedDict):
    """The shape StoryTray of docs/api.md."""

    user_id: str
    username: str
    user_profile_url: str | None
    is_verified: bool
    stories: list[StoryShape]
    all_seen: bool
    latest_at: str


class StoryFeed(TypedDict):
    """A page of trays."""

    trays: list[StoryTrayShape]
    next_cursor: str | None


@app.serve("GET /stories/feed", answer=StoryFeed)
def get_story_feed(request: Request) -> StoryFeed:
    """List the live stories of the caller and of the accounts that the caller follows, by author:
    the caller's own first, then unseen ones, then the latest."""
    page = read_page(request)
    trays, last = read_trays(request.caller, page.limit, page.after)
    return {"trays": list(map(_shape, trays)), "next_cursor": next_cursor(request, last)}


def _shape(tray: Tray) -> StoryTrayShape:
    author = user_shape(tray.author)
    return {
        "user_id": author["user_id"],
        "username": author["username"],
        "user_profile_url": author["profile_picture_url"],
        "is_verified": author["is_verified"],
        "stories": [story_shape(each) for each in tray.stories],
        "all_seen": tray.is_all_seen,
        "latest_at": tray.stories[-1].story.created_at,
    }
