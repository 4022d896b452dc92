"""The shape Story of docs/api.md."""

from typing import Annotated, TypedDict

from media.public import MediaShape, view
from shared.http.enums import one_of
from stories.visibility import expires_at, is_expired
from stories.visible_stories import VisibleStory, may_add_to_own
from users.public import UserShape, user_shape


class SharedStory(TypedDict):
    """The story that another one shares."""

    story_id: str
    author: UserShape


class StoryShape(TypedDict):
    """The shape Story of docs/api.md."""

    id: str
    author_id: str
    author_username: str
    author_profile_url: str | None
    author_is_verified: bool
    media: MediaShape
    media_url: str | None
    media_type: Annotated[str, one_of("image", "video")]
    shared_story: SharedStory | None
    caption: str
    filter_name: str | None
    stickers_json: str | None
    close_friends_only: bool
    is_viewed: bool
    is_liked: bool
    can_add_to_story: bool
    is_expired: bool
    status: Annotated[str, one_of("processing", "ready", "failed")]
    created_at: str
    expires_at: str
    view_count: int | None
    like_count: int | None


class Stories(TypedDict):
    """A page of stories."""

    stories: list[StoryShape]
    next_cursor: str | None


def story_shape(visible: VisibleStory) -> StoryShape:
    """The shape Story of a story that was read. Only its author sees the counts."""
    story, author, media = visible.story, user_shape(visible.author), view(visible.media)
    return {
        "id": story.story_id,
        "author_id": story.author_id,
        "author_username": author["username"],
        "author_profile_url": author["profile_picture_url"],
        "author_is_verified": author["is_verified"],
        "media": media,
        "media_url": media["url"],
        "media_type": media["type"],
        "shared_story": _shared_story(visible),
        "caption": story.caption,
        "filter_name": story.filter_name,
        "stickers_json": story.stickers_json,
        "close_friends_only": story.close_friends_only,
        "is_viewed": visible.is_viewed,
        "is_liked": visible.is_liked,
        "can_add_to_story": may_add_to_own(visible),
        "is_expired": is_expired(story),
        "status": story.status,
        "created_at": story.created_at,
        "expires_at": expires_at(story),
        "view_count": max(story.view_count, 0) if visible.is_own else None,
        "like_count": max(story.like_count, 0) if visible.is_own else None,
    }


def _shared_story(visible: VisibleStory) -> SharedStory | None:
    shared, author = visible.story.shared_story, visible.shared_author
    if not shared or author is None:
        return None
    return {"story_id": shared["story_id"], "author": user_shape(author)}
