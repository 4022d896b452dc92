"""The personal data of stories for an export: what a user published, highlighted, saw
and liked."""

from collections.abc import Iterator
from typing import Any

from shared.lifecycle.personal_data import Topic, plain, walk
from stories.models import SIZE, Highlight, Story, StoryLike, StoryView

_STORY = (
    "story_id",
    "shared_story",
    "caption",
    "mentions",
    "mention_names",
    "filter_name",
    "stickers_json",
    "close_friends_only",
    "status",
    "ready_at",
    "view_count",
    "like_count",
    "created_at",
    "deleted_at",
)


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data. What others made appears by its id only."""
    yield Topic(
        "stories",
        "Your stories; `media` names the upload. Stories with `deleted_at` are purged soon.",
        map(_story, walk(Story, user_id)),
    )
    highlights = walk(Highlight, user_id, Highlight.highlight_id < SIZE)
    yield Topic("highlights", "Your highlights of stories.", map(_highlight, highlights))
    views = (plain(view, "story_id", "viewed_at") for view in walk(StoryView.by_user, user_id))
    yield Topic("story_views", "The stories that you have seen.", views)
    likes = (plain(like, "story_id", "liked_at") for like in walk(StoryLike.by_user, user_id))
    yield Topic("story_likes", "The stories that you like.", likes)


def _story(story: Story) -> dict[str, Any]:
    names = ("upload_id", "type", "alt_text")
    # What others made appears by its id only.
    media = None if story.shared_story else {name: story.media[name] for name in names}
    return {**plain(story, *_STORY), "media": media}


def _highlight(highlight: Highlight) -> dict[str, Any]:
    names = ("highlight_id", "title", "story_ids", "cover_story_id", "created_at", "updated_at")
    return plain(highlight, *names)
