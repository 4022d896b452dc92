"""Trays on real tables, streams and queues: late, repeated and parallel deliveries end right."""

import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from notifications import notify_followers
from notifications import on_story_created as notifications_on_story_created
from notifications.models import Notification
from shared.access.caller import Caller
from stories import (
    delete_story,
    fan_out_story,
    get_story,
    get_story_feed,
    on_stories_changed,
    on_story_created,
    on_user_followed,
    restore_story,
    sync_tray,
)
from stories.models import StoryTray
from tests.integration.posts.world import (
    a_user,
    call,
    consume,
    deliver,
    follow,
    stream_records,
    take,
    unfollow,
)
from tests.support.stories import a_story
from users import edit_follow, follow_user
from users.models import User

pytestmark = pytest.mark.usefixtures("foundation")

PEOPLE, STORIES = 12, 4


def about(text: str) -> Callable[[dict[str, Any]], bool]:
    return lambda body: text in json.dumps(body)


def bodies(queue: str, text: str) -> list[str]:
    """The messages of a queue that name somebody or something."""
    return [message["body"] for message in take(queue, about(text))]


def fan_out_jobs(author: Caller) -> list[str]:
    """The jobs that follow from all changes of an author's stories so far."""
    deliver(on_stories_changed.app, stream_records("stories", author.user_id))
    consume(on_story_created.app, *bodies("stories-story-created", author.user_id))
    return bodies("story-fan-out", author.user_id)


def tray_of(reader: Caller) -> list[dict[str, Any]]:
    status, page = call(get_story_feed.app, "GET /stories/feed", reader)
    assert status == 200, page
    return list(page["trays"])


def look(reader: Caller, story_id: str) -> None:
    path = {"story_id": story_id}
    assert call(get_story.app, "GET /stories/{story_id}", reader, path=path)[0] == 200


def sync_views(*story_ids: str) -> list[str]:
    """Deliver the streams of these stories' views; return the jobs that follow."""
    for story_id in story_ids:
        deliver(on_stories_changed.app, stream_records("story-views", story_id))
    return bodies("story-trays", "author_id")


def test_any_order_of_jobs_and_views_ends_right() -> None:
    author, people = a_user(), [a_user() for _ in range(PEOPLE)]
    for person in people:
        follow(person, author)
    stories = [a_story(author) for _ in range(STORIES)]
    jobs = fan_out_jobs(author)
    assert len(jobs) == STORIES
    watched = {person: stories[: index % (STORIES + 1)] for index, person in enumerate(people)}
    for person, seen in watched.items():
        for story_id in seen:
            look(person, story_id)
    syncs = sync_views(*stories)
    work = [partial(consume, fan_out_story.app, job) for job in jobs * 2]
    work += [partial(consume, sync_tray.app, job) for job in syncs * 2]
    random.Random(7).shuffle(work)
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(each) for each in work]:
            done.result()
    for person, seen in watched.items():
        row = StoryTray.find(person.user_id, author.user_id, consistent=True)
        assert row
        assert (row.rank or "")[0] == ("0" if len(seen) == STORIES else "1")
        assert row.latest.endswith(stories[-1])
        [tray] = tray_of(person)
        assert [story["id"] for story in tray["stories"]] == stories
        assert [story["is_viewed"] for story in tray["stories"]] == [s in seen for s in stories]
        assert tray["all_seen"] is (len(seen) == STORIES)


def test_follows_and_restored_stories_fill_trays() -> None:
    author, early, late = a_user(), a_user(), a_user()
    follow(early, author)
    story_id = a_story(author)
    consume(fan_out_story.app, *fan_out_jobs(author))
    path = {"story_id": story_id}
    assert call(delete_story.app, "DELETE /stories/{story_id}", author, path=path)[0] == 200
    assert tray_of(early) == []
    follow(late, author)
    data = {"follower_id": late.user_id, "follower_username": late.username, "since": "x"}
    followed = {
        "event_id": "e",
        "type": "user.followed",
        "version": 1,
        "occurred_at": "2026-01-05T12:00:00.000Z",
        "actor": late.user_id,
        "data": {**data, "followed_id": author.user_id},
    }
    consume(on_user_followed.app, followed)
    assert tray_of(late) == []
    route = "POST /stories/{story_id}/restore"
    assert call(restore_story.app, route, author, path=path)[0] == 200
    assert len(tray_of(early)) == 1
    consume(fan_out_story.app, *fan_out_jobs(author))
    assert [tray["user_id"] for tray in tray_of(late)] == [author.user_id]
    unfollow(late, author)
    assert tray_of(late) == []
    consume(on_user_followed.app, followed)  # delivered again, when it is no longer so
    assert StoryTray.find(late.user_id, author.user_id, consistent=True) is None


def test_who_asked_is_notified_however_many_follow() -> None:
    author, asking, silent = a_user(follower_count=5000), a_user(), a_user()
    path = {"user": author.user_id}
    body = {"notify_stories": False}
    route = "/users/{user}/follow"
    for person in (asking, silent):
        assert call(follow_user.app, f"POST {route}", person, path=path, body=body)[0] == 200
    body = {"notify_stories": True}
    assert call(edit_follow.app, f"PUT {route}", asking, path=path, body=body)[0] == 200
    assert User.get(author.user_id).follower_count == 5000
    a_story(author)
    deliver(on_stories_changed.app, stream_records("stories", author.user_id))
    created = bodies("notifications-story-created", author.user_id)
    consume(notifications_on_story_created.app, *created)
    [job] = bodies("story-notifications", author.user_id)
    assert json.loads(job)["user_ids"] == [asking.user_id]
    consume(notify_followers.app, job, job)
    [entry] = Notification.query(asking.user_id)
    assert entry.type == "story.created"
    assert not list(Notification.query(silent.user_id))
