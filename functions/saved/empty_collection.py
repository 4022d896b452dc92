"""The queue of deleted collections: empties them, a few thousand posts to a message."""

from typing import Any

from saved import collection_cleanup
from shared.messaging.queues import consumer

app = consumer()


@app.on_job
def empty_collection(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Empty a collection, or look a last time (see `leftovers`)."""
    collection_cleanup.empty(job["user_id"], job["collection_id"], job["is_last"])
