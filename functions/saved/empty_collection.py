"""Queue deleted-collections: empty a deleted collection, page by page."""

from typing import Any

from saved import collection_cleanup
from shared.messaging.queues import consumer

app = consumer()


@app.on_job
def empty_collection(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Delete the entries of a collection, or check a last time (see `collection_cleanup`)."""
    collection_cleanup.empty(job["user_id"], job["collection_id"], job["is_last"])
