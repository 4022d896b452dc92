"""Queue `follow-approvals`: approve all requests to follow an account that went public."""

from typing import Any

from shared.messaging.queues import consumer
from users import follow_requests

app = consumer()


@app.on_job
def approve_requests(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Approve them, page by page (see `follow_requests`)."""
    follow_requests.approve_all(job["user_id"], job["after"])
