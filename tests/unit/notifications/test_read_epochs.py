"""Marking all as read: one write, and an exact count however late the stream is delivered."""

import json
import random
from typing import Any

import pytest

from notifications import list_notifications, mark_all_read, mark_read, read_epochs
from notifications.models import Notification, NotificationStats
from notifications.on_event import app as events_app
from notifications.on_notifications_changed import app as stream_app
from notifications.public import unread_count
from shared.dynamodb.tables import LostRace
from shared.events.envelopes import Envelope
from shared.events.posts import PostLiked, PostUnliked
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post
from tests.support.streams import batch, stream_record

AT = "2026-01-05T12:00:00.678Z"


class Inbox:
    """A person's notifications, and their stream, which is delivered when a test says so."""

    def __init__(self) -> None:
        self.reader, self.liker = a_user(), a_user()
        self.posts: list[str] = []
        self._seen: dict[str, Notification] = {}
        self._records: list[dict[str, Any]] = []
        self._delivered = 0

    def like(self) -> str:
        """A new entry; its id."""
        self.posts.append(a_post(self.reader))
        return self._consume(
            PostLiked(
                self.posts[-1], self.reader.user_id, self.liker.user_id, self.liker.username, AT
            )
        )

    def unlike(self, post_id: str) -> None:
        self._consume(PostUnliked(post_id, self.reader.user_id, self.liker.user_id, AT))

    def _consume(self, event: Any) -> str:
        body = Envelope(new_id(), AT, None, event).to_json()
        record = {"messageId": "1", "body": body, "eventSource": "aws:sqs"}
        record["attributes"] = {"ApproximateReceiveCount": "1"}  # type: ignore[assignment]
        assert events_app({"Records": [record]}, LambdaContext()) == {"batchItemFailures": []}
        return self.look()

    def look(self) -> str:
        """Record what has changed for the stream, in order; the entry that changed last."""
        changed = ""
        now = {each.notification_id: each for each in Notification.query(self.reader.user_id)}
        for notification_id, entry in now.items():
            old = self._seen.get(notification_id)
            if old is None or old.serialize() != entry.serialize():
                self._records.append(stream_record(len(self._records) + 1, old=old, new=entry))
                changed = notification_id
        self._seen = now
        return changed

    def deliver(self, number: int | None = None) -> None:
        """Deliver the next records of the stream."""
        self.look()
        end = len(self._records) if number is None else self._delivered + number
        records = self._records[self._delivered : end]
        self._delivered += len(records)
        if records:
            assert stream_app(batch(*records), LambdaContext()) == {"batchItemFailures": []}

    def ask(self, app: Any, route: str, path: Any = None, **query: str) -> dict[str, Any]:
        event = gateway_event(route, path=path, query=query or None, caller=self.reader)
        answer = app(event, LambdaContext())
        assert answer["statusCode"] == 200, answer
        found: dict[str, Any] = json.loads(answer["body"])
        return found

    def mark_all(self) -> int:
        return int(self.ask(mark_all_read.app, "PUT /notifications/read-all")["count"])

    def mark(self, notification_id: str) -> dict[str, Any]:
        route, path = "PUT /notifications/{notification_id}/read", {}
        path["notification_id"] = notification_id
        return self.ask(mark_read.app, route, path)

    def listed(self, **query: str) -> list[dict[str, Any]]:
        found = self.ask(list_notifications.app, "GET /notifications", **query)
        entries: list[dict[str, Any]] = found["notifications"]
        return entries

    @property
    def unread(self) -> int:
        """The stored count."""
        return unread_count(self.reader.user_id)

    @property
    def listed_unread(self) -> int:
        """The number of unread entries in the list."""
        entries = self.listed(limit="100")
        unread = [each["id"] for each in entries if not each["is_read"]]
        assert unread == [each["id"] for each in self.listed(limit="100", unread_only="true")]
        return len(unread)


@pytest.fixture
def inbox(aws: MemoryAws, noon: float) -> Inbox:
    return Inbox()


def test_all_entries_are_read_at_once_and_later_ones_are_unread(inbox: Inbox) -> None:
    for _ in range(3):
        inbox.like()
    inbox.deliver()
    assert (inbox.unread, inbox.mark_all(), inbox.unread) == (3, 3, 0)
    assert [each["is_read"] for each in inbox.listed()] == [True] * 3
    newest = inbox.like()
    inbox.deliver()
    assert [each["id"] for each in inbox.listed(unread_only="true")] == [newest]
    assert (inbox.unread, inbox.mark_all(), inbox.mark_all()) == (1, 1, 0)


