"""Queue `user-search`: sync what an account is found by with the account."""

from typing import Any

from shared.messaging.queues import consumer
from users import account_list, search_index

app = consumer()


@app.on_job
def index_user(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Sync the entries of one account, in the search and in the lists of administrators."""
    search_index.refresh(job["user_id"])
    account_list.refresh(job["user_id"])
