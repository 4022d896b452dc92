"""Sending to queues, and consuming from them: one bad message fails alone."""

import json
from typing import Any

import pytest

from shared.errors import PostNotFound
from shared.events.envelopes import Envelope, Event
from shared.events.posts import PostLiked
from shared.events.users import UserVerified
from shared.messaging.queues import Consumer, SendFailed, consumer, queue_url, send, send_jobs
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.conftest import Log

SECRET = "what somebody wrote to somebody"


def message(number: int, body: str) -> dict[str, Any]:
    """A record of an SQS event."""
    return {"messageId": f"m{number}", "body": body, "attributes": {}, "eventSource": "aws:sqs"}


def body_of(event: Event) -> str:
    return Envelope("e", "2026-01-05T12:00:00.000Z", "u", event).to_json()


def failed(app: Consumer, *bodies: str) -> list[str]:
    """The ids of the messages that are reported as failed."""
    records = [message(number, body) for number, body in enumerate(bodies)]
    answer = app({"Records": records}, LambdaContext())
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


LIKED = PostLiked("p", "a", "u", "yuki_o", "2026-01-05T12:00:00.000Z")
VERIFIED = UserVerified("u", "yuki_o")


def test_an_event_goes_to_the_function_for_its_type() -> None:
    app, seen = consumer(), []

    @app.on(PostLiked)
    def liked(envelope: Envelope, event: PostLiked) -> None:
        seen.append(("liked", envelope.actor, event))

    @app.on(UserVerified)
    def verified(envelope: Envelope, event: UserVerified) -> None:
        seen.append(("verified", envelope.actor, event))

    assert failed(app, body_of(VERIFIED), body_of(LIKED)) == []
    assert seen == [("verified", "u", VERIFIED), ("liked", "u", LIKED)]


def test_a_job_comes_with_its_record() -> None:
    app, seen = consumer(), []

    @app.on_job
    def work(job: dict[str, Any], record: dict[str, Any]) -> None:
        seen.append((job, record["messageId"]))

    assert failed(app, '{"page": 1}', '{"page": 2}') == []
    assert seen == [({"page": 1}, "m0"), ({"page": 2}, "m1")]


def test_one_bad_message_fails_alone(log: Log) -> None:
    app, seen = consumer(), []

    @app.on_job
    def work(job: dict[str, Any], record: dict[str, Any]) -> None:
        if job["page"] == 2:
            raise PostNotFound
        seen.append(job["page"])

    pages = [json.dumps({"page": page}) for page in range(1, 5)]
    assert failed(app, *pages, "no json", "{}") == ["m1", "m4", "m5"]
    assert seen == [1, 3, 4]
    assert log.lines[-1]["message"] == "batch"
    assert (log.lines[-1]["messages"], log.lines[-1]["failed"]) == (6, 3)


def test_an_event_that_no_function_handles_fails(log: Log) -> None:
    app = consumer()
    app.on(PostLiked)(lambda envelope, event: None)
    assert failed(app, body_of(VERIFIED), body_of(LIKED)) == ["m0"]


def test_a_batch_is_handled_together_and_what_is_returned_has_failed(log: Log) -> None:
    app, seen = consumer(), []

    @app.on_batch(PostLiked)
    def take(envelopes: Any) -> Any:
        seen.append(len(envelopes))
        return envelopes[1:2]

    assert failed(
        app, body_of(LIKED), "no json", body_of(LIKED), body_of(LIKED), body_of(VERIFIED)
    ) == [
        "m1",
        "m4",
        "m2",
    ]
    assert seen == [3]


def test_a_batch_that_fails_is_delivered_again_whole(log: Log) -> None:
    app = consumer()

    @app.on_batch(PostLiked)
    def take(envelopes: Any) -> Any:
        raise RuntimeError(SECRET)

    assert failed(app, body_of(LIKED), body_of(LIKED)) == ["m0", "m1"]
    assert SECRET not in log.text


def test_no_log_line_quotes_a_message(log: Log) -> None:
    app = consumer()

    @app.on_job
    def work(job: dict[str, Any], record: dict[str, Any]) -> None:
        raise ValueError(job["text"])

    assert failed(app, json.dumps({"text": SECRET}), SECRET) == ["m0", "m1"]
    assert SECRET not in log.text


def test_messages_are_sent_ten_to_a_call(aws: MemoryAws) -> None:
    send_jobs("feed-fan-out", ({"page": number, "who": "ü"} for number in range(23)))
    assert aws.calls == ["sqs.SendMessageBatch"] * 3
    assert sorted(json.loads(body)["page"] for body in aws.sent["feed-fan-out"]) == [*range(23)]


def test_nothing_is_sent_with_no_call(aws: MemoryAws) -> None:
    send("emails")
    assert aws.calls == []


def test_a_message_that_sqs_refuses_is_an_error(aws: MemoryAws) -> None:
    aws.refuse_entries("sqs.SendMessageBatch")
    with pytest.raises(SendFailed, match="emails refused 1"):
        send("emails", "a", "b")


def test_a_queue_has_a_url(aws: MemoryAws) -> None:
    assert queue_url("emails") == "https://sqs.us-east-1.amazonaws.com/000000000000/hoshi-emails"
