"""From upload to purge, on real tables, streams and queues."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from media import on_story_purged as media_on_story_purged
from media.models import Upload
from notifications import on_event
from notifications.visible_notifications import page_of
from shared.access.caller import Caller
from shared.clock import now, stop_at
from stories import (
    create_story,
    delete_story,
    get_story,
    like_story,
    list_user_stories,
    list_viewers,
    on_stories_changed,
    on_story_purged,
    purge_stories,
)
from stories.models import Story, StoryLike, StoryView
from tests.integration.posts.world import (
    a_user,
    an_upload,
    call,
    consume,
    deliver,
    stream_records,
    take,
)
from tests.support.gateway import LambdaContext
from users.models import Claim

pytestmark = pytest.mark.usefixtures("foundation")

PEOPLE = 20
DAY = 86400


def on_story(handler: Any, route: str, caller: Caller, story_id: str) -> tuple[int, Any]:
    return call(handler.app, route, caller, path={"story_id": story_id})


def stored(author: Caller, story_id: str) -> Story:
    story = Story.find(author.user_id, story_id, consistent=True)
    assert story is not None
    return story


def bodies(queue: str, story_id: str) -> list[str]:
    """The messages of a queue about the story."""
    return [message["body"] for message in take(queue, lambda body: story_id in json.dumps(body))]


def test_from_upload_to_purge() -> None:
    author, crowd = a_user(), [a_user() for _ in range(PEOPLE)]
    Claim(f"username#{crowd[0].username}", user_id=crowd[0].user_id).save()
    upload_id = an_upload(author, purpose="story")
    body = {"upload_id": upload_id, "caption": f"With @{crowd[0].username}"}
    status, story = call(create_story.app, "POST /stories", author, body=body)
    assert status == 201, story
    story_id = story["id"]

    def look(person: Caller) -> None:
        assert on_story(get_story, "GET /stories/{story_id}", person, story_id)[0] == 200

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(look, crowd * 2))
    on_story(like_story, "POST /stories/{story_id}/like", crowd[1], story_id)

    views = stream_records("story-views", story_id)
    assert len(views) == PEOPLE
    for records in (views[:12], views[:12], views[7:]):  # replayed, overlapping
        deliver(on_stories_changed.app, records)
    deliver(on_stories_changed.app, stream_records("story-likes", story_id))
    deliver(on_stories_changed.app, stream_records("stories", author.user_id))
    counted = stored(author, story_id)
    assert (counted.view_count, counted.like_count) == (PEOPLE, 1)

    consume(on_event.app, *bodies("notifications", story_id))
    for reader, kind in ((author, "story.liked"), (crowd[0], "story.mentioned")):
        [shape] = page_of(reader.user_id, 20, None).shapes
        assert (shape["type"], shape["entity_id"]) == (kind, story_id)

    route = "GET /users/{user}/stories"
    status, listed = call(list_user_stories.app, route, crowd[2], path={"user": author.user_id})
    assert (status, [each["id"] for each in listed["stories"]]) == (200, [story_id])
    _, viewers = on_story(list_viewers, "GET /stories/{story_id}/viewers", author, story_id)
    liked = [each["user"]["id"] for each in viewers["viewers"] if each["liked"]]
    assert (len(viewers["viewers"]), liked) == (PEOPLE, [crowd[1].user_id])

    assert on_story(delete_story, "DELETE /stories/{story_id}", author, story_id)[0] == 200
    assert on_story(get_story, "GET /stories/{story_id}", crowd[0], story_id)[0] == 404
    with stop_at(now() + 31 * DAY):
        assert purge_stories.app({}, LambdaContext(remaining=60_000))["failed"] == 0
    deliver(on_stories_changed.app, stream_records("stories", author.user_id)[-1:])
    consume(media_on_story_purged.app, *bodies("media-story-purged", story_id))
    consume(on_story_purged.app, *bodies("stories-story-purged", story_id))
    assert Story.find(author.user_id, story_id, consistent=True) is None
    assert Upload.find(upload_id, consistent=True) is None
    assert not list(StoryView.query(story_id)) and not list(StoryLike.query(story_id))
