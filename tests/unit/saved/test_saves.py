"""Save and unsave posts: the collections of a post, the counts, and what is visible to whom."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from posts.get_post import app as post_app
from saved import saves
from saved.create_collection import app as create_app
from saved.get_collection import app as get_app
from saved.list_collections import app as list_app
from saved.list_post_collections import app as places_app
from saved.models import DEFAULT, Collection, SavedPost, entry_of
from saved.on_post_purged import app as purged_app
from saved.save_post import app as save_app
from saved.unsave_post import app as unsave_app
from shared.access.caller import Caller
from shared.clock import stop_at, timestamp
from shared.events.envelopes import Envelope
from shared.events.posts import PostPurged
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.conftest import NOON
from tests.unit.saved.conftest import (
    Call,
    a_post,
    change_post,
    count_of,
    entries,
    run_stream,
)
from users.models import Relationship, edge

UNSAVE_BY_PATH = "DELETE /collections/{collection_id}/posts/{post_id}"


@pytest.fixture
def later() -> Iterator[Any]:
    """A clock that each use advances by one second, so that ids sort."""
    seconds = count(1)
    return lambda: stop_at(NOON + next(seconds))


def create(call: Call, owner: Caller, name: str = "Winter") -> str:
    return str(call(create_app, owner, body={"name": name})[1]["id"])


def save(call: Call, owner: Caller, post_id: str, collection_id: str = "default") -> None:
    answer = call(save_app, owner, collection_id=collection_id, body={"post_id": post_id})
    shown_id = owner.user_id if collection_id == "default" else collection_id
    assert answer == (200, {"message": "Post saved", "saved": True, "collection_id": shown_id})


def unsave(call: Call, owner: Caller, post_id: str, collection_id: str = "default") -> bool:
    status, body = call(
        unsave_app, owner, UNSAVE_BY_PATH, collection_id=collection_id, post_id=post_id
    )
    assert status == 200, body
    return bool(body["saved"])


def places(call: Call, owner: Caller, post_id: str) -> list[str]:
    status, body = call(places_app, owner, post_id=post_id)
    assert status == 200 and body["saved"] == bool(body["collection_ids"])
    return list(body["collection_ids"])


def posts_in(call: Call, owner: Caller, collection_id: str = "default") -> list[str]:
    status, body = call(get_app, owner, collection_id=collection_id)
    assert status == 200
    return [post["id"] for post in body["posts"]]


def is_saved(call: Call, owner: Caller, post_id: str) -> bool:
    return bool(call(post_app, owner, post_id=post_id)[1]["is_saved"])


def marker(owner: Caller, post_id: str) -> SavedPost:
    found = SavedPost.find(owner.user_id, entry_of(post_id, DEFAULT))
    assert found is not None
    return found


def test_saving_in_a_collection_saves_in_the_default_one_too(call: Call) -> None:
    owner, other = a_user(), a_user()
    post_id, winter = a_post(other), create(call, owner)
    assert places(call, owner, post_id) == [] and not is_saved(call, owner, post_id)
    for _ in range(2):  # again changes nothing
        save(call, owner, post_id, winter)
        assert places(call, owner, post_id) == [owner.user_id, winter]
        assert (count_of(owner, DEFAULT), count_of(owner, winter)) == (1, 1)
    assert posts_in(call, owner) == posts_in(call, owner, winter) == [post_id]
    assert is_saved(call, owner, post_id) and not is_saved(call, other, post_id)
    _, body = call(get_app, owner, collection_id=winter)
    assert body["posts"][0]["is_saved"] is True


def test_the_second_route_saves_too(call: Call) -> None:
    owner = a_user()
    post_id = a_post(owner)
    route = "POST /collections/{collection_id}/posts"
    status, _ = call(save_app, owner, route, collection_id="default", body={"post_id": post_id})
    assert status == 200 and is_saved(call, owner, post_id)


@pytest.mark.parametrize("spelling", ["path", "body", "query", "body before query"])
def test_leaving_a_collection_leaves_the_post_saved(spelling: str, call: Call) -> None:
    owner = a_user()
    post_id, winter = a_post(owner), create(call, owner)
    save(call, owner, post_id, winter)
    how: dict[str, Any] = {
        "path": {"post_id": post_id},
        "body": {"body": {"post_id": post_id}},
        "query": {"query": {"post_id": post_id}},
        "body before query": {"body": {"post_id": post_id}, "query": {"post_id": new_id()}},
    }[spelling]
    route = UNSAVE_BY_PATH if spelling == "path" else ""
    for _ in range(2):
        status, body = call(unsave_app, owner, route, collection_id=winter, **how)
        assert (status, body["saved"], body["collection_id"]) == (200, True, winter)
    assert places(call, owner, post_id) == [owner.user_id]
    assert (count_of(owner, DEFAULT), count_of(owner, winter)) == (1, 0)
    assert is_saved(call, owner, post_id) and posts_in(call, owner, winter) == []


def test_leaving_the_default_collection_unsaves_everywhere_at_once(call: Call) -> None:
    owner = a_user()
    post_id, other_id = a_post(owner), a_post(owner)
    winter, summer = create(call, owner), create(call, owner, "Summer")
    for collection_id in (winter, summer):
        save(call, owner, post_id, collection_id)
        save(call, owner, other_id, collection_id)
    gone = marker(owner, post_id)
    for _ in range(2):
        assert unsave(call, owner, post_id) is False
    assert not is_saved(call, owner, post_id) and places(call, owner, post_id) == []
    for collection_id in ("default", winter, summer):
        assert posts_in(call, owner, collection_id) == [other_id]
    assert count_of(owner, DEFAULT) == 1

    for _ in range(2):  # records may be delivered twice
        run_stream(gone)
        assert (count_of(owner, winter), count_of(owner, summer)) == (1, 1)
    assert {each.post_id for each in entries(owner)} == {other_id}


def test_a_post_that_is_saved_again_does_not_return_to_its_old_collections(call: Call) -> None:
    owner = a_user()
    post_id, winter, summer = a_post(owner), create(call, owner), create(call, owner, "Summer")
    save(call, owner, post_id, winter)
    save(call, owner, post_id, summer)
    gone = marker(owner, post_id)
    unsave(call, owner, post_id)
    save(call, owner, post_id)  # before the stream record arrived
    assert places(call, owner, post_id) == [owner.user_id]
    assert posts_in(call, owner, winter) == posts_in(call, owner, summer) == []
    assert unsave(call, owner, post_id, winter) is True, "it is not in that collection"
    save(call, owner, post_id, summer)
    run_stream(gone)
    assert places(call, owner, post_id) == [owner.user_id, summer]
    assert posts_in(call, owner, summer) == [post_id]
    counts = [count_of(owner, key) for key in (DEFAULT, winter, summer)]
    assert counts == [1, 0, 1]
    assert len(entries(owner)) == 2


def test_a_collection_shows_the_last_saved_first_page_by_page(call: Call, later: Any) -> None:
    owner = a_user()
    posts = [a_post(owner) for _ in range(5)]
    order = [posts[2], posts[0], posts[4], posts[1], posts[3]]
    for post_id in order:
        with later():
            save(call, owner, post_id)
    save(call, owner, order[0])  # saved already: it keeps its place
    query, found = {"limit": "2"}, []
    while True:
        status, body = call(get_app, owner, collection_id="default", query=query)
        assert status == 200 and body["collection"]["post_count"] == 5
        found.append([post["id"] for post in body["posts"]])
        if body["next_cursor"] is None:
            break
        query = {"limit": "2", "cursor": body["next_cursor"]}
    assert found == [order[:2:-1], order[2:0:-1], order[:1]]


def test_a_post_that_becomes_hidden_still_counts_and_returns_when_visible(call: Call) -> None:
    owner, author = a_user(), a_user()
    post_id, winter = a_post(author), create(call, owner)
    save(call, owner, post_id, winter)
    for hidden, shown in (
        ({"visibility": "private"}, {"visibility": "public"}),
        ({"visibility": "followers"}, {"visibility": "public"}),
        ({"deleted_at": timestamp()}, {"deleted_at": None}),
    ):
        change_post(post_id, **hidden)
        for collection_id in ("default", winter):
            _, body = call(get_app, owner, collection_id=collection_id)
            assert (body["posts"], body["collection"]["cover_urls"]) == ([], [])
            assert body["collection"]["post_count"] == 1
        status, body = call(places_app, owner, post_id=post_id)
        assert (status, body["code"]) == (404, "post_not_found")
        change_post(post_id, **shown)
        assert posts_in(call, owner, winter) == posts_in(call, owner) == [post_id]


def test_only_visible_posts_can_be_saved(call: Call) -> None:
    owner, author = a_user(), a_user()
    moment = timestamp()
    blocker = a_user()
    for one, kind, other in (
        (blocker, "blocks", owner),
        (owner, "blocked_by", blocker),
    ):
        Relationship(one.user_id, edge(kind, other.user_id), since=moment, updated_at=moment).save()  # type: ignore[arg-type]
    for post_id in (
        a_post(author, visibility="private"),
        a_post(author, visibility="followers"),
        a_post(author, deleted_at=moment),
        a_post(blocker),
        new_id(),
    ):
        answer = call(save_app, owner, collection_id="default", body={"post_id": post_id})
        assert (answer[0], answer[1]["code"]) == (404, "post_not_found")
        answer = call(unsave_app, owner, collection_id="default", body={"post_id": post_id})
        assert (answer[0], answer[1]["code"]) == (404, "post_not_found")
    assert entries(owner) == [] and count_of(owner, DEFAULT) == 0


def test_a_hidden_post_can_be_unsaved(call: Call) -> None:
    owner = a_user()
    post_id, winter = a_post(a_user()), create(call, owner)
    save(call, owner, post_id, winter)
    change_post(post_id, visibility="private")
    assert unsave(call, owner, post_id, winter) is True
    assert unsave(call, owner, post_id) is False
    assert (count_of(owner, DEFAULT), count_of(owner, winter)) == (0, 0)
    status, _ = call(unsave_app, owner, collection_id="default", body={"post_id": post_id})
    assert status == 404, "now it is like any other post that is not visible"


def test_ids_are_checked_in_body_and_path(call: Call) -> None:
    owner = a_user()
    for app in (save_app, unsave_app):
        for body in ({"post_id": "x"}, {}, None):
            status, answer = call(app, owner, collection_id="default", body=body)
            assert (status, answer["code"]) == (400, "invalid_input")
    for app, route in ((unsave_app, UNSAVE_BY_PATH), (places_app, "")):
        path = (
            {"post_id": "x"} if app is places_app else {"collection_id": "default", "post_id": "x"}
        )
        status, answer = call(app, owner, route, **path)
        assert (status, answer["code"]) == (404, "post_not_found")


def test_covers_are_the_latest_visible_pictures(call: Call, later: Any) -> None:
    owner, author = a_user(), a_user()
    winter = create(call, owner)
    posts = [a_post(author) for _ in range(7)]
    posts.append(a_post(author, thumbnail_key=None))  # text only
    for post_id in posts:
        with later():
            save(call, owner, post_id, winter)
    change_post(posts[6], visibility="private")
    change_post(posts[4], deleted_at=timestamp())
    expected = [posts[5], posts[3], posts[2], posts[1]]
    _, one = call(get_app, owner, collection_id=winter)
    _, every = call(list_app, owner)
    for collection in (one["collection"], *every["collections"]):
        urls = collection["cover_urls"]
        assert [post_id for url in urls for post_id in posts if post_id in url] == expected
        assert collection["post_count"] == 8


def test_saving_takes_a_rate_limit_a_read_and_a_write(call: Call, aws: MemoryAws) -> None:
    owner = a_user()
    post_id, winter = a_post(a_user()), create(call, owner)
    is_saved(call, owner, post_id)  # so that the process knows the post's author
    for act in (
        lambda: save(call, owner, post_id, winter),
        lambda: unsave(call, owner, post_id, winter),
        lambda: unsave(call, owner, post_id),
    ):
        aws.dynamo.calls.clear()
        act()
        assert aws.dynamo.calls == ["UpdateItem", "BatchGetItem", "TransactWriteItems"]


def test_a_race_with_oneself_counts_once(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = a_user()
    post_id, winter = a_post(owner), create(call, owner)
    read, turns = saves.get_visible_post_with, count()

    def read_then_be_overtaken(*given: Any) -> Any:
        found = read(*given)
        if next(turns) == 0:
            save(call, owner, post_id)
            unsave(call, owner, post_id)
            save(call, owner, post_id, winter)
        return found

    monkeypatch.setattr(saves, "get_visible_post_with", read_then_be_overtaken)
    save(call, owner, post_id, winter)
    assert (count_of(owner, DEFAULT), count_of(owner, winter)) == (1, 1)
    assert len(entries(owner)) == 2


def test_a_collection_that_is_deleted_during_a_save_takes_no_post(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = a_user()
    post_id, winter = a_post(owner), create(call, owner)
    read = saves.get_visible_post_with

    def read_then_delete(*given: Any) -> Any:
        found = read(*given)
        Collection(owner.user_id, winter).delete()
        return found

    monkeypatch.setattr(saves, "get_visible_post_with", read_then_delete)
    answer = call(save_app, owner, collection_id=winter, body={"post_id": post_id})
    assert (answer[0], answer[1]["code"]) == (404, "collection_not_found")
    assert entries(owner) == [] and count_of(owner, DEFAULT) == 0


def test_a_purged_post_is_unsaved_for_everybody(
    call: Call, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saved.collection_cleanup._PEOPLE", 2)
    author, people = a_user(), [a_user() for _ in range(5)]
    post_id, kept_id = a_post(author), a_post(author)
    for person in people:
        save(call, person, post_id, create(call, person))
        save(call, person, kept_id)
    gone = [marker(person, post_id) for person in people]
    body = Envelope(
        "record-0", timestamp(), None, PostPurged(post_id, author.user_id, [])
    ).to_json()
    jobs = aws.sent.setdefault("saved-post-purged", [body])
    with stop_at(NOON + 1e9):  # long after, so that no last check is due
        while jobs:
            message = {"messageId": "message", "body": jobs.pop(0)}
            assert purged_app({"Records": [message]}, LambdaContext()) == {"batchItemFailures": []}
    run_stream(*gone)
    for person in people:
        assert [each.post_id for each in entries(person)] == [kept_id]
        counts = {each.collection_id: each.post_count for each in Collection.query(person.user_id)}
        assert sorted(counts.values()) == [0, 1] and counts[DEFAULT] == 1
