"""The queue of the search index: brings what an account is found by in step with the account."""

from typing import Any

from shared.messaging.queues import consumer
from users import search_index

app = consumer()


@app.on_job
def index_user(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Look at one account as it is now."""
    search_index.refresh(job["user_id"])
