"""From an event in the queue to its reader's list, on real tables."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from notifications import (
    count_unread,
    delete_notification,
    list_notifications,
    mark_all_read,
    mark_read,
    on_event,
    on_notifications_changed,
)
from notifications.models import NotificationStats
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.realtime.frame_log import LoggedFrame
from tests.integration.posts.world import (
    a_post,
    a_user,
    call,
    connect,
    consume,
    deliver,
    event,
    stream_records,
)
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from users.models import User

pytestmark = pytest.mark.usefixtures("foundation")


def liked(liker: Caller, author: Caller, post_id: str, at: str) -> dict[str, Any]:
    return event(
        "post.liked",
        liker.user_id,
        post_id=post_id,
        author_id=author.user_id,
        liker_id=liker.user_id,
        liker_username=liker.username,
        liked_at=at,
    )


def unliked(liker: Caller, author: Caller, post_id: str, at: str) -> dict[str, Any]:
    return event(
        "post.unliked",
        liker.user_id,
        post_id=post_id,
        author_id=author.user_id,
        liker_id=liker.user_id,
        liked_at=at,
    )


def followed(follower: Caller, other: Caller, at: str) -> dict[str, Any]:
    return event(
        "user.followed",
        follower.user_id,
        follower_id=follower.user_id,
        follower_username=follower.username,
        followed_id=other.user_id,
        since=at,
    )


def listed(reader: Caller, **query: str) -> dict[str, Any]:
    status, body = call(list_notifications.app, "GET /notifications", reader, query=query or None)
    assert status == 200
    answer: dict[str, Any] = body
    return answer


def messages(reader: Caller, **query: str) -> list[str]:
    return [entry["message"] for entry in listed(reader, **query)["notifications"]]


def count(reader: Caller) -> None:
    """Deliver the stream of notifications, so that it is counted."""
    deliver(on_notifications_changed.app, stream_records("notifications", reader.user_id))


def unread(reader: Caller) -> int:
    status, body = call(count_unread.app, "GET /notifications/unread-count", reader)
    assert status == 200
    return int(body["unread_count"])


def test_notifications_are_listed_newest_first() -> None:
    author, fan = a_user(), a_user()
    post_id = a_post(author)
    created = event(
        "post.created",
        author.user_id,
        post_id=post_id,
        author_id=author.user_id,
        author_username=author.username,
        visibility="public",
        is_reel=False,
        created_at="2026-01-05T12:00:00.000Z",
    )
    consume(
        on_event.app,
        liked(fan, author, post_id, "2026-01-05T12:00:02.000Z"),
        created,
        followed(fan, author, "2026-01-05T12:00:01.000Z"),
    )
    assert messages(author) == [
        f"{fan.username} liked your post",
        f"{fan.username} started following you",
        "You created a new post!",
    ]
    assert messages(fan) == []


def test_names_are_the_present_ones() -> None:
    author, fan = a_user(), a_user()
    consume(on_event.app, followed(fan, author, timestamp()))
    User(fan.user_id).update(actions=[User.username.set("renamed_since")])
    [entry] = listed(author)["notifications"]
    assert entry["message"] == "renamed_since started following you"
    assert entry["actor"]["username"] == entry["actor_username"] == "renamed_since"


def test_events_in_any_order_and_number_leave_exactly_the_entries_that_are_true() -> None:
    author, fan = a_user(), a_user()
    first, second = "2026-01-05T12:00:00.001Z", "2026-01-05T12:00:00.002Z"
    post_id = a_post(author)
    events = [
        liked(fan, author, post_id, first),
        unliked(fan, author, post_id, first),
        liked(fan, author, post_id, second),
        followed(fan, author, first),
    ]
    deliveries = events * 4
    random.shuffle(deliveries)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda message: consume(on_event.app, message), deliveries))
    entries = listed(author)["notifications"]
    assert sorted(entry["type"] for entry in entries) == ["post.liked", "user.followed"]
    assert {entry["created_at"] for entry in entries} == {first, second}


def test_nobody_is_notified_of_people_they_block_or_who_are_hidden() -> None:
    author, blocked, blocker, banned = a_user(), a_user(), a_user(), a_user()
    consume(on_event.app, followed(banned, author, timestamp()))
    connect(author, "blocks", "blocked_by", blocked)
    connect(blocker, "blocks", "blocked_by", author)
    consume(on_event.app, *(followed(each, author, timestamp()) for each in (blocked, blocker)))
    User(banned.user_id).update(actions=[User.status.set("banned")])
    assert messages(author) == []
    count(author)
    assert unread(author) == 1  # the count includes hidden people


def test_unread_is_exact_under_replays_and_reading() -> None:
    author = a_user()
    fans = [a_user() for _ in range(12)]
    consume(on_event.app, *(followed(fan, author, timestamp()) for fan in fans))
    records = stream_records("notifications", author.user_id)
    assert len(records) == 12
    for start in range(0, 12, 3):
        deliver(on_notifications_changed.app, records[max(0, start - 2) : start + 3])
    deliver(on_notifications_changed.app, records)
    assert unread(author) == 12
    logged = [frame.frame_id for frame in LoggedFrame.query(author.user_id) if frame.frame_id]
    assert len(set(logged)) == 12

    ids = [entry["id"] for entry in listed(author)["notifications"]]
    for route in (
        "PUT /notifications/{notification_id}/read",
        "PATCH /notifications/{notification_id}/read",
    ):
        status, body = call(mark_read.app, route, author, path={"notification_id": ids[0]})
        assert status == 200
        assert body["notification"]["is_read"] is True
        assert body["notification"]["id"] == ids[0]
    count(author)
    assert unread(author) == 11
    assert len(messages(author, unread_only="true")) == 11

    path = {"notification_id": ids[1]}
    assert call(
        delete_notification.app, "DELETE /notifications/{notification_id}", author, path=path
    ) == (
        200,
        {"message": "Notification deleted"},
    )
    consume(on_event.app, *(followed(fan, author, timestamp()) for fan in fans[:1]))
    count(author)
    assert unread(author) == 11
    status, body = call(mark_all_read.app, "PUT /notifications/read-all", author)
    assert (status, body["count"]) == (200, 11)
    count(author)
    assert unread(author) == 0
    assert messages(author, unread_only="true") == []
    stats = NotificationStats.find(author.user_id)
    assert stats
    assert stats.unread_count == 0


def test_a_deleted_entry_is_not_created_again() -> None:
    author, fan = a_user(), a_user()
    message = followed(fan, author, timestamp())
    consume(on_event.app, message)
    [entry] = listed(author)["notifications"]
    path = {"notification_id": entry["id"]}
    route = "DELETE /notify/notifications/{notification_id}"
    status, body = call(delete_notification.app, route, author, path=path)
    assert (status, body) == (200, {"success": True, "message": "Notification deleted"})
    consume(on_event.app, message)
    assert messages(author) == []


@pytest.mark.parametrize(
    "notification_id",
    ["01KAEJB1R8W3C4E5G6H7J8K9M0", "nope", pytest.param("N" * 2000, id="longer than keys may be")],
)
def test_an_entry_that_is_not_ones_own_is_not_found(notification_id: str) -> None:
    author, fan = a_user(), a_user()
    consume(on_event.app, followed(fan, author, timestamp()))
    [entry] = listed(author)["notifications"]
    for reader, path_id in ((author, notification_id), (fan, entry["id"])):
        path = {"notification_id": path_id}
        read = call(mark_read.app, "PUT /notifications/{notification_id}/read", reader, path=path)
        gone = call(
            delete_notification.app, "DELETE /notifications/{notification_id}", reader, path=path
        )
        for status, body in (read, gone):
            assert (status, body["code"]) == (404, "notification_not_found")


def test_pages_and_the_dialect_of_socialhub() -> None:
    author = a_user()
    fans = [a_user() for _ in range(5)]
    consume(on_event.app, *(followed(fan, author, timestamp()) for fan in fans))
    seen, query = [], {"limit": "2"}
    while True:
        page = listed(author, **query)
        seen += [entry["id"] for entry in page["notifications"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)
    status, body = call(list_notifications.app, "GET /notify/notifications", author)
    assert status == 200
    assert set(body) == {"success", "message", "data", "unreadCount", "next_cursor"}
    assert body["success"] is True
    assert [entry["id"] for entry in body["data"]] == seen
    assert body["data"][0]["type"] == "FOLLOW"
    assert "followerId" in body["data"][0]["metadata"]


def test_the_sample_batch_is_handled() -> None:
    sample = load_event("notifications", "on_event")
    assert on_event.app(sample, LambdaContext()) == {"batchItemFailures": []}


def test_a_message_that_cannot_be_read_fails_alone() -> None:
    author, fan = a_user(), a_user()
    sample = load_event("notifications", "on_event")
    bad, good = sample["Records"][:2]
    bad["body"] = "{}"
    good["body"] = json.dumps(followed(fan, author, timestamp()))
    answer = on_event.app({"Records": [bad, good]}, LambdaContext())
    assert answer == {"batchItemFailures": [{"itemIdentifier": bad["messageId"]}]}
    assert len(messages(author)) == 1
