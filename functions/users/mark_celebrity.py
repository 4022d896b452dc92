"""Queue `celebrities`: mark the edges of an account's followers when it becomes a celebrity."""

from typing import Any

from shared.messaging.queues import consumer
from users import celebrities

app = consumer()


@app.on_job
def mark_celebrity(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Announce a celebrity, or mark its followers (see `celebrities`)."""
    if job["step"] == "announce":
        celebrities.announce(job["user_id"])
    else:
        celebrities.mark_followers(job["user_id"], job["after"])
