"""The events that the streams of stories and their likes publish."""

from typing import Any

import pytest

from shared.dynamodb.changes import Change
from stories.models import Story, StoryLike
from stories.on_stories_changed import app, story_events, story_like_events
from tests.support.events import load_event
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_picture

MOMENT = "2026-01-02T03:04:05.678Z"


def a_story(**given: Any) -> Story:
    fields = {"author_username": "author_one", "media": a_picture(), "created_at": MOMENT}
    return Story("author", "story", **{**fields, **given})


LIVE, DELETED = a_story(), a_story(deleted_at=MOMENT)
LIKE = StoryLike("story", "liker", username="l", author_id="author", liked_at=MOMENT)


@pytest.mark.parametrize(
    ("old", "new", "types"),
    [
        (None, LIVE, ["story.created"]),
        (None, a_story(mentions=["x", "y"]), ["story.created", *2 * ["story.mentioned"]]),
        (LIVE, a_story(view_count=7, view_seq="7"), []),
        (LIVE, DELETED, ["story.deleted"]),
        (DELETED, LIVE, ["story.restored"]),
        (DELETED, a_story(deleted_at=MOMENT, view_count=7), []),
        (DELETED, None, ["story.purged"]),
        (LIVE, None, ["story.deleted", "story.purged"]),
    ],
)
def test_events_of_a_story(old: Story | None, new: Story | None, types: list[str]) -> None:
    events = list(story_events(Change(old, new, "1", "record", MOMENT)))
    assert [event.type for _, event in events] == types
    assert {actor for actor, _ in events} <= {"author"}


@pytest.mark.parametrize(
    ("old", "new", "types"), [(None, LIKE, ["story.liked"]), (LIKE, None, ["story.unliked"])]
)
def test_events_of_a_like(old: Any, new: Any, types: list[str]) -> None:
    events = list(story_like_events(Change(old, new, "1", "record", MOMENT)))
    assert [(actor, event.type) for actor, event in events] == [("liker", each) for each in types]


def test_a_purge_names_the_upload() -> None:
    [_, (_, event)] = story_events(Change(LIVE, None, "1", "record", MOMENT))
    assert getattr(event, "upload_ids", None) == ["01KAEJ7Q9R1S3T5V7W9X1Y3Z5A"]


def test_the_sample_batch_is_published(aws: MemoryAws) -> None:
    app(load_event("stories", "on_stories_changed"), None)
    types = [message["type"] for message in aws.published["stories"]]
    assert types == ["story.created", "story.mentioned", "story.liked"]
