"""Hashtags on a deployed stack: pages, counts, search and trends follow the posts."""

import json
from typing import Any
from urllib.parse import quote

from tests.e2e.client import PASSWORD, Api, Person, at_once, join, new_name, wait_for
from tests.e2e.conftest import STACK, Deployed
from tests.e2e.test_graph import follow, post


def a_tag(start: str = "tag") -> str:
    """A tag that no other test uses."""
    return new_name(start)


def page(reader: Person, tag: str, **query: Any) -> Any:
    path = f"/hashtags/{quote(tag, safe='')}/posts"
    return reader.expect(200, "GET", path, params=query)


def ids(reader: Person, tag: str, limit: int = 20) -> list[str]:
    """The posts of all pages; every page but the last is full."""
    found: list[str] = []
    query: dict[str, Any] = {"limit": limit}
    while True:
        body = page(reader, tag, **query)
        found += [each["id"] for each in body["posts"]]
        if body["next_cursor"] is None:
            return found
        assert len(body["posts"]) == limit
        query["cursor"] = body["next_cursor"]


def count(reader: Person, tag: str) -> int:
    return int(page(reader, tag)["post_count"])


def found(reader: Person, q: str) -> list[str]:
    body = reader.expect(200, "GET", "/search/hashtags", params={"q": q, "limit": 100})
    return [each["tag"] for each in body["hashtags"]]


def trending(reader: Person) -> list[str]:
    """The tags of all pages."""
    tags: list[str] = []
    query: dict[str, Any] = {"limit": 50}
    while True:
        body = reader.expect(200, "GET", "/hashtags/trending", params=query)
        tags += [each["tag"] for each in body["hashtags"]]
        if body["next_cursor"] is None:
            return tags
        query["cursor"] = body["next_cursor"]


def test_a_post_is_found_by_its_tags_within_seconds(alice: Person, bob: Person) -> None:
    tag = a_tag("Winter")
    first = post(alice, f"Snow #{tag} #{tag.upper()}")
    second = post(bob, f"More snow: #{tag.lower()}.")
    wait_for(lambda: ids(bob, tag) == [second, first], "both posts under the tag")
    wait_for(lambda: count(bob, f"#{tag}") == 2, "the count of the tag")
    body = page(bob, tag, limit=1)
    assert body["tag"] == tag.lower()
    assert body["posts"][0]["hashtags"] == [tag.lower()]
    wait_for(lambda: found(bob, tag[:-1]), "the tag in the search")
    [row] = bob.get(f"/search/hashtags?q={quote('#' + tag)}")["hashtags"]
    assert (row["tag"], row["name"], row["post_count"]) == (tag.lower(), tag.lower(), 2)
    assert row["created_at"].endswith("Z")


def test_tags_may_have_letters_of_any_script(alice: Person) -> None:
    mark = new_name("").removeprefix("_")
    tags = [f"हिन्दी{mark}", f"日本{mark}", f"été{mark}", f"می{mark}", f"straße{mark}"]
    posted = post(alice, " ".join(f"#{tag}" for tag in tags))
    for tag in tags:
        wait_for(lambda tag=tag: ids(alice, tag) == [posted], f"the post under {tag}")
        wait_for(lambda tag=tag: found(alice, tag) == [tag], f"{tag} in the search")
    assert ids(alice, f"#e\N{COMBINING ACUTE ACCENT}TÉ{mark}") == [posted]
    wide = f"\N{FULLWIDTH NUMBER SIGN}日本{mark}"
    assert ids(alice, wide) == [posted]


def test_an_edit_moves_the_post(alice: Person) -> None:
    before, after, kept = a_tag(), a_tag(), a_tag()
    posted = post(alice, f"#{before} #{kept}")
    wait_for(lambda: (count(alice, before), count(alice, kept)) == (1, 1), "the first tags")
    alice.expect(200, "PATCH", f"/posts/{posted}", {"caption": f"#{after} #{kept}"})
    wait_for(lambda: ids(alice, after) == [posted], "the post under its new tag")
    wait_for(lambda: count(alice, after) == 1, "the count of the new tag")
    wait_for(lambda: (ids(alice, before), count(alice, before)) == ([], 0), "the old tag emptied")
    assert (ids(alice, kept), count(alice, kept)) == ([posted], 1)
    wait_for(lambda: found(alice, before) == [], "the old tag out of the search")


