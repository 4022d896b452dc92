"""The queue of the tag search: brings what a tag is found by in step with how much it is used."""

from typing import Any

from hashtags import search_index
from shared.messaging.queues import consumer

app = consumer()


@app.on_job
def index_tag(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Look at one tag as it is now."""
    search_index.refresh(job["tag"])
