"""story.created: queue jobs that notify followers, one for each page of them."""

from typing import Any

from shared.encoding import to_json
from shared.events.envelopes import Envelope
from shared.events.stories import StoryCreated
from shared.messaging.queues import consumer, send
from users.public import find_user, notified_page

app = consumer()

PAGE = 100  # people in one job: as many as one transaction writes


@app.on(StoryCreated)
def on_story_created(envelope: Envelope, event: StoryCreated) -> None:
    """Send all jobs. A run that fails half-way starts again from the beginning: a job that runs
    twice creates the same entries."""
    author = find_user(event.author_id)
    if author is None:
        return
    shared = {
        "story_id": event.story_id,
        "author_id": event.author_id,
        "author_username": event.author_username,
        "created_at": event.created_at,
    }
    after: dict[str, Any] | None = None
    while True:
        user_ids, after = notified_page(author, PAGE, after)
        if user_ids:
            send("story-notifications", to_json({**shared, "user_ids": user_ids}))
        if after is None:
            return
