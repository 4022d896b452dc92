"""DynamoDB streams: turn batches of records into exact counts and published events.

A stream Lambda is quick and never raises for one bad record. Counting comes first and in order: if
the table cannot be reached, the whole batch is delivered again, and counted once (`counters`). What
cannot be read, or published now, goes to the service's failure queue, which the same Lambda
consumes. It is retried, with the queue's visibility timeout as back-off, until it goes to the
dead-letter queue. Work of the same Lambda that has to wait for seconds goes there, too.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shared import observability
from shared.clock import now_ms, timestamp
from shared.dynamodb import counters
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import Table
from shared.events.envelopes import Envelope, Event, publish
from shared.messaging import queues
from shared.transient import is_transient

type Publisher = Callable[[Change[Any]], Iterable[tuple[str | None, Event]]]


class Stream:
    """The handler of a service's table streams; its `failures` queue is
    `<stack>-<service>-failures`."""

    def __init__(self, service: str) -> None:
        self._failures = f"{service}-failures"
        self._models: dict[str, type[Table]] = {}
        self._counters: dict[type[Table], list[counters.Counter]] = {}
        self._publishers: dict[type[Table], Publisher] = {}
        self._reactions: dict[type[Table], Callable[[Sequence[Change[Any]]], None]] = {}
        self._take_job: Callable[[dict[str, Any]], None] | None = None

    def count(self, model: type[Table], counter: counters.Counter) -> None:
        """Feed `counter` from the changes of `model`."""
        self._watch(model)
        self._counters.setdefault(model, []).append(counter)

    def publishes[Item: Table](
        self, model: type[Item]
    ) -> Callable[
        [Callable[[Change[Item]], Iterable[tuple[str | None, Event]]]],
        Callable[[Change[Item]], Iterable[tuple[str | None, Event]]],
    ]:
        """Decorate the function that returns, for a change of `model`, the events that happened, as
        pairs `(actor, event)`."""

        def register(
            publisher: Callable[[Change[Item]], Iterable[tuple[str | None, Event]]],
        ) -> Callable[[Change[Item]], Iterable[tuple[str | None, Event]]]:
            self._watch(model)
            self._publishers[model] = publisher
            return publisher

        return register

    def react[Item: Table](
        self, model: type[Item]
    ) -> Callable[
        [Callable[[Sequence[Change[Item]]], None]], Callable[[Sequence[Change[Item]]], None]
    ]:
        """Decorate the function that syncs a service's own derived items with `model`: it takes the
        batch's changes, must be quick and must be idempotent."""

        def register(
            reaction: Callable[[Sequence[Change[Item]]], None],
        ) -> Callable[[Sequence[Change[Item]]], None]:
            self._watch(model)
            self._reactions[model] = reaction
            return reaction

        return register

    def on_job(self, take: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
        """Decorate the function that does work which had to wait: `{"job": …}` in the failure
        queue, sent with a delay."""
        self._take_job = take
        return take

    def _watch(self, model: type[Table]) -> None:
        # By the table's name without the stack: known at import, when no setting may be read.
        self._models[vars(model.Meta)["table_name"].name] = model

    def __call__(self, event: dict[str, Any], context: object) -> dict[str, Any]:
        observability.start_tracing()
        records = event["Records"]
        if records and records[0].get("eventSource") == "aws:sqs":
            return self._retry(records)
        started = now_ms()
        set_aside = self._process(records, event.get("shardId", ""))
        observability.log(
            "stream", records=len(records), set_aside=set_aside, ms=now_ms() - started
        )
        # Lambda reports the shard to functions with a window, and keeps a state for them.
        return {"batchItemFailures": [], **({"state": {}} if "window" in event else {})}

    def _process(self, records: Sequence[dict[str, Any]], shard: str) -> int:
        """Count, react and publish; return how much had to go to the failure queue."""
        jobs: list[dict[str, Any]] = []
        changes: dict[type[Table], list[_Read]] = {}
        for record in records:
            try:
                model, change = self._read(record, shard)
            except Exception:  # noqa: BLE001  # one bad record stops no other
                observability.log_failure("unreadable record", record_id=record.get("eventID"))
                jobs.append({"record": record})
                continue
            changes.setdefault(model, []).append(_Read(record, change))
        for model, of_model in changes.items():
            for counter in self._counters.get(model, []):
                counters.apply(counter, [read.change for read in of_model])
            jobs += self._react(model, of_model)
        envelopes: list[Envelope] = []
        for model, of_model in changes.items():
            for read in of_model:
                try:
                    envelopes += self._envelopes(model, read.change)
                except Exception as error:
                    if is_transient(error):
                        raise
                    observability.log_failure("unpublished record", record_id=read.change.record_id)
                    jobs.append({"record": read.record, "only": "publish"})
        jobs += [{"event": envelope.to_json()} for envelope in publish(envelopes)]
        queues.send_jobs(self._failures, jobs)
        return len(jobs)

    def _react(self, model: type[Table], changes: Sequence["_Read"]) -> list[dict[str, Any]]:
        """React to changes together or, if that fails, to each alone; return what to set aside."""
        reaction = self._reactions.get(model)
        if reaction is None:
            return []
        try:
            reaction([read.change for read in changes])
        except Exception as error:
            if is_transient(error):
                raise
            if len(changes) > 1:
                return [job for read in changes for job in self._react(model, [read])]
            read = changes[0]
            observability.log_failure("failed reaction", record_id=read.change.record_id)
            return [{"record": read.record, "only": "react"}]
        return []

    def _envelopes(self, model: type[Table], change: Change[Any]) -> list[Envelope]:
        publisher = self._publishers.get(model)
        if publisher is None:
            return []
        return [
            Envelope(f"{change.record_id}-{index}", change.occurred_at, actor, event)
            for index, (actor, event) in enumerate(publisher(change))
        ]

    def _read(self, record: dict[str, Any], shard: str = "") -> tuple[type[Table], Change[Any]]:
        stream = record["dynamodb"]
        _, table, _, label = record["eventSourceARN"].split("/")
        model = next(
            model for name, model in self._models.items() if model.Meta.table_name == table
        )
        old, new = stream.get("OldImage"), stream.get("NewImage")
        return model, Change(
            old=model.from_raw_data(old) if old else None,
            new=model.from_raw_data(new) if new else None,
            sequence=stream["SequenceNumber"],
            record_id=record["eventID"],
            occurred_at=timestamp(stream["ApproximateCreationDateTime"]),
            stream=label,
            shard=shard,
        )

    def _retry(self, messages: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Retry what is in the failure queue: events to publish, records to process again."""
        failed = []
        for message in messages:
            try:
                self._process_job(json.loads(message["body"]))
            except Exception:  # noqa: BLE001  # the others may succeed
                observability.log_failure("retry failed", message_id=message["messageId"])
                failed.append({"itemIdentifier": message["messageId"]})
        observability.log("retry", messages=len(messages), failed=len(failed))
        return {"batchItemFailures": failed}

    def _process_job(self, job: dict[str, Any]) -> None:
        """Do what failed when it was due. A record is not counted any more, since newer changes
        were: the scheduled recount looks at the count."""
        if "job" in job and self._take_job:
            self._take_job(job["job"])
            return
        if "event" in job:
            envelopes = [Envelope.from_json(job["event"])]
        else:
            model, change = self._read(job["record"])
            only = job.get("only")  # "tell" is what earlier versions called "publish"
            if only is None:
                for counter in self._counters.get(model, []):
                    counters.leave_to_recount(counter, change)
            if only not in ("publish", "tell") and model in self._reactions:
                self._reactions[model]([change])
            envelopes = self._envelopes(model, change) if only != "react" else []
        if publish(envelopes):
            raise queues.SendFailed("the topic refused an event")


@dataclass(frozen=True, slots=True)
class _Read:
    """A record, and the change that it reports."""

    record: dict[str, Any]
    change: Change[Any]


def stream(service: str) -> Stream:
    """The handler of the streams of a service's tables."""
    return Stream(service)
