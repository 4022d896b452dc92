"""Queue tag-search: sync the search entries of a tag with how much it is used."""

from typing import Any

from hashtags import search_index
from shared.messaging.queues import consumer

app = consumer()


@app.on_job
def index_tag(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Sync one tag with its count as it is now."""
    search_index.refresh(job["tag"])
