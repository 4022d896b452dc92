"""Queue `user-search`: sync an account's search entries with the account."""

from typing import Any

from shared.messaging.queues import consumer
from users import search_index

app = consumer()


@app.on_job
def index_user(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Sync the entries of one account."""
    search_index.refresh(job["user_id"])
