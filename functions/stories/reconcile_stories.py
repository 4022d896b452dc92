"""Daily: recount views and likes of stories, repair wrong counts, and report them as a metric."""

from typing import Any

from shared import observability
from shared.dynamodb.recounts import Counting, recount
from shared.dynamodb.tables import Table
from stories.models import Story, StoryLike, StoryView

_COUNTINGS: dict[type[Table], list[Counting]] = {
    Story: [
        Counting(Story, Story.view_count, Story.view_seq, StoryView, "story_id"),
        Counting(Story, Story.like_count, Story.like_seq, StoryLike, "story_id"),
    ],
}


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Recount while there is time; the next run continues where this one ended."""
    observability.start_tracing()
    return recount(_COUNTINGS, context)
