"""What the stream Lambda of notifications counts and pushes."""

import json
from typing import Any

import pytest

from notifications import on_notifications_changed
from notifications.models import Notification, NotificationStats
from notifications.on_notifications_changed import app, unread_delta
from notifications.public import notification_frames, unread_count
from shared.clock import now, timestamp
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import Found, read_items
from shared.ids import new_id
from shared.realtime.frame_log import LoggedFrame
from shared.realtime.sockets import Connection, store
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from users.models import Relationship, User, edge

AT = "2026-01-05T12:00:00.678Z"
READER, LIKER = new_id(), new_id()


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float) -> None:
    """AWS in memory, a reader with an open socket, and somebody who likes their posts."""
    for user_id, username in ((READER, "reader"), (LIKER, "liker")):
        User(
            user_id,
            username=username,
            name="Some Name",
            email=f"{username}@example.com",
            status="active",
            created_at=AT,
            updated_at=AT,
        ).save()
    store(
        Connection(
            "socket",
            user_id=READER,
            username="reader",
            session_id=new_id(),
            connected_at=timestamp(),
            expires_at=int(now()) + 60,
        )
    )


def an_entry(number: int = 1, **given: Any) -> Notification:
    fields = {
        "type": "post.liked",
        "actor_id": LIKER,
        "actor_username": "liker",
        "entity_id": new_id(),
        "created_at": AT,
        "expires_at": int(now()) + 1000,
    }
    return Notification(READER, f"{number:026}", **{**fields, **given})


def record(number: int, new: Notification | None, old: Notification | None = None) -> Any:
    images = {"NewImage": new, "OldImage": old}
    return {
        "eventID": f"record-{number}",
        "eventSource": "aws:dynamodb",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:0:table/hoshi-notifications/stream/x",
        "dynamodb": {
            "ApproximateCreationDateTime": now(),
            "SequenceNumber": str(number),
            **{name: image.serialize() for name, image in images.items() if image},
        },
    }


def deliver(*records: Any) -> None:
    assert app({"Records": list(records)}, LambdaContext()) == {"batchItemFailures": []}


@pytest.mark.parametrize(
    ("old", "new", "delta"),
    [
        (None, {}, 1),
        (None, {"withdrawn_at": AT}, 0),
        ({}, {"read_at": AT}, -1),
        ({}, {"withdrawn_at": AT}, -1),
        ({"read_at": AT}, {"read_at": AT, "withdrawn_at": AT}, 0),
        ({}, {}, 0),
        ({}, None, -1),
        ({"read_at": AT}, None, 0),
    ],
)
def test_what_a_change_adds_to_the_unread_count(
    old: dict[str, Any] | None, new: dict[str, Any] | None, delta: int
) -> None:
    change = Change(
        old=None if old is None else an_entry(**old),
        new=None if new is None else an_entry(**new),
        sequence="1",
        record_id="r",
        occurred_at=AT,
    )
    assert unread_delta(change) == ({"unread_count": delta} if delta else {})


def test_unread_entries_are_counted_once_however_often_a_batch_is_delivered() -> None:
    first, second = record(1, an_entry(1)), record(2, an_entry(2))
    deliver(first, second)
    deliver(first, second)
    deliver(second, record(3, an_entry(3)))
    assert unread_count(READER) == 3
    deliver(record(4, an_entry(1, read_at=AT), an_entry(1)))
    assert unread_count(READER) == 2


def test_a_person_without_notifications_has_nothing_unread() -> None:
    assert unread_count(new_id()) == 0


def test_a_new_entry_is_pushed_once_with_the_count_and_kept(aws: MemoryAws) -> None:
    batch = record(1, an_entry(1))
    deliver(batch)
    deliver(batch)
    [pushed] = aws.pushed["socket"]
    frame = json.loads(pushed)
    kept = [each.reference for each in LoggedFrame.query(READER) if each.reference]
    assert frame["event"] == "notification"
    assert {each.id for each in kept} == {frame["id"]}
    assert frame["data"]["unread_count"] == 1
    assert frame["data"]["message"] == "liker liked your post"


def test_a_logged_frame_is_replayed_as_its_entry_is_now(aws: MemoryAws) -> None:
    entry = an_entry(1, type="user.followed", entity_id=LIKER)
    entry.save()
    deliver(record(1, entry))
    frame = json.loads(aws.pushed["socket"][0])
    kept = [each.reference for each in LoggedFrame.query(READER) if each.reference]
    assert notification_frames(READER, kept) == {frame["id"]: frame["data"]}
    User(LIKER).update(actions=[User.username.set("renamed")])
    deliver(record(2, an_entry(1, read_at=AT), an_entry(1)))
    an_entry(1, type="user.followed", entity_id=LIKER, read_at=AT).save()
    [now_shown] = notification_frames(READER, kept).values()
    assert (now_shown["actor_username"], now_shown["is_read"]) == ("renamed", True)
    assert now_shown["unread_count"] == 0
    for gone in ({"withdrawn_at": AT}, {"expires_at": int(now())}):
        an_entry(1, type="user.followed", entity_id=LIKER, **gone).save()
        assert notification_frames(READER, kept) == {}
    an_entry(1, type="post.liked").save()  # the post was deleted
    assert notification_frames(READER, kept) == {}
    entry.save()
    Relationship(READER, edge("blocks", LIKER), since=AT, updated_at=AT).save()
    assert notification_frames(READER, kept) == {}


def test_the_count_of_a_frame_is_not_read_from_a_replica_that_lags(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lagging(keys: Any, *, consistent: Any = ()) -> Found:
        found = read_items(keys)
        late = {key for key in found if key[0] is NotificationStats and key[0] not in consistent}
        return Found({key: found[key] for key in found if key not in late})

    monkeypatch.setattr(on_notifications_changed, "read_items", lagging)
    deliver(record(1, an_entry(1)))
    [pushed] = aws.pushed["socket"]
    assert json.loads(pushed)["data"]["unread_count"] == 1


@pytest.mark.parametrize(
    ("given", "old"),
    [
        ({"type": "post.created", "actor_id": READER}, None),
        ({"withdrawn_at": AT}, None),
        ({"read_at": AT}, an_entry()),
    ],
)
def test_what_is_not_pushed(
    aws: MemoryAws, given: dict[str, Any], old: Notification | None
) -> None:
    NotificationStats(READER, unread_count=1).save()
    deliver(record(1, an_entry(**given), old))
    assert aws.pushed == {}
    assert list(LoggedFrame.query(READER)) == []


def test_nothing_is_pushed_about_somebody_who_was_blocked_since(aws: MemoryAws) -> None:
    Relationship(READER, edge("blocks", LIKER), since=AT, updated_at=AT).save()
    deliver(record(1, an_entry()))
    assert aws.pushed == {}


def test_without_push_enabled_there_is_only_the_entry_and_the_count(aws: MemoryAws) -> None:
    User(READER).update(actions=[User.push_enabled.set(False)])
    deliver(record(1, an_entry()))
    assert aws.pushed == {}
    assert unread_count(READER) == 1
