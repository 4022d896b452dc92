"""media.ready and media.failed: the story that waits for the upload appears, or is failed."""

from contextlib import suppress
from typing import Any

from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed
from shared.events.envelopes import Envelope
from shared.events.media import MediaFailed, MediaReady
from shared.messaging.queues import consumer
from stories.attachments import length_error
from stories.models import Story

app = consumer()


@app.on(MediaReady)
def on_media_ready(envelope: Envelope, event: MediaReady) -> None:
    """Show the story to its audience from now on, unless the video is too long for one."""
    _end_wait(event, event.media)


@app.on(MediaFailed)
def on_media_failed(envelope: Envelope, event: MediaFailed) -> None:
    """Mark the story as failed: only its author sees it, and why."""
    error = {"code": event.code, "error": event.error}
    _end_wait(event, {"status": "failed", "error": error})


def _end_wait(event: MediaReady | MediaFailed, result: dict[str, Any]) -> None:
    """Store what became of the upload, if it is a story that waits for it. Only the first of
    several deliveries finds one that does."""
    # Uploads are attached to their owner's stories and posts alone; no post has this key.
    story = Story.find(event.owner_id, event.post_id, consistent=True) if event.post_id else None
    if story is None or story.media["upload_id"] != event.upload_id:
        return
    media = {**story.media, **result, "alt_text": story.media["alt_text"]}
    if error := length_error(media):
        media |= {"status": "failed", "error": {"code": "media_too_long", "error": error}}
    changes = [Story.media.set(media), Story.status.set(media["status"])]
    if media["status"] == "ready":
        changes.append(Story.ready_at.set(timestamp()))
    with suppress(ConditionFailed):
        story.change(*changes, condition=Story.status == "processing")
