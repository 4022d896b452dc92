"""Saved posts on DynamoDB: exact counts and limits under concurrency, and the clean-up."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from saved import (
    create_collection,
    delete_collection,
    empty_collection,
    get_collection,
    list_collections,
    list_post_collections,
    on_post_purged,
    on_saved_changed,
    on_user_erased,
)
from saved.models import DEFAULT, Collection, SavedPost
from saved.saves import save, unsave
from shared.access.caller import Caller
from shared.dynamodb.tables import query
from shared.errors import CollectionNotFound
from shared.ids import new_id
from tests.integration.posts.world import (
    a_post,
    a_user,
    call,
    consume,
    deliver,
    event,
    stream_records,
    take,
)

pytestmark = pytest.mark.usefixtures("foundation")


@pytest.fixture
def few_collections(monkeypatch: pytest.MonkeyPatch) -> int:
    """A limit of five collections."""
    monkeypatch.setenv("MAX_COLLECTIONS", "5")
    return 5


def create(owner: Caller, name: str = "Winter") -> str:
    status, body = call(create_collection.app, "POST /collections", owner, body={"name": name})
    assert status == 201, body
    return str(body["id"])


def show(owner: Caller, collection_id: str = "default") -> Any:
    route, path = "GET /collections/{collection_id}", {"collection_id": collection_id}
    status, body = call(get_collection.app, route, owner, path=path, query={"limit": "100"})
    assert status == 200, body
    return body


def entries(owner: Caller) -> list[SavedPost]:
    found, after = query(SavedPost, owner.user_id, limit=1000, consistent=True)
    assert after is None
    return found


def counts(owner: Caller) -> dict[str, int]:
    found, _ = query(Collection, owner.user_id, limit=1000, consistent=True)
    return {each.collection_id: each.post_count for each in found}


def held(owner: Caller) -> dict[str, int]:
    """The counts that the entries give."""
    found = dict.fromkeys(counts(owner), 0)
    for entry in entries(owner):
        found[entry.collection_id] += 1
    return found


def at_once(*acts: Callable[[], object]) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda act: act(), acts))


def clean_up(owner: Caller) -> None:
    """Deliver all removals to the stream Lambda, some of them twice."""
    tables = ("saved-posts", "collections")
    records = [each for table in tables for each in stream_records(table, owner.user_id)]
    removed = [each for each in records if each["eventName"] == "REMOVE"]
    deliver(on_saved_changed.app, removed)
    deliver(on_saved_changed.app, removed[len(removed) // 2 :])


def test_counts_are_exact_when_a_user_saves_and_unsaves_at_the_same_time() -> None:
    owner, author = a_user(), a_user()
    posts = [a_post(author) for _ in range(6)]
    keys = [DEFAULT, create(owner, "one"), create(owner, "two")]
    acts: list[Callable[[], object]] = []
    for post_id in posts:
        for key in keys:
            acts += [lambda p=post_id, k=key: save(owner, p, k)] * 2  # type: ignore[misc]
            acts += [lambda p=post_id, k=key: unsave(owner, p, k)]  # type: ignore[misc]
    random.shuffle(acts)
    at_once(*acts)
    clean_up(owner)
    assert counts(owner) == held(owner)
    saved = {each.post_id for each in entries(owner) if each.collection_id == DEFAULT}
    assert {each.post_id for each in entries(owner)} == saved, "unsaved posts have no entries"
    for post_id in posts:
        save(owner, post_id, keys[1])
    at_once(*(lambda p=post_id: unsave(owner, p, DEFAULT) for post_id in posts * 2))  # type: ignore[misc]
    clean_up(owner)
    assert entries(owner) == [] and set(counts(owner).values()) == {0}


def test_the_same_save_sent_many_times_at_once_counts_once() -> None:
    owner = a_user()
    post_id, key = a_post(a_user()), create(owner)
    at_once(*[lambda: save(owner, post_id, key)] * 16)
    assert counts(owner) == {DEFAULT: 1, key: 1}
    assert len(entries(owner)) == 2


def test_the_limit_of_collections_is_exact_under_concurrency(few_collections: int) -> None:
    owner = a_user()
    statuses: list[int] = []

    def make() -> None:
        route = "POST /collections"
        statuses.append(call(create_collection.app, route, owner, body={"name": "Winter"})[0])

    at_once(*[make] * 12)
    assert sorted(statuses) == [201] * few_collections + [409] * (12 - few_collections)
    status, body = call(list_collections.app, "GET /collections", owner)
    assert status == 200
    assert [each["is_default"] for each in body["collections"]] == [True] + [False] * 5


def test_a_save_while_the_collection_is_deleted_leaves_no_entry() -> None:
    owner = a_user()
    key, posts = create(owner), [a_post(a_user()) for _ in range(10)]

    def put(post_id: str) -> None:
        with suppress(CollectionNotFound):
            save(owner, post_id, key)

    def drop() -> None:
        route, path = "DELETE /collections/{collection_id}", {"collection_id": key}
        assert call(delete_collection.app, route, owner, path=path)[0] == 200

    acts: list[Callable[[], object]] = [lambda p=post_id: put(p) for post_id in posts]  # type: ignore[misc]
    at_once(*acts[:5], drop, *acts[5:])
    clean_up(owner)
    jobs = take("deleted-collections", lambda job: job["user_id"] == owner.user_id)
    assert jobs
    consume(empty_collection.app, *(job["body"] for job in jobs))
    assert {each.collection_id for each in entries(owner)} <= {DEFAULT}
    assert counts(owner) == held(owner)


def test_a_collection_lists_the_last_saved_post_first() -> None:
    owner = a_user()
    key = create(owner)
    posts = [a_post(a_user(), thumbnail_key=f"media/{number}.jpg") for number in range(5)]
    order = random.sample(posts, 5)
    for post_id in order:
        save(owner, post_id, key)
    save(owner, a_post(owner), DEFAULT)
    body = show(owner, key)
    assert [post["id"] for post in body["posts"]] == order[::-1]
    assert all(post["is_saved"] for post in body["posts"])
    assert body["collection"]["post_count"] == 5 and len(body["collection"]["cover_urls"]) == 4
    assert len(show(owner)["posts"]) == 6
    route, path = "GET /posts/{post_id}/collections", {"post_id": posts[0]}
    status, places = call(list_post_collections.app, route, owner, path=path)
    assert (status, places["collection_ids"]) == (200, [owner.user_id, key])


def test_a_purged_post_and_an_erased_account_leave_nothing() -> None:
    author, people = a_user(), [a_user() for _ in range(3)]
    post_id, other_id = a_post(author), a_post(author)
    for person in people:
        key = create(person)
        save(person, post_id, key)
        save(person, other_id, key)
    purged = event("post.purged", author.user_id, post_id=post_id, author_id="", upload_ids=[])
    consume(on_post_purged.app, purged)
    for person in people:
        clean_up(person)
        assert {each.post_id for each in entries(person)} == {other_id}
        assert set(counts(person).values()) == {1}
    consume(on_user_erased.app, event("user.erased", new_id(), user_id=people[0].user_id))
    clean_up(people[0])
    assert entries(people[0]) == [] and counts(people[0]) == {}
    assert len(entries(people[1])) == 2
