"""The social graph on a deployed stack: visibility in both dialects, and exact counts."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.client import (
    AT_ONCE,
    PASSWORD,
    Api,
    Person,
    at_once,
    join,
    new_name,
    registration,
    wait_for,
)

FANS = 50


@pytest.fixture
def carol(api: Api) -> Person:
    return join(api, "carol")


def join_many(api: Api, prefix: str, number: int) -> list[Person]:
    return at_once(lambda _: join(api, prefix), range(number))


def follow(one: Person, other: Person) -> Any:
    return one.expect(200, "POST", f"/users/{other.id}/follow")


def post(author: Person, text: str, visibility: str = "public") -> str:
    body = {"content": text, "visibility": visibility}
    return str(author.expect(201, "POST", "/posts", body)["id"])


def code(person: Person, method: str, path: str, body: Any = None) -> tuple[int, str | None]:
    answer = person.call(method, path, body)
    return answer.status_code, answer.json().get("code")


def people_of(
    viewer: Person, path: str, key: str = "users", field: str = "username", limit: int = 20
) -> list[str]:
    """The usernames on a list, read page by page."""
    names: list[str] = []
    cursor = ""
    while True:
        body = viewer.get(f"{path}?limit={limit}{cursor}")
        assert len(body[key]) <= limit
        names += [each[field] for each in body[key]]
        if body["next_cursor"] is None:
            return names
        cursor = f"&cursor={body['next_cursor']}"


def found_by(viewer: Person, whom: Person) -> list[str]:
    """The ids that a search for somebody's username finds."""
    found = viewer.get(f"/search/users?q={whom.username}&limit=50")["users"]
    return [each["id"] for each in found]


def counts_of(person: Person) -> tuple[int, int]:
    """The follower and following counts of a person."""
    mine = person.get("/profile")
    return mine["follower_count"], mine["following_count"]


def feed_of(viewer: Person) -> list[str]:
    return [each["id"] for each in viewer.get("/feed/home")["posts"]]


def test_a_block_hides_each_from_the_other_everywhere(
    alice: Person, bob: Person, carol: Person
) -> None:
    for one, other in ((alice, bob), (bob, alice), (alice, carol), (bob, carol), (carol, alice)):
        follow(one, other)
    alices, bobs, carols = (post(person, "Hello") for person in (alice, bob, carol))
    for person in (alice, bob):
        person.expect(200, "POST", f"/posts/{carols}/like")
        person.expect(201, "POST", "/comments", {"post_id": carols, "content": "Hi!"})
    wait_for(lambda: alices in feed_of(bob) and bobs in feed_of(alice), "both posts in both feeds")
    wait_for(lambda: bob.get("/profile")["follower_count"] == 1, "alice to be counted")
    for one, other in ((alice, bob), (bob, alice)):
        wait_for(lambda one=one, other=other: other.id in found_by(one, other), "the search index")  # type: ignore[misc]
    room = bob.expect(201, "POST", "/conversations", {"participant_ids": [alice.id]})["id"]
    messages = f"/conversations/{room}/messages"
    bob.expect(201, "POST", messages, {"content": "Hi!"})

    blocked = bob.expect(200, "POST", f"/users/{alice.username}/block")
    assert blocked["is_blocked"] is True

    for one, other, theirs in ((alice, bob, bobs), (bob, alice, alices)):
        for whom in (other.id, other.username.upper()):
            for method, path in (
                ("GET", f"/users/{whom}"),
                ("GET", f"/users/profile/{whom}"),
                ("GET", f"/users/{whom}/followers"),
                ("GET", f"/users/{whom}/following"),
                ("GET", f"/api/v1/users/followers/{whom}"),
                ("GET", f"/users/following/{whom}"),
                ("GET", f"/users/{whom}/posts"),
                ("GET", f"/posts/user/{whom}"),
                ("POST", f"/users/{whom}/follow"),
                ("POST", f"/users/follow/{whom}"),
                ("DELETE", f"/users/{whom}/follow"),
                ("POST", f"/users/{whom}/mute"),
                ("POST", f"/close-friends/{whom}"),
                ("POST", f"/hide-story/{whom}"),
                ("POST", f"/follow-requests/{whom}/approve"),
            ):
                assert code(one, method, path) == (404, "user_not_found"), f"{method} {path}"
        for method, path in (
            ("GET", f"/posts/{theirs}"),
            ("POST", f"/posts/{theirs}/like"),
            ("POST", f"/api/v1/posts/{theirs}/like"),
            ("GET", f"/posts/{theirs}/likes"),
            ("GET", f"/posts/{theirs}/comments"),
        ):
            assert code(one, method, path) == (404, "post_not_found"), f"{method} {path}"
        comment = {"post_id": theirs, "content": "Are you there?"}
        for path in ("/comments", f"/posts/{theirs}/comment"):
            assert code(one, "POST", path, comment) == (404, "post_not_found"), path
        group = {"participant_ids": [carol.id, other.id], "group_name": "All of us"}
        assert code(one, "POST", "/conversations", group) == (404, "user_not_found")
        pair = {"participant_ids": [other.id]}
        assert code(one, "POST", "/conversations", pair) == (404, "user_not_found")
        message = code(one, "POST", messages, {"content": "Hi?"})
        assert message == (404, "conversation_not_found")
        assert theirs not in feed_of(one)
        assert other.id not in found_by(one, other)
        for path in (f"/users/{carol.id}/followers", f"/posts/{carols}/likes"):
            assert other.id not in [each["id"] for each in one.get(path)["users"]], path
        assert other.username not in people_of(one, f"/users/followers/{carol.id}", "followers")
        comments = one.get(f"/posts/{carols}/comments")["comments"]
        assert [each["user_id"] for each in comments] == [one.id]
    # Nothing changes for other people, and counts stay.
    wait_for(lambda: carol.get(f"/posts/{carols}")["like_count"] == 2, "both likes to be counted")
    assert {alice.username, bob.username} <= set(people_of(carol, f"/users/{carol.id}/followers"))
    assert code(alice, "POST", f"/users/{bob.id}/block") == (404, "user_not_found")
    assert code(alice, "DELETE", f"/users/{bob.id}/block") == (404, "user_not_found")
    assert people_of(bob, "/users/blocked") == [alice.username]
    assert people_of(alice, "/users/blocked") == []
    wait_for(
        lambda: (
            (mine := bob.get("/profile"))["follower_count"] == 0 and mine["following_count"] == 1
        ),
        "the counts without the follows that the block ended",
    )

    assert bob.expect(200, "POST", f"/users/{alice.id}/block")["is_blocked"] is True
    for _ in range(2):
        assert bob.expect(200, "DELETE", f"/users/{alice.id}/block")["is_blocked"] is False
    for one, other, theirs in ((alice, bob, bobs), (bob, alice, alices)):
        assert one.get(f"/users/{other.username}")["follow_status"] == "none"
        assert one.get(f"/posts/{theirs}")["id"] == theirs
    assert bobs not in feed_of(alice), "the follow does not come back"
    follow(alice, bob)
    wait_for(lambda: bobs in feed_of(alice), "bob's post in alice's feed again")


