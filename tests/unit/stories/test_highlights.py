"""Highlights: their bounds, what each viewer sees of them, and the end of their stories."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from shared.access.caller import Caller
from shared.clock import now, stop_at
from shared.ids import new_id
from stories import (
    create_highlight,
    delete_highlight,
    edit_highlight,
    get_highlight,
    get_story,
    highlights,
    list_highlights,
    restore_story,
    visible_highlights,
)
from stories import list_highlights as listing
from stories.deletions import delete_story
from stories.highlights import remove_story
from stories.models import SIZE, Highlight, StoryView
from stories.visibility import LIFE
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_picture, call, connect
from tests.support.stories import a_highlight, a_story, on_story, stored

type Answer = tuple[int, Any]


@pytest.fixture
def owner(aws: MemoryAws, noon: float, settings: pytest.MonkeyPatch) -> Caller:
    settings.setenv("MAX_HIGHLIGHTS", "3")
    return a_user()


def create(owner: Caller, *story_ids: str, **body: Any) -> Answer:
    given = {"title": "Winter", "story_ids": list(story_ids), **body}
    return call(create_highlight, "POST /highlights", owner, body=given)


def change(owner: Caller, highlight_id: str, **body: Any) -> Answer:
    path = {"highlight_id": highlight_id}
    return call(edit_highlight, "PUT /highlights/{highlight_id}", owner, path=path, body=body)


def delete(owner: Caller, highlight_id: str) -> Answer:
    path = {"highlight_id": highlight_id}
    return call(delete_highlight, "DELETE /highlights/{highlight_id}", owner, path=path)


def read(viewer: Caller, highlight_id: str, **query: str) -> Answer:
    path = {"highlight_id": highlight_id}
    route = "GET /highlights/{highlight_id}"
    return call(get_highlight, route, viewer, path=path, query=query)


def listed(viewer: Caller, owner: Caller, **query: str) -> Any:
    path, route = {"user": owner.user_id}, "GET /users/{user}/highlights"
    return call(list_highlights, route, viewer, path=path, query=query)[1]


def entries(owner: Caller) -> int:
    size = Highlight.find(owner.user_id, SIZE)
    return int(size.entries) if size else 0


def ids(answer: Any) -> list[str]:
    return [story["id"] for story in answer["stories"]]


def a_story_with(owner: Caller, name: str, **given: Any) -> str:
    """A story whose picture has a name."""
    media = {**a_picture(), "thumbnail": None, "variants": {"640": f"media/{name}/640.jpg"}}
    return a_story(owner, media=media, **given)


def test_a_highlight_shows_its_stories_oldest_first(owner: Caller) -> None:
    first, second = a_story_with(owner, "first"), a_story_with(owner, "second")
    status, made = create(owner, second, first, second, title="  Schön  ")
    assert (status, made["title"], made["story_count"]) == (201, "Schön", 2)
    assert "media/first/640.jpg" in made["cover_url"]
    reader = a_user()
    status, shown = read(reader, made["id"])
    assert (status, ids(shown), shown["next_cursor"]) == (200, [first, second], None)
    assert {name: shown[name] for name in made} == made
    [entry] = listed(reader, owner)["highlights"]
    assert entry == made


def test_its_pages(owner: Caller) -> None:
    stories = [a_story(owner) for _ in range(5)]
    made = create(owner, *stories)[1]
    seen, cursor = [], {}
    for _ in range(3):
        _, shown = read(owner, made["id"], limit="2", **cursor)
        assert shown["story_count"] == 5
        seen += ids(shown)
        cursor = {"cursor": shown["next_cursor"]}
    assert (seen, shown["next_cursor"]) == (stories, None)


def test_looking_at_a_highlight_is_no_view(owner: Caller) -> None:
    story_id, reader = a_story(owner), a_user()
    highlight_id = a_highlight(owner, story_id)
    assert read(reader, highlight_id)[1]["stories"][0]["is_viewed"] is False
    assert list(StoryView.query(story_id)) == []
    on_story(get_story, "GET", reader, story_id)
    assert read(reader, highlight_id)[1]["stories"][0]["is_viewed"] is True


def test_a_story_lives_there_past_its_day(owner: Caller) -> None:
    story_id, reader = a_story(owner), a_user()
    highlight_id = create(owner, story_id)[1]["id"]
    with stop_at(now() + 400 * LIFE):
        [story] = read(reader, highlight_id)[1]["stories"]
        assert (story["is_expired"], bool(story["media"]["url"])) == (True, True)
        assert on_story(get_story, "GET", reader, story_id)[0] == 410
        assert create(owner, story_id)[0] == 201


def test_count_and_cover_are_of_what_the_viewer_may_see(owner: Caller) -> None:
    secret = a_story_with(owner, "secret", close_friends_only=True)
    plain = a_story_with(owner, "plain")
    friend, reader = a_user(), a_user()
    connect(owner, "close_friend", friend)
    mixed = create(owner, secret, plain, cover_story_id=secret)[1]["id"]
    hidden = create(owner, secret)[1]["id"]
    for viewer, stories, cover in (
        (owner, [secret, plain], "secret"),
        (friend, [secret, plain], "secret"),
        (reader, [plain], "plain"),
    ):
        _, shown = read(viewer, mixed)
        assert (ids(shown), shown["story_count"]) == (stories, len(stories))
        assert f"media/{cover}/" in shown["cover_url"]
        found = {each["id"]: each for each in listed(viewer, owner)["highlights"]}
        assert found[mixed]["story_count"] == len(stories)
        assert f"media/{cover}/" in found[mixed]["cover_url"]
        assert (hidden in found) is (viewer is not reader)
    assert secret not in str(read(reader, mixed)) + str(listed(reader, owner))
    assert read(reader, hidden)[1]["code"] == "highlight_not_found"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 51}, "title"),
        ({"title": "\u202eevil"}, "title"),
        ({"title": "\u200b"}, "title"),
        ({"story_ids": []}, "story_ids"),
        ({"story_ids": [f"01KAEJ8V0X2Y4Z6A8B0C1D{n:04}" for n in range(101)]}, "story_ids"),
        ({"story_ids": ["story"]}, "story_ids.0"),
        ({"cover_story_id": "01KAEJ8V0X2Y4Z6A8B0C1D3E5F"}, "cover_story_id"),
    ],
)
def test_bounds(owner: Caller, body: dict[str, Any], field: str) -> None:
    story_id = a_story(owner)
    highlight_id = a_highlight(owner, story_id)
    for status, answer in (create(owner, story_id, **body), change(owner, highlight_id, **body)):
        assert (status, answer["code"]) == (400, "invalid_input")
        assert [each["field"] for each in answer["details"]] == [field]
    assert entries(owner) == 0


@pytest.mark.parametrize(
    ("a_bad_story", "code"),
    [
        (lambda owner: a_story(a_user()), "story_not_found"),
        (lambda owner: new_id(), "story_not_found"),
        (lambda owner: a_story(owner, deleted_at="2026-01-05T12:00:00.000Z"), "story_not_found"),
        (lambda owner: a_story(owner, status="processing"), "invalid_input"),
        (lambda owner: a_story(owner, status="failed"), "invalid_input"),
    ],
)
def test_only_own_stories_that_are_there(
    owner: Caller, a_bad_story: Callable[[Caller], str], code: str
) -> None:
    good, bad = a_story(owner), a_bad_story(owner)
    highlight_id = a_highlight(owner, good)
    assert create(owner, good, bad)[1]["code"] == code
    assert change(owner, highlight_id, story_ids=[good, bad])[1]["code"] == code
    assert entries(owner) == 0


def test_there_are_at_most_so_many(owner: Caller) -> None:
    story_id = a_story(owner)
    made = [create(owner, story_id)[1]["id"] for _ in range(3)]
    status, answer = create(owner, story_id)
    assert (status, answer["code"]) == (409, "limit_reached")
    assert delete(owner, made[0])[0] == 200
    assert delete(owner, made[0])[1]["code"] == "highlight_not_found"
    assert create(owner, story_id)[0] == 201
    assert create(owner, story_id)[0] == 409
    assert entries(owner) == 3


def test_a_repeated_key_makes_one_highlight(owner: Caller) -> None:
    body = {"title": "Winter", "story_ids": [a_story(owner)]}
    headers = {"Idempotency-Key": "one"}
    answers = [
        call(create_highlight, "POST /highlights", owner, body=body, headers=headers)[1]
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert entries(owner) == 1


def test_an_edit_changes_what_it_names(owner: Caller) -> None:
    first, second, third = (a_story_with(owner, name) for name in ("one", "two", "three"))
    highlight_id = create(owner, first, second, cover_story_id=second)[1]["id"]
    with stop_at(now() + 60):
        _, edited = change(owner, highlight_id, title="Spring")
    assert (edited["title"], edited["story_count"]) == ("Spring", 2)
    assert "media/two/" in edited["cover_url"]
    assert edited["created_at"] < edited["updated_at"]
    _, edited = change(owner, highlight_id, story_ids=[third, second])
    assert (edited["title"], ids(read(owner, highlight_id)[1])) == ("Spring", [second, third])
    assert "media/two/" in edited["cover_url"], "the cover is still one of them"
    _, edited = change(owner, highlight_id, cover_story_id=third)
    assert "media/three/" in edited["cover_url"]
    change(owner, highlight_id, story_ids=[first, second])
    assert "media/one/" in read(owner, highlight_id)[1]["cover_url"]
    _, edited = change(owner, highlight_id, story_ids=[first, third])
    assert "media/one/" in edited["cover_url"], "a cover that left does not come back"
    _, edited = change(owner, highlight_id, story_ids=[second, third], cover_story_id=third)
    assert "media/three/" in edited["cover_url"]


def test_an_edit_to_what_is_so_already_changes_nothing(owner: Caller) -> None:
    first, second = a_story(owner), a_story(owner)
    highlight_id = create(owner, first, second, cover_story_id=second)[1]["id"]
    before = Highlight.get(owner.user_id, highlight_id).attribute_values
    same = {"title": before["title"], "story_ids": [first, second], "cover_story_id": second}
    with stop_at(now() + 60):
        for body in (same, {"title": before["title"]}, {}):
            assert change(owner, highlight_id, **body)[0] == 200
    assert Highlight.get(owner.user_id, highlight_id).attribute_values == before


def test_an_edit_does_not_undo_a_purge(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, kept, new = (a_story(owner) for _ in range(3))
    highlight_id = create(owner, gone, kept)[1]["id"]
    check, calls = edit_highlight.check_cover, []

    def purge_first(*given: Any) -> None:
        if not calls:
            remove_story(owner.user_id, gone)
        calls.append(1)
        check(*given)

    monkeypatch.setattr(edit_highlight, "check_cover", purge_first)
    status, answer = change(owner, highlight_id, cover_story_id=gone)
    assert (status, answer["code"], len(calls)) == (400, "invalid_input", 2)
    assert ids(read(owner, highlight_id)[1]) == [kept]
    assert new not in str(answer)


def test_a_deleted_story_is_gone_at_once_and_comes_back(owner: Caller) -> None:
    first, second = a_story_with(owner, "first"), a_story_with(owner, "second")
    highlight_id, reader = create(owner, first, second)[1]["id"], a_user()
    delete_story(stored(owner, first))
    for viewer in (owner, reader):
        _, shown = read(viewer, highlight_id)
        assert (ids(shown), shown["story_count"]) == ([second], 1)
        assert "media/second/" in shown["cover_url"]
    delete_story(stored(owner, second))
    assert read(reader, highlight_id)[0] == 404
    assert listed(reader, owner)["highlights"] == []
    _, shown = read(owner, highlight_id)
    assert (shown["story_count"], shown["cover_url"], shown["stories"]) == (0, None, [])
    on_story(restore_story, "POST /restore", owner, first)
    assert ids(read(reader, highlight_id)[1]) == [first]


def test_a_purged_story_leaves_its_highlights(owner: Caller) -> None:
    gone, kept = a_story(owner), a_story(owner)
    both = create(owner, gone, kept, cover_story_id=gone)[1]["id"]
    alone, other = create(owner, gone)[1]["id"], create(owner, kept)[1]["id"]
    for _ in range(2):
        remove_story(owner.user_id, gone)
    left = {each["id"]: each["story_count"] for each in listed(owner, owner)["highlights"]}
    assert left == {both: 1, other: 1}
    assert alone not in left
    item = Highlight.get(owner.user_id, both)
    assert (item.story_ids, item.cover_story_id) == ([kept], None)
    assert entries(owner) == 2


def test_a_purge_does_not_undo_an_edit(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, kept = a_story(owner), a_story(owner)
    highlight_id = create(owner, gone)[1]["id"]
    remove, calls = highlights.delete_highlight, []

    def edited_first(highlight: Highlight) -> None:
        if not calls:
            change(owner, highlight_id, story_ids=[gone, kept])
        calls.append(1)
        remove(highlight)

    monkeypatch.setattr(highlights, "delete_highlight", edited_first)
    remove_story(owner.user_id, gone)
    assert (ids(read(owner, highlight_id)[1]), entries(owner)) == ([kept], 1)


def test_a_list_is_newest_first_and_ends_early(
    owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_MOST_STORIES", 5)
    stories = [a_story(owner) for _ in range(3)]
    made = [create(owner, *stories[: count + 1])[1]["id"] for count in range(3)]
    Highlight(owner.user_id, SIZE, entries=3).save()
    first = listed(a_user(), owner, limit="2")
    assert [each["id"] for each in first["highlights"]] == made[:0:-1]
    reader = a_user()
    seen, cursor = [], {}
    for _ in range(2):
        page = listed(reader, owner, limit="100", **cursor)
        seen += [each["id"] for each in page["highlights"]]
        cursor = {"cursor": page["next_cursor"]}
    assert (seen, page["next_cursor"]) == (made[::-1], None)


def test_its_owner_need_not_wait_for_the_index(
    owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create(owner, a_story(owner))[1]["id"]
    monkeypatch.setattr(visible_highlights, "query", lambda *_, **__: ([], None))
    assert read(owner, made)[0] == 200
    assert read(a_user(), made)[1]["code"] == "highlight_not_found"


def test_a_malformed_id_is_no_highlight(owner: Caller) -> None:
    for highlight_id in ("highlight", SIZE, new_id()):
        assert read(owner, highlight_id)[1]["code"] == "highlight_not_found"


def test_a_page_does_not_say_that_something_is_hidden(owner: Caller) -> None:
    """Neither by its length nor by its cursor."""
    public, hidden = a_story(owner), a_story(owner, close_friends_only=True)
    made = [a_highlight(owner, each) for each in (public, hidden, hidden, public, hidden, hidden)]
    reader, hidden_from = a_user(), a_user()
    connect(owner, "hides_story_from", hidden_from)
    first = listed(reader, owner, limit="1")
    assert [each["id"] for each in first["highlights"]] == [made[3]]
    assert made[3].encode() in base64.urlsafe_b64decode(first["next_cursor"] + "==")
    # Its end shows at once, though two more follow that the reader may not see.
    second = listed(reader, owner, limit="1", cursor=first["next_cursor"])
    assert [each["id"] for each in second["highlights"]] == [made[0]]
    assert second["next_cursor"] is None
    assert listed(hidden_from, owner, limit="1") == {"highlights": [], "next_cursor": None}
