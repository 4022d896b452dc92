"""Queue media-processing-failed: S3 events that Lambda gave up after its last attempt.

An attempt records the failure of its upload itself if it can. One that is killed cannot, and after
the last attempt no other follows: then this consumer fails the upload. The event is passed on to
the dead-letter queue `invocations-dead`.
"""

from typing import Any

from media.processing import give_up
from shared.messaging.queues import consumer, send

app = consumer()


@app.on_job
def on_processing_failed(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Handle a failure destination's message, whose `requestPayload` is the S3 event. A repeat only
    adds another dead letter."""
    give_up(job["requestPayload"])
    send("invocations-dead", record["body"])
