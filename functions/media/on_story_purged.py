"""story.purged: delete the uploads that only this story showed."""

from media.uploads import detach
from shared.events.envelopes import Envelope
from shared.events.stories import StoryPurged
from shared.messaging.queues import consumer

app = consumer()


@app.on(StoryPurged)
def on_story_purged(envelope: Envelope, event: StoryPurged) -> None:
    """Release the uploads; the stream removes the files of those that nothing shows any more."""
    for upload_id in event.upload_ids:
        detach(upload_id, event.story_id)
