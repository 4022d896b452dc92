"""Storms: many people do the same to one thing, and the streams and events of it are delivered."""

import json
from typing import Any

from notifications import on_event, on_notifications_changed
from notifications.models import Notification
from posts import on_posts_changed
from posts.models import Like
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.dynamodb.tables import Table
from shared.ids import new_id
from shared.realtime.sockets import Connection, store
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.streams import batch, stream_record

_QUEUE = "notifications-failures"


class Storm:
    """What happens to a post of a reader. Facts are counted and published at once; a test delivers
    their events, and the stream of the reader's notifications, when it likes."""

    def __init__(self, aws: MemoryAws, reader: Caller, post_id: str) -> None:
        self.aws, self.reader, self.post_id = aws, reader, post_id
        self._sequence = 0
        self._seen: dict[str, Notification] = {}

    def like(self, *likers: Caller) -> list[dict[str, Any]]:
        """Each of them likes the post; the events."""
        return self._publish(*((None, self._like(each)) for each in likers))

    def unlike(self, *events: dict[str, Any]) -> list[dict[str, Any]]:
        """The likes of these events end; the events of that."""
        likes = [
            Like(
                each["data"]["post_id"],
                each["data"]["liker_id"],
                username=each["data"]["liker_username"],
                author_id=each["data"]["author_id"],
                liked_at=each["data"]["liked_at"],
            )
            for each in events
        ]
        return self._publish(*((each, None) for each in likes))

    def _like(self, liker: Caller) -> Like:
        return Like(
            self.post_id,
            liker.user_id,
            username=liker.username,
            author_id=self.reader.user_id,
            liked_at=timestamp(),
        )

    def _publish(self, *changes: tuple[Like | None, Like | None]) -> list[dict[str, Any]]:
        self.aws.published.clear()
        for start in range(0, len(changes), 100):
            records = [self._record(old, new) for old, new in changes[start : start + 100]]
            answer = on_posts_changed.app(batch(*records), LambdaContext())
            assert answer == {"batchItemFailures": []}
        return self.aws.published.get("posts", [])

    def _record(self, old: Table | None, new: Table | None) -> dict[str, Any]:
        self._sequence += 1
        return stream_record(self._sequence, old=old, new=new)

    def look(self) -> None:
        """Deliver what has changed in the reader's list to the stream's Lambda."""
        current = {each.notification_id: each for each in Notification.query(self.reader.user_id)}
        records = [
            self._record(self._seen.get(each), current.get(each))
            for each in sorted({*self._seen, *current})
            if _stored(self._seen.get(each)) != _stored(current.get(each))
        ]
        self._seen = current
        for start in range(0, len(records), 100):
            chunk = batch(*records[start : start + 100])
            assert on_notifications_changed.app(chunk, LambdaContext()) == {"batchItemFailures": []}


def consume(*events: dict[str, Any], size: int = 10) -> None:
    """Deliver events to the consumer, ten at a time as SQS does."""
    for start in range(0, len(events), size):
        records = [
            {"messageId": new_id(), "body": json.dumps(event), "eventSource": "aws:sqs"}
            for event in events[start : start + size]
        ]
        assert on_event.app({"Records": records}, LambdaContext()) == {"batchItemFailures": []}


def open_socket(user: Caller) -> None:
    store(
        Connection(
            "socket",
            user_id=user.user_id,
            username=user.username,
            session_id=new_id(),
            connected_at=timestamp(),
            expires_at=int(now()) + 3600,
        )
    )


def pushed(storm: Storm) -> list[Any]:
    """The data of the frames that were pushed since the last call."""
    return [json.loads(each)["data"] for each in storm.aws.pushed.pop("socket", [])]


def run_jobs(storm: Storm) -> int:
    """Deliver the jobs that were sent, as SQS does when their delay is over; how many."""
    bodies = storm.aws.sent.pop(_QUEUE, [])
    assert all(delay == 1 for delay in storm.aws.delays.pop(_QUEUE, []))
    records = [
        {"messageId": str(number), "body": body, "eventSource": "aws:sqs"}
        for number, body in enumerate(bodies)
    ]
    if records:
        answer = on_notifications_changed.app({"Records": records}, LambdaContext())
        assert answer == {"batchItemFailures": []}
    return len(records)


def _stored(entry: Notification | None) -> Any:
    return entry.serialize() if entry else None
