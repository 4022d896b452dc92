"""Queue feed-fan-out: write a post into the timelines of one page of followers."""

from typing import Any

from feeds.timelines import add_post
from shared.messaging.queues import consumer

app = consumer()


@app.on_job
def fan_out(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Write the entries. The post is in their key, so a job that runs twice changes nothing."""
    add_post(job["post_id"], job["author_id"], job["user_ids"], is_reel=job.get("is_reel", False))
