"""A storm of likes on real tables and queues, with consumers that work at the same time."""

import json
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from notifications import list_notifications, on_event, on_notifications_changed
from notifications.digests import THRESHOLD, is_digest
from notifications.models import Notification
from notifications.public import unread_count
from posts import on_posts_changed
from posts.models import Like
from shared.access.caller import Caller
from shared.aws.clients import client
from shared.ids import new_id
from shared.messaging import queues
from tests.integration.posts.world import a_post, a_user, call, deliver, stream_records
from tests.support.gateway import LambdaContext

pytestmark = pytest.mark.usefixtures("foundation")

LIKES, UNDONE, CONSUMERS = 600, 40, 8
REPEATED = 0.2  # of the messages
AT = "2026-01-05T12:00:00.678Z"  # of all likes: they are of one window


def publish(post_id: str, after: int = 0) -> int:
    """Deliver the records of the post's likes, 100 at a time, each batch with a few of the one
    before; how many there were."""
    records = stream_records("likes", post_id)
    for start in range(after, len(records), 100):
        deliver(on_posts_changed.app, records[max(start - 10, 0) : start + 100])
    return len(records)


def consume_all(post_id: str, kind: str, number: int) -> None:
    """Consume events until so many different ones have been handled, by parallel consumers that
    get some of them twice."""
    handled: set[str] = set()

    def consumer(seed: int) -> None:
        chance, repeats = random.Random(seed), list[dict[str, Any]]()
        while len(handled) < number or repeats:
            records = received()
            handle(records + repeats)
            repeats = [each for each in records if chance.random() < REPEATED]
            for record in records:
                event = json.loads(record["body"])
                if event["type"] == kind and event["data"]["post_id"] == post_id:
                    handled.add(event["data"]["liker_id"])

    with ThreadPoolExecutor(CONSUMERS) as pool:
        list(pool.map(consumer, range(CONSUMERS)))


def received() -> list[dict[str, Any]]:
    url = queues.queue_url("notifications")
    found = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    messages = found.get("Messages", [])
    for each in messages:
        client("sqs").delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return [
        {"messageId": each["MessageId"], "body": each["Body"], "eventSource": "aws:sqs"}
        for each in messages
    ]


def handle(records: Sequence[dict[str, Any]]) -> None:
    """Invoke the consumer until it has handled each message, as SQS does."""
    pending = {each["messageId"]: each for each in records}
    while pending:
        answer = on_event.app({"Records": list(pending.values())}, LambdaContext())
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        pending = {key: each for key, each in pending.items() if key in failed}


def group_of(reader: Caller) -> dict[str, Any]:
    query = {"grouped": "true"}
    status, body = call(list_notifications.app, "GET /notifications", reader, query=query)
    assert status == 200
    [group] = body["groups"]
    found: dict[str, Any] = group
    return found


def test_the_number_is_exact_under_parallel_consumers_repeats_and_undoing() -> None:
    author = a_user()
    post_id = a_post(author)
    likers = [a_user() for _ in range(20)] + [
        Caller(new_id(), "somebody_else", new_id(), "user", "full") for _ in range(LIKES - 20)
    ]
    likes = [
        Like(
            post_id,
            each.user_id,
            username=each.username,
            author_id=author.user_id,
            liked_at=AT,
        )
        for each in likers
    ]
    with ThreadPoolExecutor(CONSUMERS + 1) as pool:
        list(pool.map(Like.save, likes))
        producer = pool.submit(publish, post_id)
        consume_all(post_id, "post.liked", LIKES)
        seen = producer.result()
        list(pool.map(Like.delete, likes[-UNDONE:]))
        producer = pool.submit(publish, post_id, seen)
        consume_all(post_id, "post.unliked", UNDONE)
        producer.result()
    entries = list(Notification.query(author.user_id))
    own = [each for each in entries if not is_digest(each) and not each.withdrawn_at]
    assert len(own) <= THRESHOLD
    assert len(entries) - len(own) <= 1 + UNDONE
    assert group_of(author)["actor_count"] == LIKES - UNDONE

    deliver(on_notifications_changed.app, stream_records("notifications", author.user_id))
    unread = [each for each in entries if not each.withdrawn_at]
    assert unread_count(author.user_id) == len(unread)