def test_a_request_is_listed_answered_and_notified(
    alice: Person, bob: Person, carol: Person
) -> None:
    old = post(alice, "For followers", "followers")
    alice.expect(200, "PUT", "/settings/privacy", {"is_private": True})
    assert follow(bob, alice)["follow_status"] == "pending"
    asked = carol.expect(200, "POST", f"/users/follow/{alice.id}")
    assert asked["follow"]["status"] == "pending"
    assert code(bob, "POST", f"/users/{alice.id}/follow") == (409, "already_following")
    assert code(bob, "POST", f"/users/follow/{alice.id}") == (400, "already_following")
    assert alice.get(f"/users/{bob.id}")["has_requested_you"] is True
    assert bob.get(f"/users/{alice.id}")["follow_status"] == "pending"
    requests = alice.get("/follow-requests")["requests"]
    assert [each["user"]["username"] for each in requests] == [carol.username, bob.username]
    mine = bob.get("/follow-requests?direction=outgoing")["requests"]
    assert [each["user"]["id"] for each in mine] == [alice.id]
    for path in (f"/users/{alice.id}/followers", f"/users/following/{alice.id}"):
        assert code(bob, "GET", path) == (403, "account_private")
    assert code(bob, "GET", f"/posts/{old}") == (404, "post_not_found")

    alice.expect(200, "POST", f"/follow-requests/{bob.username}/approve")
    alice.expect(200, "POST", f"/follow-requests/{carol.id}/reject")
    for answer in ("approve", "reject"):
        for asker in (bob, carol):
            path = f"/follow-requests/{asker.id}/{answer}"
            assert code(alice, "POST", path) == (404, "request_not_found")
    assert bob.get(f"/posts/{old}")["id"] == old
    assert people_of(bob, f"/users/{alice.id}/followers") == [bob.username]
    assert code(carol, "GET", f"/posts/{old}") == (404, "post_not_found")
    assert alice.get("/follow-requests")["requests"] == []
    wait_for(lambda: alice.get("/profile")["follower_count"] == 1, "bob to be counted")
    wait_for(lambda: bob.get("/profile")["following_count"] == 1, "alice to be counted")
    wait_for(
        lambda: (
            "follow.approved"
            in [each["type"] for each in bob.get("/notifications")["notifications"]]
        ),
        "bob's notification",
    )
    # A withdrawn request is no longer listed.
    assert follow(carol, alice)["follow_status"] == "pending"
    assert carol.expect(200, "DELETE", f"/users/{alice.id}/follow")["follow_status"] == "none"
    assert alice.get("/follow-requests")["requests"] == []

    alice.expect(200, "DELETE", f"/followers/{bob.id}")
    alice.expect(200, "DELETE", f"/followers/{bob.id}")
    assert code(bob, "GET", f"/posts/{old}") == (404, "post_not_found")
    wait_for(lambda: alice.get("/profile")["follower_count"] == 0, "bob not to be counted")


