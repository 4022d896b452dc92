"""The four feeds on the running stack, from a new post to the readers' pages."""

import json
from pathlib import Path
from typing import Any

from tests.e2e.client import Api, Person, join, wait_for
from tests.e2e.conftest import Deployed


def a_post(author: Person, text: str = "A walk", **given: Any) -> str:
    return str(author.expect(201, "POST", "/posts", {"content": text, **given})["id"])


def follow(reader: Person, author: Person) -> None:
    reader.expect(200, "POST", f"/users/{author.username}/follow")


def ids(person: Person, path: str) -> list[str]:
    return [post["id"] for post in person.get(path)["posts"]]


def walked(person: Person, path: str, limit: int = 5) -> list[str]:
    """All post ids of a feed, page by page; only the last page may be short."""
    found: list[str] = []
    cursor = None
    while True:
        page = person.get(f"{path}limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        found += [post["id"] for post in page["posts"]]
        cursor = page["next_cursor"]
        if cursor is None:
            assert len(set(found)) == len(found), "no post comes twice"
            return found
        assert len(page["posts"]) == limit


def rank(stack: Deployed) -> int:
    """Run the scheduled function now."""
    answer = stack.client("lambda").invoke(FunctionName=stack.function("RankPosts"), Payload=b"{}")
    given = json.loads(answer["Payload"].read())
    assert "errorMessage" not in given, given
    return int(given["posts"])


def test_explore_shows_accounts_until_they_are_followed(api: Api, alice: Person) -> None:
    other, followed = join(api, "other"), join(api, "followed")
    follow(alice, followed)
    posts = {a_post(other, f"Number {number}") for number in range(12)}
    hidden = {
        a_post(other, visibility="followers"),
        a_post(followed),
        a_post(alice),
    }
    wait_for(
        lambda: posts <= set(walked(alice, "/feed/explore?", 20)), "the other's posts in explore"
    )
    assert not hidden.intersection(walked(alice, "/feed/explore?", 20))
    [shown] = [
        each
        for each in alice.get("/feed/explore?limit=100")["posts"]
        if each["author_id"] == other.id
    ][:1]
    assert shown["reason"]["kind"] == "discover"
    follow(alice, other)
    assert not posts.intersection(walked(alice, "/feed/explore?", 20))
    wait_for(lambda: posts <= set(ids(alice, "/feed/home?limit=50")), "them in the home feed")


def test_a_post_leaves_every_feed_and_comes_back(
    stack: Deployed, api: Api, alice: Person, bob: Person
) -> None:
    other = join(api, "other")
    follow(bob, alice)
    post_id = a_post(alice)
    other.expect(200, "POST", f"/posts/{post_id}/like")

    def shown() -> set[str]:
        found = {"home"} if post_id in ids(bob, "/feed/home") else set()
        found |= {"explore"} if post_id in walked(other, "/feed/explore?", 50) else set()
        rank(stack)
        return found | ({"trending"} if post_id in walked(other, "/feed/trending?", 50) else set())

    every = {"home", "explore", "trending"}
    wait_for(lambda: shown() == every, "the post in all three feeds")
    alice.expect(200, "DELETE", f"/posts/{post_id}")
    assert shown() == set()
    alice.expect(200, "POST", f"/posts/{post_id}/restore")
    wait_for(lambda: shown() == every, "the restored post in all three feeds")


def test_posts_with_likes_and_comments_trend(stack: Deployed, api: Api, alice: Person) -> None:
    fans = [join(api, "fan") for _ in range(3)]
    loud, quiet = a_post(alice, "Everybody likes this"), a_post(alice, "Nobody does")
    for fan in fans:
        fan.expect(200, "POST", f"/posts/{loud}/like")
        fan.expect(201, "POST", "/comments", {"post_id": loud, "content": "What a view!"})

    def in_order() -> bool:
        rank(stack)
        found = walked(fans[0], "/feed/trending?", 50)
        return {loud, quiet} <= set(found) and found.index(loud) < found.index(quiet)

    wait_for(in_order, "the loud post before the quiet one")
    page = fans[0].get("/api/feed/trending?page=1&limit=2")
    assert (page["page"], page["limit"], len(page["posts"])) == (1, 2, 2)
    assert {"content", "userId", "reason"} <= set(page["posts"][0])
    # A reader stays in the ranking that they began with.
    first = fans[0].get("/feed/trending?limit=1")
    rank(stack)
    rest = fans[0].get(f"/feed/trending?limit=100&cursor={first['next_cursor']}")
    again = [post["id"] for post in [*first["posts"], *rest["posts"]]]
    assert len(set(again)) == len(again)


def test_a_collaboration_is_in_the_collaborators_home_feed(alice: Person, bob: Person) -> None:
    post_id = a_post(alice, collaborator_ids=[bob.id])
    assert post_id not in ids(bob, "/feed/home")
    bob.expect(200, "PUT", f"/posts/{post_id}/collaboration", {"accept": True})

    def reason() -> str | None:
        found = [post for post in bob.get("/feed/home")["posts"] if post["id"] == post_id]
        return found[0]["reason"]["kind"] if found else None

    wait_for(lambda: reason() == "collaboration", "the post in the collaborator's feed")
    follow(bob, alice)
    bob.expect(200, "DELETE", f"/users/{alice.username}/follow")
    wait_for(lambda: reason() == "collaboration", "it to stay though the follow has ended")
    assert ids(bob, "/api/feed") == []  # SocialHub's feed is of followed accounts


def test_mutes_and_blocks_hide_posts_from_feeds(api: Api, alice: Person, bob: Person) -> None:
    reader = join(api, "reader")
    for author in (alice, bob):
        follow(reader, author)
    muted, blocked = a_post(alice), a_post(bob)
    wait_for(lambda: {muted, blocked} <= set(ids(reader, "/feed/home")), "both posts")
    reader.expect(200, "POST", f"/users/{alice.username}/mute")
    bob.expect(200, "POST", f"/users/{reader.username}/block")
    assert ids(reader, "/feed/home") == []
    for path in ("/feed/explore?", "/feed/trending?", "/feed/reels?scope=all&"):
        assert not {muted, blocked}.intersection(walked(reader, path, 50))
    reader.expect(200, "DELETE", f"/users/{alice.username}/mute")
    assert ids(reader, "/feed/home") == [muted]
    bob.expect(200, "DELETE", f"/users/{reader.username}/block")
    assert ids(reader, "/feed/home") == [muted]  # the block has ended the follow


def test_a_private_accounts_new_follower_gets_its_posts(alice: Person, bob: Person) -> None:
    alice.expect(200, "PUT", "/settings/privacy", {"is_private": True})
    post_id = a_post(alice)
    bob.call("POST", f"/users/{alice.username}/follow")
    assert ids(bob, "/feed/home") == []
    alice.expect(200, "POST", f"/follow-requests/{bob.username}/approve")
    wait_for(lambda: ids(bob, "/feed/home") == [post_id], "the post of the private account")
    assert post_id not in walked(bob, "/feed/explore?", 50)
    alice.expect(200, "DELETE", f"/followers/{bob.username}")
    assert ids(bob, "/feed/home") == []


def test_a_reel_is_in_both_scopes_and_in_explore(
    api: Api, alice: Person, bob: Person, clip: Path
) -> None:
    other = join(api, "other")
    follow(bob, alice)
    upload_id = alice.upload(clip, "video/mp4", purpose="reel")
    alice.processed(upload_id, patience=180)
    reel = alice.expect(
        201, "POST", "/posts", {"caption": "A rabbit", "upload_ids": [upload_id], "is_reel": True}
    )["id"]
    a_post(alice, "No reel")
    wait_for(lambda: ids(bob, "/feed/reels") == [reel], "the reel in the follower's reels")
    wait_for(lambda: reel in walked(other, "/feed/reels?scope=all&"), "it in the public reels")
    wait_for(lambda: reel in walked(other, "/feed/explore?", 50), "it in explore")
    assert ids(other, "/feed/reels") == []
    given = bob.get("/feed/reels")["posts"][0]
    assert (given["is_reel"], given["reason"]["kind"]) == (True, "follow")
    assert given["media"][0]["variants"]


def test_a_celebritys_posts_are_pulled_from_the_item_that_the_stream_keeps(
    stack: Deployed, api: Api, alice: Person
) -> None:
    star = join(api, "star")
    posts = [a_post(star, f"Number {number}") for number in range(3)]
    dynamodb = stack.client("dynamodb")

    def listed() -> list[str]:
        key = {"author_id": {"S": star.id}}
        answer = dynamodb.get_item(TableName=stack.table("latest-posts"), Key=key)
        return str(answer.get("Item", {}).get("posts", {}).get("S", "")).split()

    wait_for(lambda: listed() == posts[::-1], "the ids in the item")
    # As if the star had been a celebrity when it was followed: no timeline has its posts.
    dynamodb.put_item(
        TableName=stack.table("relationships"),
        Item={
            "user_id": {"S": alice.id},
            "edge": {"S": f"follows#{star.id}"},
            "is_active": {"BOOL": True},
            "celebrity_id": {"S": star.id},
            "since": {"S": "2026-01-01T00:00:00.000Z"},
            "updated_at": {"S": "2026-01-01T00:00:00.000Z"},
        },
    )
    assert ids(alice, "/feed/home") == posts[::-1]
    star.expect(200, "DELETE", f"/posts/{posts[1]}")
    assert ids(alice, "/feed/home") == [posts[2], posts[0]], "at once, whatever was kept"
    wait_for(lambda: listed() == [posts[2], posts[0]], "the item without the deleted post")
    star.expect(200, "POST", f"/posts/{posts[1]}/restore")
    wait_for(lambda: ids(alice, "/feed/home") == posts[::-1], "the restored post")
