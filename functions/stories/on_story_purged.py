"""story.purged: delete what belongs to the story."""

from shared.clock import now, seconds
from shared.events.envelopes import Envelope
from shared.events.stories import StoryPurged
from shared.messaging import queues
from shared.messaging.queues import consumer
from stories.deletions import SECOND_LOOK, delete_dependents
from stories.highlights import remove_story

app = consumer()

_QUEUE = "stories-story-purged"


@app.on(StoryPurged)
def on_story_purged(envelope: Envelope, event: StoryPurged) -> None:
    """Delete the story's views and likes, and remove it from highlights. What one message does not
    finish, or was written at the last moment, is left to another."""
    remove_story(event.author_id, event.story_id)
    if not delete_dependents(event.story_id):
        queues.send_rest(_QUEUE, envelope.to_json())
    elif now() < seconds(envelope.occurred_at) + SECOND_LOOK:
        queues.send(_QUEUE, envelope.to_json(), delay=SECOND_LOOK)
