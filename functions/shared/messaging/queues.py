"""SQS: send jobs, and consume typed events or jobs with partial failures reported."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from shared import observability
from shared.aws.clients import client
from shared.clock import now_ms
from shared.config import config
from shared.encoding import to_json
from shared.messaging import chains
from shared.parallel import parallel_map
from shared.transient import TransientError

if TYPE_CHECKING:
    from shared.events.envelopes import Envelope, Event

_BATCH = 10  # SQS's limit of messages in one SendMessageBatch

type _TakeBatch = Callable[[Sequence[Envelope]], Collection[Envelope]]


class SendFailed(TransientError):
    """SQS refused some of the messages."""


def queue_url(queue: str) -> str:
    """The URL of `<stack>-<queue>`."""
    return f"{client('sqs').meta.endpoint_url}/{config.account}/{config.stack}-{queue}"


def send(
    queue: str, *bodies: str, delay: int = 0, attributes: dict[str, Any] | None = None
) -> None:
    """Send message bodies, ten in a call and calls in parallel; raises `SendFailed` unless SQS
    accepts all of them."""

    def send_batch(start: int) -> None:
        entries: list[Any] = [
            {
                "Id": str(index),
                "MessageBody": body,
                "DelaySeconds": delay,
                "MessageAttributes": attributes or {},
            }
            for index, body in enumerate(bodies[start : start + _BATCH])
        ]
        answer = client("sqs").send_message_batch(QueueUrl=queue_url(queue), Entries=entries)
        if answer.get("Failed"):
            raise SendFailed(f"{queue} refused {len(answer['Failed'])} messages")

    parallel_map(send_batch, range(0, len(bodies), _BATCH))


def send_jobs(queue: str, jobs: Iterable[dict[str, Any]], *, delay: int = 0) -> None:
    """Send jobs: JSON objects for the one consumer of a queue, which gets them `delay` s later."""
    send(queue, *map(to_json, jobs), delay=delay)


def send_rest(queue: str, body: str) -> None:
    """Leave the rest of a chain to another message; raises `NoProgress` if this one did nothing
    (see `chains`)."""
    send(queue, body, attributes=chains.rest_attributes())


class Consumer:
    """The handler of one queue: passes on each message, and reports which ones failed.

    A failed message is delivered again after the queue's visibility timeout, and in the end goes to
    the dead-letter queue.
    """

    def __init__(self) -> None:
        self._takers: dict[str, Callable[[Envelope], None]] = {}
        self._take_batch: _TakeBatch | None = None
        self._take_job: Callable[[dict[str, Any], dict[str, Any]], None] | None = None

    def on[E: Event](
        self, *kinds: type[E]
    ) -> "Callable[[Callable[[Envelope, E], None]], Callable[[Envelope, E], None]]":
        """Decorate the function that handles these events: `(envelope, event)`."""

        def register(take: "Callable[[Envelope, E], None]") -> "Callable[[Envelope, E], None]":
            for kind in kinds:
                self._takers[kind.type] = lambda envelope: take(envelope, envelope.event)  # type: ignore[arg-type]
            return take

        return register

    def on_batch(self, *kinds: "type[Event]") -> Callable[[_TakeBatch], _TakeBatch]:
        """Decorate the function that handles a batch of events and returns those that failed."""

        def register(take: _TakeBatch) -> _TakeBatch:
            self._take_batch = take
            self._takers = {kind.type: _take_none for kind in kinds}
            return take

        return register

    def on_job(
        self, take: Callable[[dict[str, Any], dict[str, Any]], None]
    ) -> Callable[[dict[str, Any], dict[str, Any]], None]:
        """Decorate the function that handles jobs: `(job, the raw SQS record)`."""
        self._take_job = take
        return take

    def __call__(self, event: dict[str, Any], context: object) -> dict[str, Any]:
        observability.start_tracing()
        started = now_ms()
        if self._take_batch:
            failed = self._take_together(event["Records"], self._take_batch)
        else:
            failed = [
                each["messageId"] for each in event["Records"] if not self._try(each, context)
            ]
        observability.log(
            "batch", messages=len(event["Records"]), failed=len(failed), ms=now_ms() - started
        )
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}

    def _take_together(self, records: Sequence[dict[str, Any]], take: _TakeBatch) -> list[str]:
        """Handle messages together; return the ids of those that failed or could not be read."""
        failed, envelopes = [], {}
        for record in records:
            try:
                envelopes[record["messageId"]] = self._read(record)
            except Exception:  # noqa: BLE001  # the others may be good
                observability.log_failure("message failed", message_id=record["messageId"])
                failed.append(record["messageId"])
        if not envelopes:
            return failed
        try:
            refused = {id(envelope) for envelope in take(list(envelopes.values()))}
        except Exception:  # noqa: BLE001  # all of them are delivered again
            observability.log_failure("batch failed", messages=len(envelopes))
            return [*failed, *envelopes]
        return failed + [key for key, each in envelopes.items() if id(each) in refused]

    def _try(self, record: dict[str, Any], context: object) -> bool:
        try:
            with chains.handling(record, context):
                self._take(record)
        except Exception:  # noqa: BLE001  # the others may succeed
            observability.log_failure("message failed", message_id=record["messageId"])
            return False
        return True

    def _take(self, record: dict[str, Any]) -> None:
        if self._take_job:
            self._take_job(json.loads(record["body"]), record)
            return
        envelope = self._read(record)
        self._takers[envelope.event.type](envelope)

    def _read(self, record: dict[str, Any]) -> "Envelope":
        """The event of a message; raises `KeyError` if no function here handles it."""
        # Not at the top: whatever only sends does without.
        from shared.events.envelopes import Envelope

        envelope = Envelope.from_json(record["body"])
        self._takers[envelope.event.type]
        return envelope


def _take_none(envelope: "Envelope") -> None:
    """Stands for an event that is handled in batches."""


def consumer() -> Consumer:
    """The handler of one queue; its `on`, `on_batch` or `on_job` decorates the function for it."""
    return Consumer()