def test_going_public_approves_all_requests(api: Api, alice: Person) -> None:
    alice.expect(200, "PUT", "/settings/privacy", {"is_private": True})
    askers = join_many(api, "asker", 4)
    for asker in askers:
        assert follow(asker, alice)["follow_status"] == "pending"
    alice.expect(200, "POST", f"/users/{askers[0].id}/block")
    privacy = alice.expect(200, "PUT", "/settings/privacy", {"is_private": False})
    assert privacy["is_private"] is False
    wait_for(
        lambda: (
            sorted(people_of(alice, "/users/me/followers"))
            == sorted(asker.username for asker in askers[1:])
        ),
        "the approved followers",
    )
    assert alice.get("/follow-requests")["requests"] == []
    wait_for(lambda: alice.get("/profile")["follower_count"] == 3, "all of them to be counted")


def test_privacy_changes_apply_to_old_posts_at_once(
    alice: Person, bob: Person, carol: Person
) -> None:
    follow(bob, alice)
    posts = {name: post(alice, name, name) for name in ("public", "followers", "close_friends")}

    def visible(viewer: Person) -> set[str]:
        return {
            name
            for name, post_id in posts.items()
            if viewer.call("GET", f"/posts/{post_id}").status_code == 200
        }

    assert (visible(bob), visible(carol)) == ({"public", "followers"}, {"public"})
    bob.expect(200, "POST", f"/close-friends/{alice.id}")
    assert visible(bob) == {"public", "followers"}, "only the author's list of close friends counts"
    alice.expect(200, "POST", f"/close-friends/{bob.id}")
    assert visible(bob) == {"public", "followers", "close_friends"}
    alice.expect(200, "PUT", "/settings/privacy", {"is_private": True})
    assert visible(carol) == set()
    assert code(carol, "GET", f"/users/{alice.id}/posts") == (403, "account_private")
    assert visible(bob) == {"public", "followers", "close_friends"}
    alice.expect(200, "DELETE", f"/close-friends/{bob.id}")
    assert visible(bob) == {"public", "followers"}
    bob.expect(200, "DELETE", f"/users/{alice.id}/follow")
    assert visible(bob) == set()
    alice.expect(200, "PUT", "/settings/privacy", {"is_private": False})
    assert (visible(bob), visible(carol)) == ({"public"}, {"public"})


def test_a_mute_hides_the_muted_only_from_feeds(alice: Person, bob: Person) -> None:
    follow(alice, bob)
    posted = post(bob, "Loud")
    wait_for(lambda: posted in feed_of(alice), "the post in the feed")
    muted = alice.expect(200, "POST", f"/users/{bob.id}/mute")
    assert (muted["list"], muted["included"]) == ("muted", True)
    assert posted not in feed_of(alice)
    assert alice.get("/api/feed")["posts"] == []
    assert alice.get(f"/users/{bob.id}")["is_muted"] is True
    assert alice.get(f"/posts/{posted}")["id"] == posted
    assert people_of(alice, "/users/muted") == [bob.username]
    assert alice.expect(200, "DELETE", f"/users/{bob.id}/mute")["included"] is False
    assert posted in feed_of(alice)


def test_private_lists_are_visible_only_to_their_owner(
    alice: Person, bob: Person, carol: Person
) -> None:
    for path, name, listing in (
        ("/close-friends/{}", "close_friends", "/close-friends"),
        ("/hide-story/{}", "hide_story", "/hide-story"),
    ):
        for person in (bob, carol, bob):
            put = alice.expect(200, "POST", path.format(person.username))
            assert (put["list"], put["included"]) == (name, True)
        assert people_of(alice, listing, limit=1) == [carol.username, bob.username]
        assert people_of(bob, listing) == []
        assert code(alice, "POST", path.format("me")) == (400, "invalid_input")
        assert code(alice, "DELETE", path.format(alice.id)) == (400, "invalid_input")
        for _ in range(2):
            assert alice.expect(200, "DELETE", path.format(bob.id))["included"] is False
        assert people_of(alice, listing) == [carol.username]
    assert bob.get(f"/users/{alice.id}")["is_close_friend"] is False


