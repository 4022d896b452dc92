"""Blocking, and the edges that it ends."""

from typing import Any

import pytest

from profiles.get_profile import app as profile_app
from tests.support.memory_aws import MemoryAws
from tests.support.people import Call, Join, as_caller, draw, edges_of
from users import blocks, follows, private_lists
from users.add_close_friend import app as add_app
from users.block_user import app as block_app
from users.follow_user import app as follow_app
from users.list_blocked import app as list_app
from users.models import Relationship, User, edge
from users.mute_user import app as mute_app
from users.public import relation
from users.unblock_user import app as unblock_app


def active_edges(user: User) -> set[str]:
    return {name for name, is_active in edges_of(user).items() if is_active} - {
        "size#close_friend",
        "size#mutes",
    }


def names(body: dict[str, Any]) -> list[str]:
    return [each["username"] for each in body["users"]]


def friends_of(user: User) -> int:
    size = Relationship.find(user.user_id, "size#close_friend")
    return (size.entries or 0) if size else 0


def test_a_block_hides_both_from_each_other(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    assert call(block_app, yuki, "omar") == (200, {"message": "Blocked", "is_blocked": True})
    for one, other in ((yuki, "omar"), (omar, "yuki")):
        for app in (profile_app, follow_app, mute_app, add_app):
            assert call(app, one, other)[1]["code"] == "user_not_found"
    assert active_edges(yuki) == {edge("blocks", omar.user_id)}
    assert active_edges(omar) == {edge("blocked_by", yuki.user_id)}


def test_a_block_ends_all_other_edges_but_mutes(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar", is_private=True)
    follows.begin(as_caller(omar), yuki)
    follows.begin(as_caller(yuki), omar)  # requested
    for one, other in ((yuki, "omar"), (omar, "yuki")):
        assert call(add_app, one, other)[0] == 200
        assert call(mute_app, one, other)[0] == 200
    assert call(block_app, yuki, "omar")[0] == 200
    muted = {edge("mutes", omar.user_id)}
    assert active_edges(yuki) == {edge("blocks", omar.user_id)} | muted
    assert active_edges(omar) == {
        edge("blocked_by", yuki.user_id),
        edge("mutes", yuki.user_id),
    }
    assert (friends_of(yuki), friends_of(omar)) == (0, 0)


def test_the_end_of_a_block_restores_no_follow(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    follows.begin(as_caller(omar), yuki)
    call(block_app, yuki, "omar")
    for _ in range(2):  # the second time there is none
        status, body = call(unblock_app, yuki, "omar")
        assert (status, body["is_blocked"]) == (200, False)
    assert active_edges(yuki) == active_edges(omar) == set()
    assert call(follow_app, omar, "yuki")[0] == 200


def test_blocking_again_changes_nothing(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    call(block_app, yuki, "omar")
    before = Relationship.find(yuki.user_id, edge("blocks", omar.user_id))
    assert call(block_app, yuki, "omar")[0] == 200
    after = Relationship.find(yuki.user_id, edge("blocks", omar.user_id))
    assert before is not None
    assert after is not None
    assert before.since == after.since


def test_nobody_blocks_themselves(call: Call, join: Join) -> None:
    yuki = join("yuki")
    for whom in ("me", "yuki", yuki.user_id):
        status, body = call(block_app, yuki, whom)
        assert (status, body["code"]) == (400, "cannot_block_self")


def test_blocked_people_learn_nothing_and_cannot_block_back(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    call(block_app, yuki, "omar")
    for app in (block_app, unblock_app):
        assert call(app, omar, "yuki")[1]["code"] == "user_not_found"
    assert active_edges(omar) == {edge("blocked_by", yuki.user_id)}


def test_two_people_who_block_each_other_can_both_unblock(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    for one, other in ((yuki, omar), (omar, yuki)):
        draw("blocks", one, other)
        draw("blocked_by", other, one)
    assert names(call(list_app, omar)[1]) == ["yuki"]
    assert call(block_app, omar, "yuki")[0] == 200
    assert call(unblock_app, omar, "yuki")[0] == 200
    assert relation(omar.user_id, yuki.user_id).blocked, "the other's block holds"
    # Unblocking can be repeated; blocking again needs an account that the caller can see.
    assert call(unblock_app, omar, "yuki")[0] == 200
    assert call(block_app, omar, "yuki")[0] == 404
    assert call(unblock_app, yuki, "omar")[0] == 200
    assert not relation(omar.user_id, yuki.user_id).blocked


def test_blocked_accounts_are_listed_newest_first_without_hidden_ones(
    call: Call, join: Join
) -> None:
    yuki = join("yuki")
    people = {name: join(name) for name in ("one", "two", "banned")}
    for name in people:
        call(block_app, yuki, name)
    people["banned"].status = "banned"
    people["banned"].save()
    assert names(call(list_app, yuki)[1]) == ["two", "one"]
    assert call(unblock_app, yuki, "banned")[0] == 200
    people["two"].delete()
    assert call(unblock_app, yuki, people["two"].user_id)[0] == 200
    assert active_edges(yuki) == {edge("blocks", people["one"].user_id)}


@pytest.mark.parametrize("concurrent", ["follow", "followed", "request", "friend", "their friend"])
def test_an_edge_that_begins_during_a_block_ends_with_it(
    concurrent: str, join: Join, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    yuki, omar = join("yuki"), join("omar", is_private=concurrent == "request")

    def begin() -> None:
        match concurrent:
            case "follow" | "request":
                follows.begin(as_caller(yuki), omar)
            case "followed":
                follows.begin(as_caller(omar), yuki)
            case "friend":
                private_lists.include(as_caller(yuki), "omar", "close_friend")
            case _:
                private_lists.include(as_caller(omar), "yuki", "close_friend")

    read = blocks.read_items

    def begin_after_the_read(*arguments: Any, **named: Any) -> Any:
        found = read(*arguments, **named)
        monkeypatch.setattr(blocks, "read_items", read)
        begin()
        return found

    monkeypatch.setattr(blocks, "read_items", begin_after_the_read)
    blocks.block(as_caller(yuki), omar.user_id)
    assert active_edges(yuki) == {edge("blocks", omar.user_id)}
    assert active_edges(omar) == {edge("blocked_by", yuki.user_id)}
    assert (friends_of(yuki), friends_of(omar)) == (0, 0)


def test_an_edge_that_ends_during_a_block_is_counted_once(
    join: Join, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    yuki, omar = join("yuki"), join("omar")
    private_lists.include(as_caller(yuki), "omar", "close_friend")
    private_lists.include(as_caller(yuki), join("ines").username, "close_friend")
    read = blocks.read_items

    def remove_after_the_read(*arguments: Any, **named: Any) -> Any:
        found = read(*arguments, **named)
        monkeypatch.setattr(blocks, "read_items", read)
        private_lists.exclude(as_caller(yuki), "omar", "close_friend")
        return found

    monkeypatch.setattr(blocks, "read_items", remove_after_the_read)
    blocks.block(as_caller(yuki), omar.user_id)
    assert friends_of(yuki) == 1


def test_a_block_is_five_calls(aws: MemoryAws, call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    call(unblock_app, yuki, omar.user_id)  # opens the hour of the gate
    aws.calls.clear()
    call(block_app, yuki, omar.user_id)
    assert aws.calls == [
        "dynamodb.UpdateItem",  # the gate
        "dynamodb.GetItem",
        "dynamodb.BatchGetItem",
        "dynamodb.BatchGetItem",
        "dynamodb.TransactWriteItems",
    ]
