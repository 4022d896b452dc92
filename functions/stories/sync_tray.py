"""Queue story-trays: a person has seen stories of an author."""

from typing import Any

from shared.messaging.queues import consumer
from stories import trays

app = consumer()


@app.on_job
def sync_tray(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Sync the author's place in the person's tray with what has been seen."""
    trays.sync_tray(job["user_id"], job["author_id"])
