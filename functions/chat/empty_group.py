"""Queue deleted-groups: empty a deleted group, page by page."""

from typing import Any

from chat import group_clean_up
from shared.messaging.queues import consumer

app = consumer()


@app.on_job
def empty_group(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Delete the messages of a group, and what belongs to them. Jobs of an earlier version name no
    users."""
    group_clean_up.empty(job["conversation_id"], job.get("user_ids", ()))
