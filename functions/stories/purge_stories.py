"""Hourly: purge the stories whose deletion can no longer be undone."""

from typing import Any

from shared.clock import timestamp
from shared.lifecycle.purging import purge_due
from stories.deletions import purge_story
from stories.models import Story

_PAGE = 100  # stories


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Remove the stories; their stream publishes `StoryPurged`, which deletes what belongs to
    them."""
    due = Story.purge_at <= timestamp()
    return purge_due(Story.by_purge, due, purge_story, context, _PAGE)
