"""Following, requesting to follow, and unfollowing."""

import copy
import json
from typing import Any

import pytest

from shared.aws.clients import client
from shared.errors import AlreadyFollowing, UserNotFound
from tests.support.memory_aws import MemoryAws
from tests.support.people import Call, Join, as_caller, block, draw, edges_of
from users import follows
from users.follow_user import app as follow_app
from users.models import Relationship, edge
from users.public import following_celebrities, is_following, relation
from users.unfollow_user import app as unfollow_app


def test_following_a_public_account(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar", follower_count=4)
    status, body = call(follow_app, yuki, omar.user_id)
    assert (status, body["follow_status"], body["follower_count"]) == (200, "approved", 5)
    assert edges_of(yuki) == {edge("follows", omar.user_id): True}
    assert edges_of(omar) == {edge("followed_by", yuki.user_id): True}
    assert is_following(yuki.user_id, omar.user_id)
    assert not is_following(omar.user_id, yuki.user_id)


def test_asking_to_follow_a_private_account(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar", is_private=True, follower_count=4)
    status, body = call(follow_app, yuki, "OMAR")
    assert (status, body["message"]) == (200, "Follow request sent")
    assert (body["follow_status"], body["follower_count"]) == ("pending", 4)
    assert edges_of(omar) == {edge("requested_by", yuki.user_id): True}
    assert not is_following(yuki.user_id, omar.user_id)


@pytest.mark.parametrize("is_private", [False, True])
def test_a_second_follow_is_refused(is_private: bool, call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar", is_private=is_private)
    call(follow_app, yuki, omar.user_id)
    status, body = call(follow_app, yuki, omar.user_id)
    assert (status, body["code"]) == (409, "already_following")
    status, body = call(follow_app, yuki, omar.user_id, route="POST /users/follow/{user}")
    assert (status, body["code"], body["error"]) == (400, "already_following", "Already following")


def test_a_follower_cannot_ask_and_an_asker_cannot_follow(join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    follows.begin(as_caller(yuki), omar)
    omar.is_private = True
    with pytest.raises(AlreadyFollowing):
        follows.begin(as_caller(yuki), omar)
    ines, omar.is_private = join("ines"), True
    follows.begin(as_caller(ines), omar)
    omar.is_private = False
    with pytest.raises(AlreadyFollowing):
        follows.begin(as_caller(ines), omar)


@pytest.mark.parametrize("whom", ["me", "yuki"])
def test_nobody_follows_themselves(whom: str, call: Call, join: Join) -> None:
    status, body = call(follow_app, join("yuki"), whom)
    assert (status, body["code"]) == (400, "cannot_follow_self")


def test_blocked_hidden_and_unknown_people_are_not_found(call: Call, join: Join) -> None:
    yuki, blocker = join("yuki"), join("blocker")
    block(blocker, yuki)
    join("banned", status="banned")
    for whom in ("blocker", "banned", "nobody"):
        for app in (follow_app, unfollow_app):
            assert call(app, yuki, whom)[0] == 404
    assert edges_of(yuki) == {edge("blocked_by", blocker.user_id): True}


@pytest.mark.parametrize("kind", ["blocks", "blocked_by"])
def test_a_concurrent_block_wins(kind: str, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")  # omar was read before the block
    draw(kind, yuki, omar)
    with pytest.raises(UserNotFound):
        follows.begin(as_caller(yuki), omar)
    assert not relation(yuki.user_id, omar.user_id).follows


def test_unfollowing_keeps_the_edge_and_following_again_reactivates_it(
    call: Call, join: Join
) -> None:
    yuki, omar = join("yuki"), join("omar", follower_count=5)
    call(follow_app, yuki, omar.user_id)
    status, body = call(unfollow_app, yuki, omar.user_id)
    assert (status, body["follow_status"], body["follower_count"]) == (200, "none", 4)
    assert edges_of(yuki) == {edge("follows", omar.user_id): False}
    assert edges_of(omar) == {edge("followed_by", yuki.user_id): False}
    status, body = call(unfollow_app, yuki, omar.user_id)
    assert (status, body["follower_count"]) == (200, 5)
    assert call(follow_app, yuki, omar.user_id)[0] == 200
    assert edges_of(omar) == {edge("followed_by", yuki.user_id): True}


def test_unfollowing_withdraws_a_request(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar", is_private=True, follower_count=5)
    call(follow_app, yuki, omar.user_id)
    status, body = call(unfollow_app, yuki, omar.user_id)
    assert (status, body["follow_status"], body["follower_count"]) == (200, "none", 5)
    assert edges_of(omar) == {edge("requested_by", yuki.user_id): False}


def test_socialhubs_answers(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    _, body = call(follow_app, yuki, omar.user_id, route="POST /users/follow/{user}")
    made = body["follow"]
    assert body["message"] == "Followed successfully"
    assert made == {
        "followerId": yuki.user_id,
        "followingId": omar.user_id,
        "isActive": True,
        "status": "active",
        "createdAt": made["createdAt"],
    }
    route = "DELETE /users/unfollow/{user}"
    for _ in range(2):
        status, body = call(unfollow_app, yuki, omar.user_id, route=route)
        assert status == 200
        assert body["follow"] == {**made, "isActive": False, "status": "inactive"}


def test_a_follow_is_three_calls(aws: MemoryAws, call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    call(unfollow_app, yuki, omar.user_id)  # opens the hour of the gate
    aws.calls.clear()
    call(follow_app, yuki, omar.user_id)
    assert aws.calls == [
        "dynamodb.UpdateItem",  # the gate
        "dynamodb.GetItem",
        "dynamodb.TransactWriteItems",
    ]


def test_an_account_that_has_just_become_private_is_asked(
    aws: MemoryAws, call: Call, join: Join
) -> None:
    """`is_private` is read consistently: an older value would let everybody follow."""
    reads: list[dict[str, Any]] = []

    def listen(request: Any, **_: Any) -> None:
        reads.append(json.loads(request.body))

    yuki, omar = join("yuki"), join("omar", is_private=True)
    events = client("dynamodb").meta.events
    events.register_first("before-send.dynamodb.GetItem", listen)
    try:
        call(follow_app, yuki, omar.user_id)
    finally:
        events.unregister("before-send.dynamodb.GetItem", listen)
    assert [each["ConsistentRead"] for each in reads if "users" in each["TableName"]] == [True]


def test_no_follow_writes_to_an_account(aws: MemoryAws, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    before = copy.deepcopy(aws.dynamo.items("hoshi-users"))
    follows.begin(as_caller(yuki), omar)
    follows.end(yuki.user_id, omar.user_id)
    assert aws.dynamo.items("hoshi-users") == before


def test_following_a_celebrity_is_marked_until_it_ends(join: Join) -> None:
    yuki = join("yuki")
    star = join("star", celebrity_since="2026-01-01T00:00:00.000Z")
    follows.begin(as_caller(yuki), star)
    assert following_celebrities(yuki.user_id) == [star.user_id]
    mirror = Relationship.find(star.user_id, edge("followed_by", yuki.user_id))
    assert mirror is not None
    assert mirror.celebrity_id is None
    follows.end(yuki.user_id, star.user_id)
    assert following_celebrities(yuki.user_id) == []
