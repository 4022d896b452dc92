"""Adding a story that mentions oneself to one's own, without showing it to anybody else."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from shared.dynamodb.changes import Change
from stories import (
    attachments,
    create_highlight,
    create_story,
    delete_story,
    get_story,
    get_story_feed,
    list_archive,
    list_deleted_stories,
    list_user_stories,
)
from stories.deletions import delete_story as delete
from stories.models import Story
from stories.on_stories_changed import story_events
from stories.personal_data import export_of
from stories.public import audience_among, has_story, visible_ids
from stories.trays import add_story
from stories.visibility import LIFE
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_picture, call, connect
from tests.support.stories import a_story, on_story, stored
from users.models import User

DELETED_AT = "2026-01-05T12:00:00.000Z"


@pytest.fixture(autouse=True)
def limits(aws: MemoryAws, noon: float, settings: pytest.MonkeyPatch) -> None:
    """AWS in memory, a stopped clock, and the limits of a story."""
    for name, value in (("HASHTAGS", "30"), ("MENTIONS", "20"), ("STORY_SECONDS", "60")):
        settings.setenv(f"MAX_{name}", value)


@pytest.fixture
def author() -> Caller:
    return a_user()


@pytest.fixture
def friend() -> Caller:
    return a_user()


def share(person: Caller, story_id: str, **body: Any) -> tuple[int, Any]:
    given = {"shared_story_id": story_id, **body}
    return call(create_story, "POST /stories", person, body=given)


def change_account(person: Caller, **given: Any) -> None:
    User(person.user_id).update(actions=[getattr(User, k).set(v) for k, v in given.items()])


def seen(viewer: Caller, owner: Caller, story_id: str) -> bool:
    """Whether the viewer sees the story, which every route must agree about."""
    status, answer = on_story(get_story, "GET", viewer, story_id)
    path = {"user": owner.user_id}
    route = "GET /users/{user}/stories"
    listed = story_id in str(call(list_user_stories, route, viewer, path=path)[1])
    by_id = visible_ids(viewer, {story_id: owner.user_id}) == {story_id}
    assert listed is by_id is (status == 200), answer
    if status != 200:
        assert answer["code"] == "story_not_found"
    if viewer == owner:
        archive = call(list_archive, "GET /stories/archive", viewer)[1]
        assert (story_id in str(archive)) is by_id
    return by_id


def test_a_shared_story_shows_the_same_and_names_its_author(author: Caller, friend: Caller) -> None:
    media = {**a_picture(), "alt_text": "A lake", "blurhash": "LEHV6nWB2yk8"}
    story_id = a_story(author, mentions=[friend.user_id], media=media)
    _, original = on_story(get_story, "GET", friend, story_id)
    assert (original["can_add_to_story"], original["shared_story"]) == (True, None)
    status, made = share(friend, story_id, caption="Look", filter_name="warm")
    assert status == 201, made
    assert (made["author_id"], made["media"]) == (friend.user_id, original["media"])
    assert made["shared_story"]["story_id"] == story_id
    assert made["shared_story"]["author"]["id"] == author.user_id
    kept = stored(friend, made["id"]).media
    assert (kept["alt_text"], kept["blurhash"]) == (None, None), "they must end with the original"
    reader = a_user()
    _, shown = on_story(get_story, "GET", reader, made["id"])
    assert (shown["shared_story"], shown["media"]) == (made["shared_story"], original["media"])
    assert (shown["caption"], shown["can_add_to_story"]) == ("Look", False)
    assert seen(friend, friend, made["id"])


@pytest.mark.parametrize(
    ("arrange", "code"),
    [
        (lambda author, friend: {"mentions": []}, "sharing_not_allowed"),
        (lambda author, friend: {"mentions": [author.user_id]}, "sharing_not_allowed"),
        (lambda author, friend: {"close_friends_only": True}, "sharing_not_allowed"),
        (lambda author, friend: {"shared_story": {}}, "sharing_not_allowed"),
        (lambda author, friend: {"status": "processing"}, "story_not_found"),
        (lambda author, friend: {"deleted_at": DELETED_AT}, "story_not_found"),
        (lambda author, friend: connect(author, "hides_story_from", friend), "story_not_found"),
        (lambda author, friend: connect(author, "blocks", friend), "story_not_found"),
        (lambda author, friend: change_account(author, is_private=True), "sharing_not_allowed"),
        (lambda author, friend: change_account(author, status="banned"), "story_not_found"),
    ],
)
def test_who_may_not_add_it(
    author: Caller, friend: Caller, arrange: Callable[[Caller, Caller], Any], code: str
) -> None:
    connect(friend, "follows", author)
    connect(author, "close_friend", friend)
    given = arrange(author, friend) or {}
    if "shared_story" in given:
        third = a_user()
        original = a_story(third)
        given = {"shared_story": {"story_id": original, "author_id": third.user_id}}
    story_id = a_story(author, **{"mentions": [friend.user_id], **given})
    assert share(friend, story_id)[1]["code"] == code
    status, answer = on_story(get_story, "GET", friend, story_id)
    assert (status, answer.get("can_add_to_story")) in ((200, False), (404, None))
    assert not list(Story.query(friend.user_id))


def test_its_author_does_not_add_it_again(author: Caller) -> None:
    story_id = a_story(author, mentions=[author.user_id])
    assert share(author, story_id)[1]["code"] == "sharing_not_allowed"


def test_it_can_be_added_while_it_lives(author: Caller, friend: Caller) -> None:
    story_id = a_story(author, mentions=[friend.user_id])
    with stop_at(now() + LIFE - 1):
        made = share(friend, story_id)[1]["id"]
    with stop_at(now() + LIFE):
        assert share(friend, story_id)[1]["code"] == "story_expired"
        assert seen(a_user(), friend, made), "it has 24 hours of its own"


@pytest.mark.parametrize(
    "hide",
    [
        lambda author, reader: connect(author, "hides_story_from", reader),
        lambda author, reader: connect(author, "blocks", reader),
        lambda author, reader: connect(reader, "blocks", author),
        lambda author, reader: change_account(author, is_private=True),
        lambda author, reader: change_account(author, status="banned"),
        lambda author, reader: change_account(author, status="deleted"),
    ],
)
def test_it_is_shown_to_the_audience_of_both(
    author: Caller, friend: Caller, hide: Callable[[Caller, Caller], None]
) -> None:
    story_id = a_story(author, mentions=[friend.user_id])
    made, reader = share(friend, story_id)[1]["id"], a_user()
    assert seen(reader, friend, made)
    hide(author, reader)
    assert not seen(reader, friend, made)


def test_followers_of_both_sides_are_asked_about(author: Caller, friend: Caller) -> None:
    """Notifications, profiles and trays ask about a shared story by ways of their own."""
    reader, hidden = a_user(), a_user()
    connect(author, "hides_story_from", hidden)
    plain = a_story(friend)
    made = share(friend, a_story(author, mentions=[friend.user_id]))[1]["id"]
    both = [reader.user_id, hidden.user_id]
    assert audience_among(friend.user_id, made, both) == {reader.user_id}
    for viewer in (reader, hidden):
        connect(viewer, "follows", friend)
        add_story(stored(friend, made), [viewer.user_id])
        assert has_story(viewer, friend.user_id), "the plain one"
        [tray] = call(get_story_feed, "GET /stories/feed", viewer)[1]["trays"]
        shown = [story["id"] for story in tray["stories"]]
        assert shown == ([plain, made] if viewer is reader else [plain])
    delete(stored(friend, plain))
    assert [has_story(each, friend.user_id) for each in (reader, hidden)] == [True, False]
    Story(friend.user_id, made).update(actions=[Story.status.set("processing")])
    assert not has_story(friend, friend.user_id)


def test_it_keeps_the_audience_of_the_one_who_shares(author: Caller, friend: Caller) -> None:
    story_id = a_story(author, mentions=[friend.user_id])
    made = share(friend, story_id, close_friends_only=True)[1]["id"]
    assert not seen(a_user(), friend, made)


def test_it_is_gone_for_everyone_with_the_original(author: Caller, friend: Caller) -> None:
    story_id = a_story(author, mentions=[friend.user_id])
    made, reader = share(friend, story_id)[1]["id"], a_user()
    on_story(delete_story, "DELETE", friend, made)
    assert made in str(call(list_deleted_stories, "GET /stories/deleted", friend)[1])
    again = share(friend, story_id)[1]["id"]
    delete(stored(author, story_id))
    for viewer in (friend, reader):
        assert not seen(viewer, friend, again)
    assert call(list_deleted_stories, "GET /stories/deleted", friend)[1]["stories"] == []
    Story(author.user_id, story_id).delete()
    assert not seen(friend, friend, again)


def test_a_block_by_the_author_takes_it_from_the_one_who_shares(
    author: Caller, friend: Caller
) -> None:
    made = share(friend, a_story(author, mentions=[friend.user_id]))[1]["id"]
    connect(author, "blocks", friend)
    assert not seen(friend, friend, made)


def test_an_original_that_is_deleted_just_then_is_not_shared(
    author: Caller, friend: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    story_id = a_story(author, mentions=[friend.user_id])
    may_add = attachments.may_add_to_own

    def deleted_first(visible: Any) -> bool:
        delete(stored(author, story_id))
        return may_add(visible)

    monkeypatch.setattr(attachments, "may_add_to_own", deleted_first)
    assert share(friend, story_id)[1]["code"] == "story_not_found"
    assert not list(Story.query(friend.user_id))


def test_its_purge_leaves_the_upload_alone(author: Caller, friend: Caller) -> None:
    made = share(friend, a_story(author, mentions=[friend.user_id]))[1]["id"]
    shared = stored(friend, made)
    [_, (_, purged)] = story_events(Change(shared, None, "1", "record", timestamp()))
    assert getattr(purged, "upload_ids", None) == []


def test_another_accounts_story_is_not_highlighted(author: Caller, friend: Caller) -> None:
    made = share(friend, a_story(author, mentions=[friend.user_id]))[1]["id"]
    body = {"title": "Mine", "story_ids": [made]}
    status, answer = call(create_highlight, "POST /highlights", friend, body=body)
    assert (status, answer["code"]) == (400, "invalid_input")


def test_an_export_names_only_the_other_story(author: Caller, friend: Caller) -> None:
    story_id = a_story(author, mentions=[friend.user_id])
    share(friend, story_id)
    topics = {topic.name: list(topic.content) for topic in export_of(friend.user_id)}
    [story] = topics["stories"]
    about = {"story_id": story_id, "author_id": author.user_id}
    assert (story["shared_story"], story["media"]) == (about, None)


@pytest.mark.parametrize(
    "body",
    [{}, {"upload_id": "01KAEJ8V0X2Y4Z6A8B0C1D3E5F"}, {"media_url": "x"}, {"media_type": "video"}],
)
def test_a_story_shows_one_thing(author: Caller, friend: Caller, body: dict[str, Any]) -> None:
    story_id = a_story(author, mentions=[friend.user_id])
    given = {"shared_story_id": story_id, **body} if body else {"caption": "Words alone"}
    status, answer = call(create_story, "POST /stories", friend, body=given)
    assert (status, answer["code"]) == (400, "invalid_input")