def test_it_takes_one_write_however_much_is_unread(inbox: Inbox, aws: MemoryAws) -> None:
    inbox.mark_all()  # the first call of the hour also creates the rate-limit item
    for number in (1, 30):
        for _ in range(number):
            inbox.like()
        inbox.deliver()
        aws.calls.clear()
        assert inbox.mark_all() == number
        assert aws.calls == ["dynamodb.UpdateItem", "dynamodb.GetItem", "dynamodb.UpdateItem"]


def test_late_records_of_a_past_read_epoch_do_not_count(inbox: Inbox) -> None:
    for _ in range(4):
        inbox.like()
    inbox.deliver(1)
    assert inbox.mark_all() == 1, "as many as were counted"
    inbox.like()
    inbox.deliver()
    assert (inbox.unread, inbox.listed_unread) == (1, 1)


def test_reading_or_undoing_an_entry_of_a_past_read_epoch_changes_no_count(inbox: Inbox) -> None:
    old = [inbox.like() for _ in range(2)]
    inbox.deliver()
    inbox.mark_all()
    inbox.like()
    inbox.deliver()
    answer = inbox.mark(old[0])
    assert (answer["notification"]["is_read"], answer["unread_count"]) == (True, 1)
    inbox.unlike(inbox.posts[1])
    inbox.deliver()
    assert (inbox.unread, inbox.listed_unread) == (1, 1)


def test_one_entry_of_the_present_read_epoch_is_read_alone(inbox: Inbox) -> None:
    inbox.mark_all()
    first, _ = inbox.like(), inbox.like()
    inbox.deliver()
    answer = inbox.mark(first)
    assert (answer["notification"]["is_read"], answer["unread_count"]) == (True, 1)
    inbox.deliver()
    assert (inbox.unread, inbox.listed_unread, inbox.mark(first)["unread_count"]) == (1, 1, 1)


def test_two_requests_at_once_are_both_answered(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.like()
    inbox.deliver()
    begin, rivals = read_epochs._begin, [inbox.reader.user_id]
    change = NotificationStats.change

    def slower(self: NotificationStats, *actions: Any, condition: Any) -> None:
        while rivals:
            assert begin(rivals.pop()) == 1
        change(self, *actions, condition=condition)

    monkeypatch.setattr(NotificationStats, "change", slower)
    assert inbox.mark_all() == 0
    assert (inbox.unread, inbox.listed_unread) == (0, 0)


def test_it_gives_up_if_other_requests_are_always_quicker(inbox: Inbox, aws: MemoryAws) -> None:
    aws.fail("dynamodb.UpdateItem", "ConditionalCheckFailedException")
    with pytest.raises(LostRace):
        read_epochs.begin_epoch(inbox.reader.user_id)


def test_entries_and_counts_from_before_there_were_read_epochs(
    inbox: Inbox, aws: MemoryAws
) -> None:
    inbox.like()
    inbox.deliver()
    for table in ("notifications", "notification-stats"):
        for item in aws.dynamo.items(f"hoshi-{table}"):
            item.pop("era", None)
    assert (inbox.unread, inbox.listed_unread) == (1, 1)
    [entry] = inbox.listed()
    assert inbox.mark(entry["id"])["unread_count"] == 0
    assert inbox.mark_all() == 1, "the stream has not counted the reading yet"
    assert inbox.listed_unread == 0


def test_counts_of_past_read_epochs_are_removed(inbox: Inbox, aws: MemoryAws) -> None:
    for _ in range(60):
        inbox.like()
        inbox.mark_all()
    inbox.deliver()  # only now, so all records belong to past epochs
    assert inbox.unread == 0
    for _ in range(3):
        inbox.mark_all()
    [stats] = aws.dynamo.items("hoshi-notification-stats")
    assert set(stats) == {"user_id", "era", "unread_seq"}


@pytest.mark.parametrize("seed", range(8))
def test_the_count_is_exact_whatever_happens(seed: int, inbox: Inbox) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        match chance.choice(("like", "like", "like", "unlike", "read", "all", "stream")):
            case "like":
                inbox.like()
            case "unlike" if inbox.posts:
                inbox.unlike(chance.choice(inbox.posts))
            case "read" if entries := inbox.listed():
                inbox.mark(chance.choice(entries)["id"])
            case "all":
                inbox.mark_all()
            case "stream":
                inbox.deliver(chance.randint(1, 5))
        inbox.look()
    inbox.deliver()
    assert inbox.unread == inbox.listed_unread
