"""Queue media-processing-failed: what Lambda gave up after its last attempt on an upload.

Attempts end an upload themselves where they can. One that is killed cannot, and if it was the last
nobody comes after it: then the upload fails here. The event goes on to the dead letters.
"""

from typing import Any

from media.processing import give_up
from shared.messaging.queues import consumer, send

app = consumer()


@app.on_job
def on_processing_failed(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Take the event of a function whose attempts are used up (a destination's message). Again
    changes nothing but the number of dead letters."""
    give_up(job["requestPayload"])
    send("invocations-dead", record["body"])
