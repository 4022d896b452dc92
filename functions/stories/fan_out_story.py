"""Queue story-fan-out: write a story into the trays of one page of its audience."""

from typing import Any

from shared.messaging.queues import consumer
from stories.models import Story
from stories.trays import add_story, has_audience

app = consumer()


@app.on_job
def fan_out_story(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Write the rows, unless the story is gone by now."""
    story = Story.find(job["author_id"], job["story_id"], consistent=True)
    if story and has_audience(story):
        add_story(story, job["user_ids"])
