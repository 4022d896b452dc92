"""The lists of followers and followed, in both dialects."""

from typing import Any

import pytest

from posts.models import AuthorStats
from profiles.list_followers import app as followers_app
from profiles.list_following import app as following_app
from shared import clock
from shared.http.endpoint import Endpoint
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.people import Call, Join, as_caller, block, draw
from users import follows, relations
from users.models import User
from users.public import relation
from users.remove_follower import app as remove_app

APPS = pytest.mark.parametrize("app", [followers_app, following_app])


def names(body: dict[str, Any], key: str = "users") -> list[str]:
    return [each["username"] for each in body[key]]


def follow(one: User, other: User) -> None:
    follows.begin(as_caller(one), other)


def connect(app: Endpoint, owner: User, person: User) -> None:
    """Put `person` on the list of `owner` that `app` shows."""
    follow(person, owner) if app is followers_app else follow(owner, person)


@APPS
def test_the_newest_come_first_and_no_one_is_lost_between_pages(
    app: Endpoint, call: Call, join: Join
) -> None:
    owner, viewer = join("owner"), join("viewer")
    people = [join(f"person{number}") for number in range(7)]
    for number, person in enumerate(people):
        # Two of them in the same millisecond: the cursor must distinguish them.
        with clock.stop_at(1_767_614_400.0 + number // 2):
            connect(app, owner, person)
    listed: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": "3", **({"cursor": cursor} if cursor else {})}
        status, body = call(app, viewer, "owner", query=query)
        assert status == 200
        assert len(body["users"]) <= 3
        listed += names(body)
        cursor = body["next_cursor"]
    assert sorted(listed) == sorted(person.username for person in people)
    assert listed[0] == "person6"
    assert set(listed[5:]) == {"person0", "person1"}


@APPS
def test_ended_edges_are_not_listed_and_renewed_ones_come_first(
    app: Endpoint, call: Call, join: Join
) -> None:
    owner, one, two = join("owner"), join("one"), join("two")
    for person in (one, two):
        connect(app, owner, person)
    pair = (one, owner) if app is followers_app else (owner, one)
    follows.end(pair[0].user_id, pair[1].user_id)
    assert names(call(app, owner, "me")[1]) == ["two"]
    connect(app, owner, one)
    assert names(call(app, owner, "me")[1]) == ["one", "two"]


@APPS
def test_a_row_contains_the_callers_relation(app: Endpoint, call: Call, join: Join) -> None:
    owner, viewer = join("owner"), join("viewer")
    people = {name: join(name, is_private=name == "asked") for name in ("friend", "asked", "fan")}
    for person in (*people.values(), viewer):
        draw("followed_by" if app is followers_app else "follows", owner, person)
    follow(viewer, people["friend"])
    follow(viewer, people["asked"])
    follow(people["fan"], viewer)
    _, body = call(app, viewer, "owner")
    rows = {
        each["username"]: (each["follow_status"], each["follows_you"]) for each in body["users"]
    }
    assert rows == {
        "friend": ("approved", False),
        "asked": ("pending", False),
        "fan": ("none", True),
        "viewer": ("none", False),
    }


@APPS
def test_hidden_and_blocked_people_are_left_out(app: Endpoint, call: Call, join: Join) -> None:
    owner, viewer = join("owner"), join("viewer")
    people = [join(name) for name in ("good", "blocker", "blocked", "banned", "gone", "unverified")]
    for person in people:
        connect(app, owner, person)
    _, blocker, blocked, banned, gone, unverified = people
    block(blocker, viewer)
    block(viewer, blocked)
    banned.status, unverified.status = "banned", "unverified"
    banned.save()
    unverified.save()
    gone.delete()
    assert names(call(app, viewer, "owner")[1]) == ["good"]


@APPS
def test_a_private_account_opens_its_lists_to_followers_only(
    app: Endpoint, call: Call, join: Join
) -> None:
    owner, viewer = join("owner", is_private=True), join("viewer")
    status, body = call(app, viewer, "owner")
    assert (status, body["code"]) == (403, "account_private")
    assert call(app, owner, "me")[0] == 200
    draw("requested", viewer, owner)
    assert call(app, viewer, "owner")[0] == 403
    draw("follows", viewer, owner)
    assert call(app, viewer, "owner")[0] == 200


@APPS
def test_an_unverified_token_sees_what_a_non_follower_sees(
    app: Endpoint, aws: MemoryAws, join: Join
) -> None:
    owner, viewer = join("owner", is_private=True), join("viewer")
    draw("follows", viewer, owner)
    event = gateway_event(
        f"GET {app.declaration.routes[0].path}",
        path={"user": "owner"},
        caller=as_caller(viewer, scope="unverified"),
    )
    assert app(event, LambdaContext())["statusCode"] == 403


@APPS
def test_the_lists_of_hidden_people_are_not_found(app: Endpoint, call: Call, join: Join) -> None:
    viewer, blocker = join("viewer"), join("blocker", is_private=True)
    join("banned", status="banned")
    block(blocker, viewer)
    for whom in ("blocker", "banned", "nobody"):
        status, body = call(app, viewer, whom)
        assert (status, body["code"]) == (404, "user_not_found")


@pytest.mark.parametrize(
    ("app", "route", "key"),
    [
        (followers_app, "GET /users/followers/{user}", "followers"),
        (following_app, "GET /api/v1/users/following/{user}", "following"),
    ],
)
def test_socialhubs_lists(app: Endpoint, route: str, key: str, call: Call, join: Join) -> None:
    owner, viewer, person = join("owner"), join("viewer"), join("person", bio="Hi")
    connect(app, owner, person)
    follow(viewer, person)
    AuthorStats(person.user_id, post_count=3, reel_count=2).save()
    status, body = call(app, viewer, "owner", route=route)
    assert status == 200
    assert body["next_cursor"] is None
    assert body[key] == [
        {
            "id": person.user_id,
            "name": "person",
            "username": "person",
            "avatar": None,
            "bio": "Hi",
            "isVerified": False,
            "isPrivate": False,
            "isFollowing": True,
            "followersCount": 0,
            "followingCount": 0,
            "postsCount": 5,
        }
    ]


@APPS
def test_the_calls_of_a_page_do_not_grow_with_it(
    app: Endpoint, aws: MemoryAws, call: Call, join: Join
) -> None:
    owner, viewer = join("owner"), join("viewer")
    call(app, viewer, "owner")  # opens the hour of the gate
    spent = []
    for _ in range(2):
        for person in (join(f"person{len(spent)}{number}") for number in range(4)):
            connect(app, owner, person)
        aws.calls.clear()
        call(app, viewer, owner.user_id)
        spent.append(sorted(aws.calls))
    assert spent[0] == spent[1]
    # The gate; the owner; the page of edges; then in parallel: the accounts with the caller's
    # edges to them, the caller's requests, the caller's blocks.
    assert spent[0] == [
        *["dynamodb.BatchGetItem"] * 2,
        *["dynamodb.Query"] * 3,
        "dynamodb.UpdateItem",
    ]


@APPS
@pytest.mark.parametrize("short", [100, 2, 1])
def test_blocked_people_are_left_out_however_many_there_are(
    app: Endpoint, short: int, call: Call, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relations, "_SHORT", short)
    owner, viewer = join("owner"), join("viewer")
    people = [join(f"person{number}") for number in range(6)]
    for person in people:
        connect(app, owner, person)
    block(viewer, people[0])
    block(people[5], viewer)
    draw("requested", viewer, people[3])
    draw("requested", viewer, people[4])
    _, body = call(app, viewer, "owner")
    rows = {each["username"]: each["follow_status"] for each in body["users"]}
    pending = dict.fromkeys(("person3", "person4"), "pending")
    assert rows == {"person1": "none", "person2": "none", **pending}


def test_a_removed_follower_no_longer_follows(call: Call, join: Join) -> None:
    owner, fan = join("owner"), join("fan")
    follow(fan, owner)
    for _ in range(2):  # the second time there is none
        assert call(remove_app, owner, "fan")[0] == 200
    assert names(call(followers_app, owner, "me")[1]) == []
    assert names(call(following_app, fan, "me")[1]) == []


def test_removing_a_follower_leaves_the_request_and_the_follow_back(call: Call, join: Join) -> None:
    owner, asker, friend = join("owner", is_private=True), join("asker"), join("friend")
    follow(asker, owner)
    follow(owner, friend)
    assert call(remove_app, owner, "asker")[0] == 200
    assert call(remove_app, owner, "friend")[0] == 200
    assert relation(owner.user_id, asker.user_id).requested_by
    assert names(call(following_app, owner, "me")[1]) == ["friend"]


def test_a_follower_who_is_now_hidden_can_be_removed(call: Call, join: Join) -> None:
    owner, fan = join("owner"), join("fan")
    follow(fan, owner)
    fan.status = "banned"
    fan.save()
    assert call(remove_app, owner, fan.user_id)[0] == 200
    fan.status = "active"
    fan.save()
    assert names(call(followers_app, owner, "me")[1]) == []


def test_a_hidden_person_who_never_followed_is_not_found(call: Call, join: Join) -> None:
    owner = join("owner")
    join("banned", status="banned")
    blocker = join("blocker")
    block(blocker, owner)
    for whom in ("banned", "blocker", "nobody", "01KAEJ9B7Q2X4C6V8N0M1Z3D5F"):
        assert call(remove_app, owner, whom)[0] == 404
