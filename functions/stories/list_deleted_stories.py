"""GET /stories/deleted: the stories that the caller has deleted and can still restore."""

from typing import TypedDict

from shared.clock import timestamp
from shared.dynamodb.tables import Found, query, read_items
from shared.errors import Unauthorized
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from stories.models import Story, StoryLike
from stories.shapes import StoryShape, story_shape
from stories.visible_stories import VisibleStory, sees_shared, shared_keys
from users.public import User

app = endpoint("stories")


class DeletedStory(StoryShape):
    """A deleted story, and the time until which it can be restored."""

    deleted_at: str | None
    purge_at: str | None


class DeletedStories(TypedDict):
    """A page of deleted stories."""

    stories: list[DeletedStory]
    next_cursor: str | None


@app.serve("GET /stories/deleted", answer=DeletedStories)
def list_deleted_stories(request: Request) -> DeletedStories:
    """List one's recently deleted stories, last deleted first."""
    caller, page = request.caller, read_page(request)
    stories, following = query(
        Story.deleted,
        caller.user_id,
        limit=page.limit,
        after=page.after,
        matching=(Story.purge_at > timestamp()) & Story.removed_by.does_not_exist(),
    )
    likes = [(StoryLike, story.story_id, caller.user_id) for story in stories]
    found = read_items([(User, caller.user_id), *likes, *shared_keys(caller.user_id, stories)])
    author = found.get(User, caller.user_id)
    if author is None:
        raise Unauthorized
    shown: list[DeletedStory] = [
        {
            **story_shape(_visible(story, author, found)),
            "deleted_at": story.deleted_at,
            "purge_at": story.purge_at,
        }
        for story in stories
        if sees_shared(caller.user_id, story, found)
    ]
    return {"stories": shown, "next_cursor": next_cursor(request, following)}


def _visible(story: Story, author: User, found: Found) -> VisibleStory:
    is_liked = found.get(StoryLike, story.story_id, story.author_id) is not None
    shared = story.shared_story
    return VisibleStory(
        story,
        author,
        is_own=True,
        is_liked=is_liked,
        shared=found.get(Story, shared["author_id"], shared["story_id"]) if shared else None,
        shared_author=found.get(User, shared["author_id"]) if shared else None,
    )
