"""The shape Highlight of docs/api.md."""

from collections.abc import Sequence
from typing import TypedDict

from shared.aws.media_urls import sign_url
from stories.models import Highlight, Story
from stories.visible_highlights import VisibleHighlight


class HighlightShape(TypedDict):
    """The shape Highlight of docs/api.md."""

    id: str
    user_id: str
    title: str
    cover_url: str | None
    story_count: int
    created_at: str
    updated_at: str


def highlight_shape(visible: VisibleHighlight) -> HighlightShape:
    """A highlight as its viewer may see it."""
    return shape_with(visible.highlight, visible.stories)


def shape_with(highlight: Highlight, stories: Sequence[Story]) -> HighlightShape:
    """A highlight of which these stories are seen. If its cover is none of them, their first is."""
    return {
        "id": highlight.highlight_id,
        "user_id": highlight.user_id,
        "title": highlight.title,
        "cover_url": _cover_url(highlight, stories),
        "story_count": len(stories),
        "created_at": highlight.created_at,
        "updated_at": highlight.updated_at,
    }


def _cover_url(highlight: Highlight, stories: Sequence[Story]) -> str | None:
    chosen = [each for each in stories if each.story_id == highlight.cover_story_id]
    for story in (*chosen, *stories):
        media = story.media
        key: str = media["thumbnail"] or media["variants"].get("640", media["original"])
        return sign_url(key)
    return None
