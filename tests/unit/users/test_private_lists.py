"""The private lists: muted accounts, close friends, and people stories are hidden from."""

from typing import Any

import pytest

from shared.errors import UserNotFound
from shared.http.endpoint import Endpoint
from tests.support.memory_aws import MemoryAws
from tests.support.people import Call, Join, as_caller, block, edges_of
from users import private_lists
from users.add_close_friend import app as add_app
from users.hide_story_from import app as hide_app
from users.list_close_friends import app as friends_app
from users.list_hidden_from import app as hidden_app
from users.list_muted import app as muted_app
from users.models import Relationship, User, edge
from users.mute_user import app as mute_app
from users.public import relation
from users.remove_close_friend import app as remove_app
from users.show_story_to import app as show_app
from users.unmute_user import app as unmute_app

LISTS = pytest.mark.parametrize(
    ("put", "take", "show", "name", "kind"),
    [
        pytest.param(mute_app, unmute_app, muted_app, "muted", "mutes", id="muted"),
        pytest.param(
            add_app, remove_app, friends_app, "close_friends", "close_friend", id="close_friends"
        ),
        pytest.param(
            hide_app, show_app, hidden_app, "hide_story", "hides_story_from", id="hide_story"
        ),
    ],
)
EVERY = pytest.mark.parametrize("kind", ["mutes", "close_friend", "hides_story_from"])


def names(body: dict[str, Any]) -> list[str]:
    return [each["username"] for each in body["users"]]


def size_of(user: User, kind: str) -> int:
    size = Relationship.find(user.user_id, f"size#{kind}")
    return (size.entries or 0) if size else 0


@LISTS
def test_people_are_added_to_the_list_and_removed(
    put: Endpoint, take: Endpoint, show: Endpoint, name: str, kind: Any, call: Call, join: Join
) -> None:
    owner, one, two = join("owner"), join("one"), join("two")
    for person in ("one", "two", "one"):  # again changes nothing
        status, body = call(put, owner, person)
        assert (status, body["list"], body["included"]) == (200, name, True)
    status, body = call(show, owner)
    assert (status, names(body), body["next_cursor"]) == (200, ["two", "one"], None)
    assert set(body["users"][0]) == {
        "id",
        "user_id",
        "username",
        "name",
        "profile_picture_url",
        "is_verified",
    }
    assert size_of(owner, kind) == 2
    assert edges_of(one) == edges_of(two) == {}, "no other partition shows it"
    for _ in range(2):
        status, body = call(take, owner, "one")
        assert (status, body["list"], body["included"]) == (200, name, False)
    assert names(call(show, owner)[1]) == ["two"]
    assert size_of(owner, kind) == 1
    call(put, owner, "one")
    assert names(call(show, owner)[1]) == ["one", "two"]


@LISTS
def test_the_list_is_full_at_its_limit_and_repeats_do_not_count(
    put: Endpoint, take: Endpoint, show: Endpoint, name: str, kind: Any, call: Call, join: Join
) -> None:
    owner = join("owner")
    for number in range(4):
        join(f"person{number}")
    for number in range(3):  # MaxPrivateList in these tests
        assert call(put, owner, f"person{number}")[0] == 200
    status, body = call(put, owner, "person3")
    assert (status, body["code"]) == (409, "limit_reached")
    assert call(put, owner, "person0")[0] == 200
    assert call(take, owner, "person1")[0] == 200
    assert call(put, owner, "person3")[0] == 200
    assert names(call(show, owner)[1]) == ["person3", "person2", "person0"]
    assert size_of(owner, kind) == 3


@LISTS
def test_the_owner_and_hidden_people_cannot_be_listed(
    put: Endpoint, take: Endpoint, show: Endpoint, name: str, kind: Any, call: Call, join: Join
) -> None:
    owner, blocker = join("owner"), join("blocker")
    join("banned", status="banned")
    block(blocker, owner)
    for app in (put, take):
        for whom in ("me", "owner", owner.user_id):
            status, body = call(app, owner, whom)
            assert (status, body["code"]) == (400, "invalid_input")
        for whom in ("blocker", "banned", "nobody", "01KAEJ9B7Q2X4C6V8N0M1Z3D5F"):
            status, body = call(app, owner, whom)
            assert (status, body["code"]) == (404, "user_not_found")
    assert size_of(owner, kind) == 0


@LISTS
def test_people_who_are_now_hidden_are_not_shown_and_can_be_removed(
    put: Endpoint, take: Endpoint, show: Endpoint, name: str, kind: Any, call: Call, join: Join
) -> None:
    owner = join("owner")
    banned, blocker, gone = join("banned"), join("blocker"), join("gone")
    for person in (banned, blocker, gone):
        assert call(put, owner, person.username)[0] == 200
    banned.status = "banned"
    banned.save()
    block(blocker, owner)
    gone.delete()
    assert names(call(show, owner)[1]) == []
    assert size_of(owner, kind) == 3
    for person in (banned, blocker, gone):
        for _ in range(2):
            assert call(take, owner, person.user_id)[0] == 200
    assert size_of(owner, kind) == 0
    assert call(put, owner, "banned")[0] == 404


def test_the_lists_are_pages(call: Call, join: Join) -> None:
    owner = join("owner")
    for number in range(3):
        call(mute_app, owner, join(f"person{number}").username)
    _, body = call(muted_app, owner, query={"limit": "2"})
    assert names(body) == ["person2", "person1"]
    _, body = call(muted_app, owner, query={"limit": "2", "cursor": body["next_cursor"]})
    assert (names(body), body["next_cursor"]) == (["person0"], None)


@EVERY
def test_the_relation_contains_the_lists(kind: Any, join: Join) -> None:
    owner, person = join("owner"), join("person")
    private_lists.include(as_caller(owner), "person", kind)
    found = relation(owner.user_id, person.user_id)
    assert [found.mutes, found.close_friend, found.hides_story] == [
        kind == "mutes",
        kind == "close_friend",
        kind == "hides_story_from",
    ]
    assert relation(person.user_id, owner.user_id) == type(found)()


@EVERY
def test_a_concurrent_block_wins(
    kind: Any, aws: MemoryAws, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, person = join("owner"), join("person")
    look = private_lists.look_up

    def block_after_the_look(*arguments: Any, **named: Any) -> Any:
        found = look(*arguments, **named)
        block(person, owner)
        return found

    monkeypatch.setattr(private_lists, "look_up", block_after_the_look)
    with pytest.raises(UserNotFound):
        private_lists.include(as_caller(owner), "person", kind)
    assert edge(kind, person.user_id) not in edges_of(owner)


def test_an_entry_is_three_calls(aws: MemoryAws, call: Call, join: Join) -> None:
    owner, person = join("owner"), join("person")
    call(muted_app, owner)  # opens the hour of the gate
    aws.calls.clear()
    call(mute_app, owner, person.user_id)
    assert aws.calls == [
        "dynamodb.UpdateItem",  # the gate
        "dynamodb.BatchGetItem",
        "dynamodb.TransactWriteItems",
    ]
