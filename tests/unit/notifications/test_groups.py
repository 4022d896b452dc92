"""Groups: what people did to one thing within a day is one row, marked and deleted as one."""

import json
from typing import Any

import pytest

from notifications import (
    delete_notification,
    group_pages,
    groups,
    list_notifications,
    mark_read,
)
from notifications.entries import new_entry
from notifications.models import Notification
from posts.models import Post
from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post
from users.models import Relationship, edge

HOUR = 3600
MARK = "PUT /notifications/{notification_id}/read"
DELETE = "DELETE /notifications/{notification_id}"


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float) -> None:
    """AWS in memory, at noon."""


def ask(app: Any, route: str, caller: Caller, path: str = "", **given: Any) -> tuple[int, Any]:
    named = {"notification_id": path} if path else None
    answer = app(gateway_event(route, path=named, caller=caller, **given), LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def page(reader: Caller, language: str = "", **query: str) -> dict[str, Any]:
    query = {"grouped": "true", **query}
    headers = {"Accept-Language": language}
    route = "GET /notifications"
    status, body = ask(list_notifications.app, route, reader, query=query, headers=headers)
    assert status == 200, body
    found: dict[str, Any] = body
    return found


def listed(reader: Caller, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page(reader, **query)["groups"]
    return found


def ungrouped(reader: Caller) -> list[dict[str, Any]]:
    query = {"limit": "100"}
    _, body = ask(list_notifications.app, "GET /notifications", reader, query=query)
    entries: list[dict[str, Any]] = body["notifications"]
    return entries


def add(
    reader: Caller,
    entity_id: str,
    type_name: str = "post.liked",
    ago: float = 0,
    actor: Caller | None = None,
    post_id: str | None = None,
) -> str:
    """Store an entry of a fact so many seconds ago; its id."""
    actor = actor or a_user()
    by = (actor.user_id, actor.username)
    entry = new_entry(reader.user_id, type_name, timestamp(now() - ago), by, entity_id, post_id)
    entry.save()
    return str(entry.notification_id)


def test_the_likes_of_a_day_are_one_group() -> None:
    reader, last = a_user(), a_user()
    post_id = a_post(reader)
    older = [add(reader, post_id, ago=60 - number) for number in range(4)]
    newest = add(reader, post_id, actor=last)
    other = add(reader, a_post(reader), ago=30)
    first, second = listed(reader)
    assert first["entry_ids"] == [newest, *reversed(older)]
    assert (first["kind"], first["type"]) == ("LIKE", "post.liked")
    assert (first["entity_type"], first["entity_id"]) == ("post", post_id)
    assert (len(first["actors"]), first["actor_count"]) == (3, 5)
    assert first["actors"][0]["id"] == first["latest"]["actor_id"] == last.user_id
    assert first["latest_at"] == timestamp()
    assert first["message"] == f"{last.username} and 4 others liked your post"
    assert first["is_read"] is False
    assert (second["entry_ids"], second["actor_count"]) == ([other], 1)
    assert second["message"] == second["latest"]["message"]


def test_who_did_it_twice_counts_once() -> None:
    reader, twice, once = a_user(), a_user(), a_user()
    post_id = a_post(reader)
    for number in range(2):
        add(reader, new_id(), "post.commented", number, twice, post_id)
    add(reader, new_id(), "post.commented", 5, once, post_id)
    [group] = listed(reader)
    assert (group["actor_count"], len(group["entry_ids"])) == (2, 3)
    assert (group["entity_type"], group["entity_id"]) == ("post", post_id)
    assert group["message"] == f"{twice.username} and 1 other commented on your post"


def test_follows_are_one_group_and_requests_are_not() -> None:
    reader = a_user()
    for number in range(2):
        actor = a_user()
        add(reader, actor.user_id, "user.followed", number, actor)
        add(reader, actor.user_id, "follow.request", 60 + number, actor)
    follows, *requests = listed(reader)
    assert follows["actor_count"] == 2
    assert (follows["entity_type"], follows["entity_id"]) == ("user", reader.user_id)
    assert [each["group_id"] for each in requests] == [each["latest"]["id"] for each in requests]
    assert len(requests) == 2


def test_days_types_and_things_are_groups_of_their_own() -> None:
    reader = a_user()
    post_id = a_post(reader)
    add(reader, post_id)
    add(reader, post_id, "post.shared", 1)
    add(reader, post_id, ago=13 * HOUR)  # before midnight
    add(reader, post_id, ago=14 * HOUR)
    found = listed(reader)
    assert [len(each["entry_ids"]) for each in found] == [1, 1, 2]
    assert len({each["group_id"] for each in found}) == 3


def test_a_group_keeps_its_id_while_it_grows() -> None:
    reader = a_user()
    post_id = a_post(reader)
    add(reader, post_id, ago=60)
    [before] = listed(reader)
    add(reader, post_id)
    [after] = listed(reader)
    assert before["group_id"] == after["group_id"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
@pytest.mark.parametrize("window", [4, 5, 400])
def test_pages_show_each_entry_once(
    limit: int, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_pages, "WINDOW", window)
    reader = a_user()
    posts = [a_post(reader) for _ in range(2)]
    stored = [
        add(reader, posts[number % 2], ago=day * 24 * HOUR + number)
        for day in range(4)
        for number in range(3)
    ]
    found: list[dict[str, Any]] = []
    cursor = None
    for _ in range(20):
        more = page(reader, limit=str(limit), **({"cursor": cursor} if cursor else {}))
        assert len(more["groups"]) <= limit
        found += more["groups"]
        cursor = more["next_cursor"]
        if cursor is None:
            break
    assert sorted(each for group in found for each in group["entry_ids"]) == sorted(stored)
    assert len({each["group_id"] for each in found}) == len(found) == 8


def test_an_actor_who_is_blocked_is_in_no_group() -> None:
    reader, blocked, other = a_user(), a_user(), a_user()
    post_id = a_post(reader)
    add(reader, post_id, actor=blocked)
    add(reader, post_id, ago=1, actor=other)
    add(reader, a_post(reader), actor=blocked)
    Relationship(
        reader.user_id, edge("blocks", blocked.user_id), since=timestamp(), updated_at=timestamp()
    ).save()
    [group] = listed(reader)
    assert [each["id"] for each in group["actors"]] == [other.user_id]
    assert (group["actor_count"], len(group["entry_ids"])) == (1, 1)


def test_marking_a_group_marks_all_its_entries_and_no_other() -> None:
    reader = a_user()
    post_id = a_post(reader)
    for number in range(3):
        add(reader, post_id, ago=number)
    add(reader, post_id, ago=20 * HOUR)
    add(reader, a_post(reader), ago=10)
    group_id = listed(reader)[0]["group_id"]
    status, answer = ask(mark_read.app, MARK, reader, group_id)
    assert (status, answer["notification"]["is_read"]) == (200, True)
    assert [each["is_read"] for each in listed(reader)] == [True, False, False]
    assert [each["is_read"] for each in ungrouped(reader)] == [True] * 3 + [False] * 2
    assert ask(mark_read.app, MARK, reader, group_id)[0] == 200
    assert len(listed(reader, unread_only="true")) == 2


def test_a_group_with_something_unread_is_unread() -> None:
    reader = a_user()
    post_id = a_post(reader)
    add(reader, post_id, ago=60)
    group_id = listed(reader)[0]["group_id"]
    ask(mark_read.app, MARK, reader, group_id)
    add(reader, post_id)
    assert listed(reader)[0]["is_read"] is False


def test_deleting_a_group_deletes_all_its_entries_and_no_other() -> None:
    reader = a_user()
    post_id = a_post(reader)
    for number in range(3):
        add(reader, post_id, ago=number)
    kept = add(reader, a_post(reader), ago=10)
    group_id = listed(reader)[0]["group_id"]
    assert ask(delete_notification.app, DELETE, reader, group_id)[0] == 200
    assert [each["entry_ids"] for each in listed(reader)] == [[kept]]
    assert ask(delete_notification.app, DELETE, reader, group_id)[0] == 404
    assert ask(mark_read.app, MARK, reader, group_id)[0] == 404
    # They are withdrawn, so that their events cannot create them again.
    assert len(list(Notification.query(reader.user_id))) == 4


def test_a_group_of_one_that_is_none_of_several_has_the_id_of_its_entry() -> None:
    reader, actor = a_user(), a_user()
    entry_id = add(reader, actor.user_id, "follow.request", actor=actor)
    [group] = listed(reader)
    assert group["group_id"] == entry_id
    assert ask(mark_read.app, MARK, reader, entry_id)[0] == 200
    assert listed(reader)[0]["is_read"] is True


def test_an_entry_of_midnight_is_still_an_entry(noon: float) -> None:
    reader = a_user()
    with stop_at(noon - noon % (24 * HOUR)):
        entry_id = add(reader, a_post(reader))
    assert ask(mark_read.app, MARK, reader, entry_id)[0] == 200
    assert ask(delete_notification.app, DELETE, reader, entry_id)[0] == 200
    assert listed(reader) == []


def test_marking_or_deleting_one_entry_does_not_read_the_day(aws: MemoryAws) -> None:
    reader = a_user()
    entry_id = add(reader, a_post(reader))
    aws.calls.clear()
    assert ask(mark_read.app, MARK, reader, entry_id)[0] == 200
    assert ask(delete_notification.app, DELETE, reader, entry_id)[0] == 200
    assert "dynamodb.Query" not in aws.calls


def test_the_group_of_a_deleted_post_is_hidden() -> None:
    reader = a_user()
    post_id = a_post(reader)
    add(reader, post_id)
    Post(post_id).change(Post.deleted_at.set(timestamp()), condition=Post.is_there())
    assert listed(reader) == []


def test_nobody_marks_the_group_of_another() -> None:
    reader, other = a_user(), a_user()
    post_id = a_post(reader)
    add(reader, post_id)
    group_id = listed(reader)[0]["group_id"]
    assert ask(mark_read.app, MARK, other, group_id)[0] == 404
    assert ask(delete_notification.app, DELETE, other, group_id)[0] == 404
    assert listed(reader)[0]["is_read"] is False


def test_a_large_group_is_marked_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "_PAGE", 2)
    reader = a_user()
    post_id = a_post(reader)
    for number in range(5):
        add(reader, post_id, ago=number)
    ask(mark_read.app, MARK, reader, listed(reader)[0]["group_id"])
    assert all(each["is_read"] for each in ungrouped(reader))


def test_socialhubs_list_has_no_groups() -> None:
    reader = a_user()
    add(reader, a_post(reader))
    route, query = "GET /notify/notifications", {"grouped": "true"}
    _, body = ask(list_notifications.app, route, reader, query=query)
    assert [each["type"] for each in body["data"]] == ["LIKE"]


def test_groups_speak_the_readers_language() -> None:
    reader, last = a_user(), a_user()
    post_id = a_post(reader)
    add(reader, post_id, ago=1)
    add(reader, post_id, actor=last)
    [group] = page(reader, language="id-ID, en;q=0.5")["groups"]
    assert group["message"] == f"{last.username} dan 1 lainnya menyukai postingan Anda"
    assert group["latest"]["message"] == f"{last.username} menyukai postingan Anda"
