"""The stories of an author whose 24 hours are not over."""

from typing import Any

from shared.clock import now, timestamp
from shared.dynamodb.tables import query
from shared.ids import first_id_at
from stories.models import Story
from stories.visibility import LIFE, is_expired

# The longest from a story's creation to its 24 hours. Its upload has a day, and fails within an
# hour after it; then S3's event has six hours, and the last attempt a quarter of an hour.
_LONGEST_WAIT = 32 * 3600  # seconds


def live_stories(
    author_id: str, limit: int, after: dict[str, Any] | None = None
) -> tuple[list[Story], dict[str, Any] | None]:
    """A page of an author's live stories, newest first by their ids, and the key to continue after:
    also those that wait for their uploads, whose 24 hours are still to come. A story that waited is
    live for longer than its id says."""
    begun = timestamp(now() - LIFE)
    is_live = (Story.created_at > begun) | (Story.ready_at > begun) | (Story.status == "processing")
    found, following = query(
        Story,
        author_id,
        Story.story_id >= first_id_at(now() - LIFE - _LONGEST_WAIT),
        limit=limit,
        after=after,
        matching=Story.deleted_at.does_not_exist() & is_live,
    )
    return [story for story in found if not is_expired(story)], following