def test_a_deleted_post_leaves_its_tag_at_once_and_can_return(alice: Person, bob: Person) -> None:
    tag = a_tag()
    posted = post(alice, f"#{tag}")
    wait_for(lambda: (ids(bob, tag), count(bob, tag)) == ([posted], 1), "the post under its tag")
    alice.expect(200, "DELETE", f"/posts/{posted}")
    assert ids(bob, tag) == []
    wait_for(lambda: count(bob, tag) == 0, "nothing to be counted")
    alice.expect(200, "POST", f"/posts/{posted}/restore")
    wait_for(lambda: (ids(bob, tag), count(bob, tag)) == ([posted], 1), "the post to be back")


def test_only_those_who_may_see_a_post_find_it(api: Api, alice: Person, bob: Person) -> None:
    tag, secret = a_tag(), a_tag("surprise")
    other = join(api, "other")
    follow(bob, alice)
    public = post(alice, f"#{tag}")
    followers = post(alice, f"#{tag} #{secret}", "followers")
    own = post(alice, f"#{tag} #{secret}", "private")
    wait_for(lambda: ids(alice, tag) == [own, followers, public], "all posts for their author")
    assert ids(bob, tag, limit=1) == [followers, public]
    assert ids(other, tag) == [public]
    wait_for(lambda: count(alice, tag) == 1, "the count of the public one")
    assert [count(each, tag) for each in (bob, other)] == [1, 1]
    assert count(alice, secret) == 0
    for person in (alice, bob, other):
        assert found(person, secret) == []
        assert secret not in trending(person)
    alice.expect(200, "PUT", "/settings/privacy", {"is_private": True})
    assert ids(other, tag) == []
    wait_for(lambda: count(other, tag) == 0, "the count without the private account")
    alice.expect(200, "PUT", "/settings/privacy", {"is_private": False})
    wait_for(lambda: count(other, tag) == 1, "the count with the public account")
    alice.expect(200, "POST", f"/users/{other.id}/block")
    assert ids(other, tag) == []


def test_an_account_that_is_being_deleted_shows_none_of_its_tags(
    alice: Person, bob: Person
) -> None:
    tag = a_tag("mine")
    posted = post(alice, f"#{tag}")
    wait_for(lambda: (count(bob, tag), found(bob, tag)) == (1, [tag]), "the tag to be found")
    alice.expect(202, "DELETE", "/account", {"password": PASSWORD})
    assert ids(bob, tag) == []
    wait_for(lambda: (count(bob, tag), found(bob, tag)) == (0, []), "the tag to be gone")
    restoring = {"identifier": alice.username, "password": PASSWORD, "restore": True}
    alice.api.expect(200, "POST", "/login", restoring)
    wait_for(lambda: (count(bob, tag), found(bob, tag)) == (1, [tag]), "the tag to be back")
    assert ids(bob, tag) == [posted]


def test_counts_are_exact_when_many_post_at_the_same_time(alice: Person, bob: Person) -> None:
    tag, people = a_tag(), [alice, bob]
    posts = at_once(lambda n: post(people[n % 2], f"{n} #{tag}"), range(30))
    mine = posts[:10:2]
    at_once(lambda each: alice.expect(200, "DELETE", f"/posts/{each}"), mine)
    left = sorted(set(posts) - set(mine), reverse=True)
    # The count alone would not do: it passes through every number on its way.
    wait_for(
        lambda: (ids(bob, tag), count(bob, tag)) == (left, len(left)), f"{len(left)} posts, counted"
    )
    assert ids(bob, tag, limit=7) == left


