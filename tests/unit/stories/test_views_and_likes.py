"""Views and likes: one of each person, counted by the streams, listed for the author."""

import pytest

from shared.access.caller import Caller
from shared.clock import stop_at
from shared.dynamodb.tables import Table
from stories import get_story, like_story, list_viewers, unlike_story, visible_stories
from stories.models import Story, StoryLike, StoryView
from stories.on_stories_changed import app as stream_app
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import connect
from tests.support.stories import a_story, on_story, stored
from tests.support.streams import batch, stream_record

NOON = 1_767_614_400.0


@pytest.fixture
def author(aws: MemoryAws) -> Caller:
    return a_user()


def run_stream(*items: Table, removed: bool = False, first: int = 1) -> None:
    records = [
        stream_record(first + number, **{"old" if removed else "new": item})
        for number, item in enumerate(items)
    ]
    stream_app(batch(*records), None)


def views(story_id: str) -> list[StoryView]:
    return list(StoryView.query(story_id))


def test_a_viewer_counts_once_and_the_author_never(author: Caller) -> None:
    story_id, viewer = a_story(author), a_user()
    for route in ("GET", "POST /view", "GET"):
        status, story = on_story(get_story, route, viewer, story_id)
        assert (status, story["is_viewed"]) == (200, True)
        assert (story["view_count"], story["like_count"]) == (None, None)
    _, own = on_story(get_story, "GET", author, story_id)
    assert own["is_viewed"] is False
    [view] = views(story_id)
    assert (view.user_id, view.author_id) == (viewer.user_id, author.user_id)


def test_its_author_need_not_wait_for_the_index(
    author: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    story_id = a_story(author)
    monkeypatch.setattr(visible_stories, "query", lambda *_, **__: ([], None))
    assert on_story(get_story, "GET", author, story_id)[0] == 200
    assert on_story(get_story, "GET", a_user(), story_id)[1]["code"] == "story_not_found"


def test_counts_are_exact_however_often_a_batch_comes(author: Caller) -> None:
    story_id, people = a_story(author), [a_user() for _ in range(3)]
    for person in people:
        on_story(get_story, "GET", person, story_id)
    for person in people[:2]:
        answer = on_story(like_story, "POST /like", person, story_id)
        assert answer == (200, {"message": "Story liked", "liked": True})
    seen, likes = views(story_id), list(StoryLike.query(story_id))
    for _ in range(2):
        run_stream(*seen, *likes)
    run_stream(likes[0], removed=True, first=10)
    story = stored(author, story_id)
    assert (story.view_count, story.like_count) == (3, 1)
    _, own = on_story(get_story, "GET", author, story_id)
    assert (own["view_count"], own["like_count"]) == (3, 1)


def test_likes_and_unlikes_may_be_repeated(author: Caller) -> None:
    story_id, person = a_story(author), a_user()
    for _ in range(2):
        assert on_story(like_story, "POST /like", person, story_id)[0] == 200
    assert on_story(get_story, "GET", person, story_id)[1]["is_liked"] is True
    assert len(list(StoryLike.query(story_id))) == 1
    for _ in range(2):
        answer = on_story(unlike_story, "DELETE /like", person, story_id)
        assert answer == (200, {"message": "Story unliked", "liked": False})
    assert list(StoryLike.query(story_id)) == []


def test_viewers_are_listed_latest_first_with_their_likes(author: Caller) -> None:
    with stop_at(NOON):
        story_id = a_story(author)
    people = [a_user() for _ in range(4)]
    for number, person in enumerate(people):
        with stop_at(NOON + number + 1):
            on_story(get_story, "GET", person, story_id)
    with stop_at(NOON + 60):
        on_story(like_story, "POST /like", people[1], story_id)
        connect(people[3], "blocks", author)
        Story(author.user_id, story_id).update(actions=[Story.view_count.set(4)])
        status, first = on_story(
            list_viewers, "GET /viewers", author, story_id, query={"limit": "3"}
        )
        assert (status, first["view_count"]) == (200, 4), "who is hidden is counted"
        following = {"limit": "3", "cursor": first["next_cursor"]}
        _, second = on_story(list_viewers, "GET /viewers", author, story_id, query=following)
    listed = [*first["viewers"], *second["viewers"]]
    assert [each["user"]["id"] for each in listed] == [
        person.user_id for person in (people[2], people[1], people[0])
    ]
    assert [each["liked"] for each in listed] == [False, True, False]
    assert listed[0]["viewed_at"] == "2026-01-05T12:00:03.000Z"
    assert second["next_cursor"] is None
