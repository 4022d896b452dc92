"""Highlights on a real table: exactly as many as allowed, and found by their ids."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.access.caller import Caller
from stories import create_highlight, delete_highlight, get_highlight, list_highlights
from stories.highlights import remove_story
from tests.integration.posts.world import a_user, call
from tests.support.stories import a_story

pytestmark = pytest.mark.usefixtures("foundation")

ROUTE = "/highlights/{highlight_id}"


@pytest.fixture(autouse=True)
def five(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account may have five."""
    monkeypatch.setenv("MAX_HIGHLIGHTS", "5")


def create(owner: Caller, *story_ids: str) -> tuple[int, Any]:
    body = {"title": "Winter", "story_ids": list(story_ids)}
    return call(create_highlight.app, "POST /highlights", owner, body=body)


def listed(owner: Caller) -> list[str]:
    path = {"user": owner.user_id}
    _, answer = call(list_highlights.app, "GET /users/{user}/highlights", owner, path=path)
    return [each["id"] for each in answer["highlights"]]


def test_exactly_as_many_as_allowed() -> None:
    owner = a_user()
    story_id = a_story(owner)
    with ThreadPoolExecutor(8) as pool:
        statuses = [status for status, _ in pool.map(lambda _: create(owner, story_id), range(12))]
    assert sorted(statuses) == [*5 * [201], *7 * [409]]
    made = listed(owner)

    def delete(highlight_id: str) -> int:
        path = {"highlight_id": highlight_id}
        return call(delete_highlight.app, f"DELETE {ROUTE}", owner, path=path)[0]

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(delete, made[:1] * 4)) == [200, 404, 404, 404]
    assert [create(owner, story_id)[0] for _ in range(2)] == [201, 409]


def test_a_highlight_is_found_by_its_id_and_loses_what_is_purged() -> None:
    owner, reader = a_user(), a_user()
    gone, kept = a_story(owner), a_story(owner)
    both, alone = (create(owner, *ids)[1]["id"] for ids in ((gone, kept), (gone,)))
    path = {"highlight_id": both}
    assert call(get_highlight.app, f"GET {ROUTE}", reader, path=path)[1]["story_count"] == 2
    remove_story(owner.user_id, gone)
    _, shown = call(get_highlight.app, f"GET {ROUTE}", reader, path=path)
    assert [story["id"] for story in shown["stories"]] == [kept]
    assert listed(owner) == [both] and alone != both