def test_lists_and_mutual_followers_in_both_dialects(api: Api, alice: Person, bob: Person) -> None:
    people = join_many(api, "friend", 5)
    for person in people:
        follow(person, alice)
        follow(alice, person)
    follow(people[0], bob)
    follow(bob, people[0])
    follow(bob, people[1])
    newest_first = [person.username for person in reversed(people)]
    for path, key in (
        (f"/users/{alice.username}/followers", "users"),
        (f"/users/{alice.id}/following", "users"),
        (f"/users/followers/{alice.id}", "followers"),
        (f"/api/v1/users/following/{alice.username}", "following"),
    ):
        assert people_of(bob, path, key, limit=2) == newest_first
    wait_for(lambda: alice.get("/profile")["follower_count"] == 5, "five followers")
    wait_for(lambda: people[0].get("/profile")["follower_count"] == 2, "two followers")
    rows = {row["id"]: row for row in bob.get(f"/users/{alice.id}/followers")["users"]}
    relations = [
        (rows[each.id]["follow_status"], rows[each.id]["follows_you"]) for each in people[:3]
    ]
    assert relations == [("approved", True), ("approved", False), ("none", False)]
    found = {each["id"]: each for each in bob.get(f"/users/followers/{alice.id}")["followers"]}
    assert [found[each.id]["isFollowing"] for each in people[:3]] == [True, True, False]
    assert found[people[0].id]["followersCount"] == 2
    assert bob.get(f"/users/{alice.id}")["mutual_follower_count"] == 2
    cursor = bob.get(f"/users/{alice.id}/followers?limit=2")["next_cursor"]
    for viewer, path in (
        (bob, f"/users/{alice.id}/following"),
        (bob, f"/users/{people[0].id}/followers"),
        (alice, f"/users/{alice.id}/followers"),
    ):
        assert code(viewer, "GET", f"{path}?cursor={cursor}") == (400, "invalid_cursor")


def test_an_unverified_account_sees_what_a_non_follower_sees(api: Api, alice: Person) -> None:
    name = new_name("newcomer")
    body = {**registration(name), "password": PASSWORD}
    token = api.expect(201, "POST", "/auth/signup", body)["token"]
    assert api.expect(200, "GET", f"/users/{alice.id}/followers", token=token)["users"] == []
    alice.expect(200, "PUT", "/settings/privacy", {"is_private": True})
    answer = api.call("GET", f"/users/{alice.id}/followers", token=token)
    assert answer.json()["code"] == "account_private"
    for method, path in (
        ("POST", f"/users/{alice.id}/block"),
        ("POST", f"/users/{alice.id}/mute"),
        ("GET", "/follow-requests"),
        ("GET", "/settings/privacy"),
    ):
        assert api.call(method, path, token=token).json()["code"] == "email_not_verified", path


def test_counts_are_exact_after_concurrent_follows_and_blocks(
    alice: Person, crowd: list[Person]
) -> None:
    fans = crowd[-FANS:]
    unwelcome = fans[:8]

    def waver(fan: Person) -> None:
        for method in ("POST", "DELETE", "POST"):
            status = fan.call(method, f"/users/{alice.id}/follow").status_code
            assert status in ((200, 404) if fan in unwelcome else (200,)), status

    def shut_out(fan: Person) -> None:
        alice.expect(200, "POST", f"/users/{fan.id}/block")

    def befriend(fan: Person) -> None:
        follow(alice, fan)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = [pool.submit(waver, fan) for fan in fans]
        done += [pool.submit(shut_out, fan) for fan in unwelcome]
        done += [pool.submit(befriend, fan) for fan in fans[8:18]]
        for each in done:
            each.result()

    welcome = sorted(fan.username for fan in fans[8:])
    assert sorted(people_of(alice, "/users/me/followers", limit=20)) == welcome
    assert len(people_of(alice, "/users/me/following", limit=3)) == 10
    wait_for(
        lambda: (
            (mine := alice.get("/profile"))["follower_count"] == FANS - 8
            and mine["following_count"] == 10
        ),
        f"{FANS - 8} followers",
    )
    for index, fan in enumerate(fans):
        exact = (int(8 <= index < 18), int(index >= 8))
        wait_for(lambda fan=fan, exact=exact: counts_of(fan) == exact, f"{fan.username}'s counts")  # type: ignore[misc]
