"""The catalogue of what can happen: one frozen dataclass per event, and the one `publish`.

An event is published by the stream of the table that holds its fact, never by a request. Its id is
derived from the stream record, so that a replay carries the same id.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from shared.aws import client
from shared.config import config
from shared.encoding import to_json

_BATCH = 10  # SNS's limit of messages in one PublishBatch
CATALOGUE: dict[str, type["Event"]] = {}
_FIELDS: dict[str, tuple[str, ...]] = {}  # of the kinds that were met


class Event:
    """The base of every event. `type` is its name on the wire, `topic` where it is published."""

    __slots__ = ()

    type: ClassVar[str]
    topic: ClassVar[str]
    version: ClassVar[int] = 1

    def __init_subclass__(cls) -> None:
        # A dataclass with slots is made twice; the second one is the one that stays.
        CATALOGUE[cls.type] = cls


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event and what is known about its telling."""

    event_id: str
    occurred_at: str  # RFC 3339
    actor: str | None  # the user id of who did it
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
        """What `to_json` wrote. Fields that this version does not know are ignored."""
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
    """Publish to the topics of the events, ten to a call; return those that SNS refused."""
    refused: list[Envelope] = []
    for topic in dict.fromkeys(envelope.event.topic for envelope in envelopes):
        of_topic = [envelope for envelope in envelopes if envelope.event.topic == topic]
        for start in range(0, len(of_topic), _BATCH):
            refused += _publish_batch(topic, of_topic[start : start + _BATCH])
    return refused


def _publish_batch(topic: str, batch: Sequence[Envelope]) -> Iterable[Envelope]:
    from botocore.exceptions import BotoCoreError, ClientError

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


@dataclass(frozen=True, slots=True)
class UserRegistered(Event):
    """Somebody signed up; the account is not verified yet."""

    type = "user.registered"
    topic = "users"

    user_id: str
    username: str


@dataclass(frozen=True, slots=True)
class UserVerified(Event):
    """An account's e-mail address was verified."""

    type = "user.verified"
    topic = "users"

    user_id: str
    username: str


@dataclass(frozen=True, slots=True)
class UserUpdated(Event):
    """What others see of a profile changed."""

    type = "user.updated"
    topic = "users"

    user_id: str
    username: str
    changed: list[str]


@dataclass(frozen=True, slots=True)
class UserFollowed(Event):
    """`follower_id` follows `followed_id` now."""

    type = "user.followed"
    topic = "users"

    follower_id: str
    follower_username: str
    followed_id: str
    since: str  # which following this is: an undone one is told by the same time


@dataclass(frozen=True, slots=True)
class FollowRequested(Event):
    """`follower_id` asked to follow a private account."""

    type = "user.follow_requested"
    topic = "users"

    follower_id: str
    follower_username: str
    followed_id: str
    since: str


@dataclass(frozen=True, slots=True)
class UserUnfollowed(Event):
    """`follower_id` does not follow `followed_id` any more, whoever ended it."""

    type = "user.unfollowed"
    topic = "users"

    follower_id: str
    followed_id: str
    since: str  # as in UserFollowed


@dataclass(frozen=True, slots=True)
class UserBanned(Event):
    """An administrator banned an account."""

    type = "user.banned"
    topic = "users"

    user_id: str
    reason: str | None
    banned_until: str | None


@dataclass(frozen=True, slots=True)
class PostCreated(Event):
    """A post is there for its audience: it was made, or its media became ready."""

    type = "post.created"
    topic = "posts"

    post_id: str
    author_id: str
    author_username: str
    visibility: str
    is_reel: bool
    created_at: str
    upload_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PostDeleted(Event):
    """A post was deleted by its author or an administrator."""

    type = "post.deleted"
    topic = "posts"

    post_id: str
    author_id: str


@dataclass(frozen=True, slots=True)
class PostLiked(Event):
    """`liker_id` likes the post."""

    type = "post.liked"
    topic = "posts"

    post_id: str
    author_id: str
    liker_id: str
    liker_username: str
    liked_at: str  # which like this is: an undone one is told by the same time


@dataclass(frozen=True, slots=True)
class PostUnliked(Event):
    """`liker_id` does not like the post any more."""

    type = "post.unliked"
    topic = "posts"

    post_id: str
    author_id: str
    liker_id: str
    liked_at: str  # as in PostLiked


@dataclass(frozen=True, slots=True)
class MediaReady(Event):
    """An upload was processed; `media` is what a post shows of it (see `media/models.py`)."""

    type = "media.ready"
    topic = "media"

    upload_id: str
    owner_id: str
    kind: str
    post_id: str | None
    media: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MediaFailed(Event):
    """An upload could not be processed."""

    type = "media.failed"
    topic = "media"

    upload_id: str
    owner_id: str
    kind: str
    post_id: str | None
    code: str


@dataclass(frozen=True, slots=True)
class MessageSent(Event):
    """A message is in a conversation. Its text stays in the table."""

    type = "message.sent"
    topic = "chat"

    message_id: str
    conversation_id: str
    sender_id: str
    sender_username: str
