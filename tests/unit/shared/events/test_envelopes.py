"""The catalogue of events, their form on the wire, and publishing them."""

import dataclasses
import json
import typing
from typing import Any

import pytest

from shared.events.envelopes import CATALOGUE, Envelope, Event, publish
from shared.events.posts import PostCreated, PostLiked
from shared.events.users import UserVerified
from tests.support.memory_aws import MemoryAws
from tests.unit.conftest import Log

SAMPLES: dict[Any, Any] = {
    str: '日本 ü "quoted" \u2028',
    bool: True,
    int: 41,
    str | None: None,
    list[str]: ["a", "b"],
    dict[str, Any]: {"width": 1080, "variants": {"640": "key"}},
}


def sample(kind: type[Event]) -> Event:
    """An event of a kind, each field with a value of its type."""
    types = typing.get_type_hints(kind)
    values = {each.name: SAMPLES[types[each.name]] for each in dataclasses.fields(kind)}  # type: ignore[arg-type]
    return kind(**values)


def liked(number: int) -> Envelope:
    event = PostLiked(f"p{number}", "a", "u", "yuki_o", "2026-01-05T12:00:00.000Z")
    return Envelope(f"e{number}", "2026-01-05T12:00:00.000Z", "u", event)


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_every_event_survives_the_wire(kind: type[Event]) -> None:
    envelope = Envelope("e-1", "2026-01-05T12:00:00.000Z", None, sample(kind))
    assert Envelope.from_json(envelope.to_json()) == envelope


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_an_event_is_in_the_past_tense_and_cannot_be_changed(kind: type[Event]) -> None:
    verb = kind.type.rsplit(".", 1)[1]
    assert verb.endswith(("ed", "read", "ready", "sent"))
    assert verb.replace("_", "") in kind.__name__.lower()
    event = sample(kind)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(event, dataclasses.fields(kind)[0].name, "other")  # type: ignore[arg-type]
    assert not hasattr(event, "__dict__")


def test_the_envelope_has_the_documented_form() -> None:
    assert json.loads(liked(1).to_json()) == {
        "event_id": "e1",
        "type": "post.liked",
        "version": 1,
        "occurred_at": "2026-01-05T12:00:00.000Z",
        "actor": "u",
        "data": {
            "post_id": "p1",
            "author_id": "a",
            "liker_id": "u",
            "liker_username": "yuki_o",
            "liked_at": "2026-01-05T12:00:00.000Z",
        },
    }


def test_fields_of_a_later_version_are_ignored() -> None:
    message = json.loads(liked(1).to_json())
    message["version"] = 2
    message["trace"] = "x"
    message["data"]["mood"] = "happy"
    assert Envelope.from_json(json.dumps(message)) == liked(1)


def test_fields_with_a_default_may_be_absent() -> None:
    event = PostCreated("p", "a", "yuki_o", "public", False, "2026-01-05T12:00:00.000Z")
    message = json.loads(Envelope("e", "t", "a", event).to_json())
    del message["data"]["upload_ids"]
    assert Envelope.from_json(json.dumps(message)).event == event


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"type": "post.forgotten", "data": {}}'])
def test_what_is_no_event_is_an_error(text: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Envelope.from_json(text)


def test_events_are_published_to_their_topics_ten_to_a_call(aws: MemoryAws) -> None:
    verified = Envelope("v", "2026-01-05T12:00:00.000Z", "u", UserVerified("u", "yuki_o"))
    likes = [liked(number) for number in range(23)]
    assert publish([*likes[:11], verified, *likes[11:]]) == []
    assert aws.calls == ["sns.PublishBatch"] * 4
    assert {each["event_id"] for each in aws.published["posts"]} == {f"e{n}" for n in range(23)}
    assert len(aws.published["posts"]) == 23
    assert [each["event_id"] for each in aws.published["users"]] == ["v"]


def test_nothing_is_published_with_no_call(aws: MemoryAws) -> None:
    assert publish([]) == []
    assert aws.calls == []


def test_what_sns_refuses_is_returned(aws: MemoryAws) -> None:
    aws.refuse_entries("sns.PublishBatch", times=1)
    likes = [liked(number) for number in range(12)]
    assert publish(likes) in ([likes[9]], [likes[11]])  # the last of a call
    assert len(aws.published["posts"]) == 11


@pytest.mark.parametrize("code", ["InternalError", "AuthorizationError", None])
def test_a_batch_that_sns_refuses_is_returned_whole_and_the_rest_is_published(
    aws: MemoryAws, log: Log, code: str | None
) -> None:
    aws.fail("sns.PublishBatch", code, times=9, first=1)  # all other calls
    likes = [liked(number) for number in range(30)]
    refused = publish(likes)
    assert refused in (likes[:20], [*likes[:10], *likes[20:]], likes[10:])
    published = {each["event_id"] for each in aws.published["posts"]}
    assert published == {each.event_id for each in likes if each not in refused}
    assert log.lines[0]["message"] == "publishing failed"
