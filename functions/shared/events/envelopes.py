"""The base of every event, the envelope that carries it, and the one `publish`."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from shared.aws.clients import client
from shared.config import config
from shared.encoding import to_json
from shared.parallel import parallel_map

_BATCH = 10  # SNS's limit of messages in one PublishBatch
CATALOGUE: dict[str, type["Event"]] = {}
_FIELDS: dict[str, tuple[str, ...]] = {}  # names, by the type of the event; filled on use


class Event:
    """The base of every event. `type` is its name on the wire, `topic` where it is published."""

    __slots__ = ()

    type: ClassVar[str]
    topic: ClassVar[str]
    version: ClassVar[int] = 1

    def __init_subclass__(cls) -> None:
        # A dataclass with slots is created twice; the second one replaces the first.
        CATALOGUE[cls.type] = cls


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event, and what is known about when and by whom it happened."""

    event_id: str
    occurred_at: str  # RFC 3339
    actor: str | None  # the id of the user who did it
    event: Event

    def to_json(self) -> str:
        """The message body: `event_id, type, version, occurred_at, actor, data`."""
        return to_json(
            {
                "event_id": self.event_id,
                "type": self.event.type,
                "version": self.event.version,
                "occurred_at": self.occurred_at,
                "actor": self.actor,
                "data": {
                    name: getattr(self.event, name) for name in _field_names(type(self.event))
                },
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Envelope":
        """The envelope that `to_json` wrote. Fields that this version does not know are ignored."""
        message = json.loads(text)
        kind = CATALOGUE[message["type"]]
        known = _field_names(kind)
        data = {name: value for name, value in message["data"].items() if name in known}
        return cls(message["event_id"], message["occurred_at"], message["actor"], kind(**data))


def _field_names(kind: type[Event]) -> tuple[str, ...]:
    names = _FIELDS.get(kind.type)
    if names is None:
        names = tuple(each.name for each in fields(kind))  # type: ignore[arg-type]  # a dataclass
        _FIELDS[kind.type] = names
    return names


def publish(envelopes: Sequence[Envelope]) -> list[Envelope]:
    """Publish events to their topics, ten in a call and calls in parallel; return those that SNS
    refused."""
    of_topics: dict[str, list[Envelope]] = {}
    for envelope in envelopes:
        of_topics.setdefault(envelope.event.topic, []).append(envelope)
    calls = [
        (topic, of_topic[start : start + _BATCH])
        for topic, of_topic in of_topics.items()
        for start in range(0, len(of_topic), _BATCH)
    ]
    return [envelope for refused in parallel_map(_publish_batch, calls) for envelope in refused]


def _publish_batch(call: tuple[str, Sequence[Envelope]]) -> Iterable[Envelope]:
    from botocore.exceptions import BotoCoreError, ClientError

    topic, batch = call
    entries: list[Any] = [
        {
            "Id": str(index),
            "Message": envelope.to_json(),
            "MessageAttributes": {
                "type": {"DataType": "String", "StringValue": envelope.event.type}
            },
        }
        for index, envelope in enumerate(batch)
    ]
    try:
        answer = client("sns").publish_batch(
            TopicArn=config.topic_arn(topic), PublishBatchRequestEntries=entries
        )
    except (BotoCoreError, ClientError):
        from shared.observability import log_failure

        log_failure("publishing failed", topic=topic, events=len(batch))
        return batch
    return [batch[int(failure["Id"])] for failure in answer.get("Failed", [])]
