"""Searching for people: within seconds, best match first, without hidden people."""

from typing import Any

from tests.e2e.client import Api, Person, join, log_in, wait_for
from tests.e2e.conftest import Deployed


def found(viewer: Person, q: str | None = None, **more: Any) -> list[str]:
    """The ids from all pages of a search."""
    ids, parameters = [], {**({"q": q} if q else {}), **more}
    while True:
        page = viewer.expect(200, "GET", "/search/users", params=parameters)
        ids += [row["id"] for row in page["users"]]
        if page["next_cursor"] is None:
            return ids
        parameters["cursor"] = page["next_cursor"]


def called(person: Person, name: str, **more: Any) -> Person:
    """Give a person another name."""
    person.expect(200, "PATCH", "/profile", {"name": name, **more})
    return person


def follow(follower: Person, followed: Person) -> None:
    follower.expect(200, "POST", f"/users/{followed.id}/follow")


def test_new_accounts_are_found_within_seconds(api: Api, alice: Person) -> None:
    person = join(api, "quetzal")
    wait_for(lambda: found(alice, person.username) == [person.id], "a fresh account in the search")
    row = alice.get(f"/search/users?q={person.username.upper()}")["users"][0]
    assert (row["username"], row["follow_status"], row["follows_you"]) == (
        person.username,
        "none",
        False,
    )
    assert person.id in found(alice, "quet")


def test_the_best_matches_come_first(api: Api, alice: Person) -> None:
    exact = join(api, "bjorn")
    alice.expect(200, "PATCH", "/profile", {"name": "Somebody Else"})
    word = called(join(api, "person"), "Björnsson Zéta")
    friend = called(join(api, "person"), "Björnssonova Zeta")
    popular = called(join(api, "person"), "Bjornssonita Zeta")
    plain = called(join(api, "person"), "Bjornssonella Zeta")
    near = called(join(api, "person"), "Bjronsson Zeta")
    exact.expect(200, "PATCH", "/profile", {"username": "bjornsson"})
    follow(alice, friend)
    for fan in (friend, plain):
        follow(fan, popular)
    expected = [exact.id, friend.id, word.id, popular.id, plain.id, near.id]
    wait_for(lambda: found(alice, "bjornsson") == expected, f"the order {expected}")
    assert found(alice, "BJÖRNSSON", limit=2) == expected
    assert found(alice, "zeta björnsson")[:2] == [friend.id, word.id]
    assert exact.id not in found(alice, "zeta björnsson")
    row = alice.get("/search/users?q=bjornssonova")["users"][0]
    assert (row["id"], row["follow_status"]) == (friend.id, "approved")


def test_hidden_people_are_not_found(stack: Deployed, alice: Person, bob: Person) -> None:
    banned, mark = called(join(alice.api, "villain"), "Xanthippos Dreg"), "xanthippos"
    wait_for(lambda: found(alice, mark) == [banned.id], "somebody in the search")
    banned.expect(200, "POST", f"/users/{bob.id}/block")
    assert found(bob, mark) == []
    assert bob.id not in found(banned, bob.username)
    assert bob.id not in found(banned)
    assert found(alice, mark) == [banned.id]

    admin = join(alice.api, "admin_person")
    stack.client("dynamodb").update_item(
        TableName=stack.table("users"),
        Key={"user_id": {"S": admin.id}},
        UpdateExpression="SET #role = :admin",
        ExpressionAttributeNames={"#role": "role"},
        ExpressionAttributeValues={":admin": {"S": "admin"}},
    )
    admin.token = log_in(admin)
    admin.expect(200, "POST", f"/admin/users/{banned.id}/ban", {"reason": "spam"})
    assert found(alice, mark) == [], "at once, before the index is synced"
    wait_for(lambda: not entries_of(stack, "xan"), "the banned person's entries to be deleted")
    admin.expect(200, "POST", f"/admin/users/{banned.id}/unban")
    wait_for(lambda: found(alice, mark) == [banned.id], "the unbanned person in the search")


def entries_of(stack: Deployed, prefix: str) -> list[Any]:
    answer = stack.client("dynamodb").query(
        TableName=stack.table("user-search"),
        KeyConditionExpression="prefix = :prefix",
        ExpressionAttributeValues={":prefix": {"S": prefix}},
    )
    return list(answer["Items"])


def test_suggestions_are_people_one_does_not_follow(api: Api, alice: Person) -> None:
    friend, of_friend, private = (join(api, "person") for _ in range(3))
    private.expect(200, "PUT", "/settings/privacy", {"is_private": True})
    follow(alice, friend)
    for each in (of_friend, private):
        follow(friend, each)
    follow(alice, private)
    wait_for(lambda: found(alice)[:1] == [of_friend.id], "the friend of a friend first")
    suggested = found(alice, limit=50)
    assert not {alice.id, friend.id, private.id} & set(suggested)
    assert len(suggested) == len(set(suggested))
    follow(alice, of_friend)
    wait_for(
        lambda: of_friend.id not in found(alice), "the followed person to leave the suggestions"
    )
