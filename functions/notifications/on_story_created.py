"""story.created: queue jobs that notify followers, one for each page of them."""

from notifications.story_jobs import NewStory, queue_jobs
from shared.events.envelopes import Envelope
from shared.events.stories import StoryCreated
from shared.messaging.queues import consumer

app = consumer()


@app.on(StoryCreated)
def on_story_created(envelope: Envelope, event: StoryCreated) -> None:
    """Send the jobs of a new story."""
    story: NewStory = {
        "story_id": event.story_id,
        "author_id": event.author_id,
        "author_username": event.author_username,
        "close_friends_only": event.close_friends_only,
        "created_at": event.created_at,
    }
    queue_jobs(story)
