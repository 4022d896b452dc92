"""Deleting, restoring, purging and erasing stories, and their export."""

import json
from typing import Any

import pytest

from media import on_story_purged as media_on_story_purged
from media.models import Upload
from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from stories import (
    delete_story,
    list_deleted_stories,
    on_story_purged,
    purge_stories,
    restore_story,
)
from stories.models import Story, StoryLike, StoryView
from stories.on_user_erased import app as erased_app
from stories.public import export_of
from stories.trays import add_own_row, add_story
from tests.support.accounts import a_user
from tests.support.erasing import erase
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.posts import call
from tests.support.stories import a_story, on_story, stored

NOON, DAY = 1_767_614_400.0, 86400


@pytest.fixture
def author(aws: MemoryAws, noon: float) -> Caller:
    return a_user()


def delete(author: Caller, story_id: str) -> tuple[int, Any]:
    return on_story(delete_story, "DELETE", author, story_id)


def purge() -> dict[str, int]:
    return purge_stories.app({}, LambdaContext(remaining=60_000))


def mark(story_id: str, person: Caller, author: Caller) -> None:
    """Let a person see and like the story."""
    ids = {"author_id": author.user_id}
    StoryView(story_id, person.user_id, viewed_at=timestamp(), **ids).save()
    StoryLike(
        story_id, person.user_id, username=person.username, liked_at=timestamp(), **ids
    ).save()


def purged(story_id: str, author: Caller, *upload_ids: str) -> dict[str, Any]:
    event = {
        "event_id": "e",
        "type": "story.purged",
        "version": 1,
        "occurred_at": "2026-01-05T12:00:00.000Z",
        "actor": author.user_id,
        "data": {
            "story_id": story_id,
            "author_id": author.user_id,
            "upload_ids": list(upload_ids),
        },
    }
    record = {"messageId": "m", "body": json.dumps(event), "eventSource": "aws:sqs"}
    return {"Records": [record]}


def test_a_deleted_story_can_be_restored_for_30_days(author: Caller) -> None:
    story_id = a_story(author)
    assert delete(author, story_id) == (200, {"message": "Story deleted"})
    assert delete(author, story_id)[0] == 404
    _, listed = call(list_deleted_stories, "GET /stories/deleted", author)
    [story] = listed["stories"]
    assert (story["deleted_at"], story["purge_at"]) == (
        "2026-01-05T12:00:00.000Z",
        "2026-02-04T12:00:00.000Z",
    )
    with stop_at(NOON + 30 * DAY - 1):
        assert purge() == {"purged": 0, "failed": 0}
        status, story = on_story(restore_story, "POST /restore", author, story_id)
    assert (status, story["is_expired"]) == (200, True)
    assert stored(author, story_id).purge_at is None
    assert on_story(restore_story, "POST /restore", author, story_id)[0] == 404


def test_after_30_days_it_is_gone(author: Caller) -> None:
    gone, kept = a_story(author), a_story(author)
    delete(author, gone)
    with stop_at(NOON + 30 * DAY):
        assert call(list_deleted_stories, "GET /stories/deleted", author)[1]["stories"] == []
        assert on_story(restore_story, "POST /restore", author, gone)[0] == 404
        assert purge() == {"purged": 1, "failed": 0}
    assert [story.story_id for story in Story.query(author.user_id)] == [kept]


def test_a_malformed_id_is_no_story(author: Caller) -> None:
    status, answer = on_story(restore_story, "POST /restore", author, "story")
    assert (status, answer["code"]) == (404, "story_not_found")


def test_a_purge_deletes_views_and_likes_and_looks_again(aws: MemoryAws, author: Caller) -> None:
    gone, kept, person = a_story(author), a_story(author), a_user()
    for story_id in (gone, kept):
        mark(story_id, person, author)
    for _ in range(2):
        assert on_story_purged.app(purged(gone, author), None) == {"batchItemFailures": []}
    for table in ("story-views", "story-likes"):
        [left] = aws.dynamo.items(f"hoshi-{table}")
        assert left["story_id"] == {"S": kept}
    assert len(aws.sent["stories-story-purged"]) == 2, "late writes are looked for again"
    with stop_at(NOON + 3600):
        on_story_purged.app(purged(gone, author), None)
    assert len(aws.sent["stories-story-purged"]) == 2, "but not for ever"


def test_a_purge_releases_the_upload(author: Caller) -> None:
    for upload_id, stories in (("alone", {"gone"}), ("shared", {"gone", "kept"})):
        Upload(
            upload_id,
            owner_id=author.user_id,
            kind="image",
            purpose="story",
            content_type="image/jpeg",
            object_key="key",
            status="ready",
            post_id="gone",
            post_ids=stories,
            created_at=timestamp(),
            updated_at=timestamp(),
        ).save()
    event = purged("gone", author, "alone", "shared")
    assert media_on_story_purged.app(event, None) == {"batchItemFailures": []}
    assert Upload.find("alone") is None
    left = Upload.find("shared")
    assert left is not None
    assert left.post_ids == {"kept"}


def test_everything_of_an_erased_account_is_deleted(aws: MemoryAws, author: Caller) -> None:
    other = a_user()
    own, others = a_story(author), a_story(other)
    for story_id, owner in ((own, author), (others, other)):
        for person in (author, other):
            mark(story_id, person, owner)
    delete(author, a_story(author))
    for owner, story_id in ((author, own), (other, others)):
        add_own_row(stored(owner, story_id))
        add_story(stored(owner, story_id), [author.user_id, other.user_id])
    for _ in range(2):
        erase(erased_app, author.user_id)
        for table in ("stories", "story-views", "story-likes"):
            [left] = aws.dynamo.items(f"hoshi-{table}")
            assert left["story_id"] == {"S": others}
            assert left.get("user_id", left["author_id"]) == {"S": other.user_id}
        trays = aws.dynamo.items("hoshi-story-trays")
        assert {row["user_id"]["S"] for row in trays} == {other.user_id}


def test_an_export_lists_stories_views_and_likes(author: Caller) -> None:
    other = a_user()
    own, others = a_story(author, caption="Snow"), a_story(other)
    mark(others, author, other)
    mark(own, other, author)
    moment = timestamp(now())
    exported = {topic.name: list(topic.content) for topic in export_of(author.user_id)}
    [story] = exported["stories"]
    assert (story["story_id"], story["caption"], story["media"]["type"]) == (own, "Snow", "image")
    assert exported["story_views"] == [{"story_id": others, "viewed_at": moment}]
    assert exported["story_likes"] == [{"story_id": others, "liked_at": moment}]