def test_the_most_used_tag_is_found_first(alice: Person) -> None:
    start = a_tag("prefix")
    for often, end in ((1, "a"), (4, "b"), (2, "c")):
        for _ in range(often):
            post(alice, f"#{start}{end}")
    expected = [f"{start}b", f"{start}c", f"{start}a"]
    wait_for(lambda: found(alice, start) == expected, f"the order {expected}")
    assert found(alice, f"{start.upper()}B") == [f"{start}b"]
    assert found(alice, "no tag begins like this") == []
    first = alice.get(f"/search/hashtags?q={start}&limit=2")
    rest = alice.get(f"/search/hashtags?q={start}&limit=2&cursor={first['next_cursor']}")
    assert [each["tag"] for each in first["hashtags"] + rest["hashtags"]] == expected


def test_trends_are_ranked_on_a_schedule(stack: Deployed, alice: Person) -> None:
    rising, deleted = a_tag("rising"), a_tag("deleted")
    for _ in range(3):
        post(alice, f"#{rising}")
    gone = post(alice, f"#{deleted}")
    wait_for(lambda: (count(alice, rising), count(alice, deleted)) == (3, 1), "the counts")
    # Windows are counted by the stream, just behind the totals.
    wait_for(
        lambda: [tag for tag in ranked(stack) if tag in (rising, deleted)] == [rising, deleted],
        "both tags in the ranking, the rising one first",
    )
    assert {rising, deleted} <= set(trending(alice))
    alice.expect(200, "DELETE", f"/posts/{gone}")
    wait_for(lambda: deleted not in trending(alice), "the deleted tag to be left out")
    wait_for(lambda: deleted not in ranked(stack), "and to be out of the next ranking")


def ranked(stack: Deployed) -> list[str]:
    """The ranking that the scheduled Lambda makes when it runs now."""
    ran = stack.client("lambda").invoke(FunctionName=stack.function("RankTags"))
    assert "FunctionError" not in ran, ran["Payload"].read()
    item = stack.client("dynamodb").get_item(
        TableName=f"{STACK}-tag-rankings", Key={"name": {"S": "trending"}}
    )["Item"]
    tags: list[str] = json.loads(item["tags"]["S"])
    return tags


def test_a_wrong_count_is_repaired(stack: Deployed, alice: Person) -> None:
    tag = a_tag()
    post(alice, f"#{tag}")
    wait_for(lambda: count(alice, tag) == 1, "the post to be counted")
    dynamodb = stack.client("dynamodb")

    def overwrite(table: str, key: str, text: str, name: str, value: dict[str, str]) -> None:
        dynamodb.update_item(
            TableName=stack.table(table),
            Key={key: {"S": text}},
            UpdateExpression="SET #name = :value",
            ConditionExpression="attribute_exists(#key)",
            ExpressionAttributeNames={"#name": name, "#key": key},
            ExpressionAttributeValues={":value": value},
        )

    overwrite("hashtags", "tag", tag, "post_count", {"N": "7"})
    assert recounted(stack)["unfinished"] == 0
    assert count(alice, tag) == 7, "it may be on its way"
    noted = f"hashtags#post_count#{tag}"
    overwrite("recounts", "subject", noted, "noted_at", {"S": "2026-01-05T12:00:00.000Z"})
    assert recounted(stack)["drift"] >= 6
    assert count(alice, tag) == 1


def recounted(stack: Deployed) -> dict[str, int]:
    """What the scheduled Lambda returns when it runs now."""
    ran = stack.client("lambda").invoke(FunctionName=stack.function("ReconcileTags"))
    answer: dict[str, int] = json.loads(ran["Payload"].read())
    assert "FunctionError" not in ran, answer
    return answer


def test_paths_and_bounds(alice: Person) -> None:
    assert page(alice, "trending")["tag"] == "trending"
    assert page(alice, "nobody_uses_this_tag") == {
        "posts": [],
        "tag": "nobody_uses_this_tag",
        "post_count": 0,
        "next_cursor": None,
    }
    for path in (
        f"/hashtags/{'x' * 101}/posts",
        "/hashtags/a-b/posts",
        "/search/hashtags",
        f"/search/hashtags?q={'x' * 101}",
        "/hashtags/trending?limit=0",
    ):
        assert alice.call("GET", path).json()["code"] == "invalid_input", path
    for path in ("/hashtags/trending", "/hashtags/a/posts", "/search/hashtags?q=a"):
        assert alice.api.call("GET", path).json()["code"] == "unauthorized", path
