"""The stories of an author whose 24 hours are not over."""

from typing import Any

from shared.clock import now
from shared.dynamodb.tables import query
from shared.ids import first_id_at
from stories.models import Story
from stories.visibility import LIFE, is_expired


def live_stories(
    author_id: str, limit: int, after: dict[str, Any] | None = None
) -> tuple[list[Story], dict[str, Any] | None]:
    """A page of an author's live stories, newest first, and the key to continue after."""
    found, following = query(
        Story,
        author_id,
        Story.story_id >= first_id_at(now() - LIFE),
        limit=limit,
        after=after,
        matching=Story.deleted_at.does_not_exist(),
    )
    return [story for story in found if not is_expired(story)], following
