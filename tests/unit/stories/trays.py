"""Trays for tests: stories that are fanned out, views that are synced, and pages."""

import json
from typing import Any

from shared.access.caller import Caller
from shared.clock import timestamp
from shared.events.envelopes import Envelope, Event
from shared.events.stories import StoryCreated
from stories import (
    fan_out_story,
    get_story,
    get_story_feed,
    on_stories_changed,
    on_story_created,
    sync_tray,
)
from stories.models import StoryView
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.stories import a_story, on_story
from tests.support.streams import batch, stream_record


def publish(app: Any, event: Event) -> None:
    """Deliver an event to a consumer."""
    consume(app, Envelope("record-0", timestamp(), None, event).to_json())


def consume(app: Any, *bodies: str) -> None:
    """Deliver messages to a consumer, which must handle all of them."""
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    assert app({"Records": records}, LambdaContext()) == {"batchItemFailures": []}


def created(author: Caller, story_id: str) -> StoryCreated:
    """The event of a new story."""
    return StoryCreated(story_id, author.user_id, author.username, False, timestamp())


def jobs(aws: MemoryAws, queue: str) -> list[str]:
    """Take the messages of a queue."""
    return aws.sent.pop(queue, [])


def post(aws: MemoryAws, author: Caller, **given: Any) -> str:
    """Publish a story, and fan it out."""
    story_id = a_story(author, **given)
    publish(on_story_created.app, created(author, story_id))
    consume(fan_out_story.app, *jobs(aws, "story-fan-out"))
    return story_id


def watch(aws: MemoryAws, viewer: Caller, *story_ids: str) -> None:
    """See stories, and sync the tray with that."""
    for story_id in story_ids:
        assert on_story(get_story, "GET", viewer, story_id)[0] == 200
        view = StoryView.find(story_id, viewer.user_id)
        on_stories_changed.app(batch(stream_record(1, new=view)), None)
    consume(sync_tray.app, *jobs(aws, "story-trays"))


def page_of(viewer: Caller, **query: str) -> dict[str, Any]:
    """A page of a tray."""
    event = gateway_event("GET /stories/feed", caller=viewer, query=query or None)
    answer = get_story_feed.app(event, LambdaContext())
    assert answer["statusCode"] == 200, answer["body"]
    return dict(json.loads(answer["body"]))


def trays_of(viewer: Caller, **query: str) -> list[dict[str, Any]]:
    """The trays of a page."""
    return list(page_of(viewer, **query)["trays"])


def authors_of(viewer: Caller, **query: str) -> list[str]:
    """The authors of a page, in order."""
    return [tray["user_id"] for tray in trays_of(viewer, **query)]
