"""The queue of accounts that went public: lets in all who asked to follow them."""

from typing import Any

from shared.messaging.queues import consumer
from users import follow_requests

app = consumer()


@app.on_job
def approve_requests(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Let in one page of those who wait (see `requests`)."""
    follow_requests.approve_page(job["user_id"], job["after"])
