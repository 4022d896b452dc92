"""Frames, sockets and people for the tests of chat, with AWS in memory."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chat.models import Conversation, InboxRow, Member, Message
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.dynamodb.changes import Change
from shared.ids import new_id
from shared.realtime.frame_log import LoggedFrame
from shared.realtime.sockets import Connection, remove, store
from tests.support.accounts import a_user as a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from users.models import Relationship, edge

type Frames = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, settings: pytest.MonkeyPatch, noon: float) -> None:
    """AWS in memory, chat's limits, and a stopped clock."""
    limits = {"WS_FRAMES_PER_MINUTE": "120", "WS_MAX_SOCKETS": "10", "MAX_GROUP_SIZE": "250"}
    limits["UNSEND_WINDOW_SECONDS"] = "0"
    for name, value in limits.items():
        settings.setenv(name, value)


@pytest.fixture
def frames(aws: MemoryAws) -> Frames:
    """The frames that were pushed to a socket."""
    return lambda socket: [json.loads(text) for text in aws.pushed.get(socket, [])]


def logged(user: Caller) -> list[tuple[str, str]]:
    """The event and the id of each frame in the user's log, oldest first."""
    found = LoggedFrame.query(user.user_id)
    return [(each.event, each.frame_id) for each in found if each.frame_id]


def created(message: Message, number: int = 1) -> Change[Message]:
    """The record of a message that was stored now."""
    return Change(None, message, str(number), "", timestamp())


def removed(message: Message, number: int = 1) -> Change[Message]:
    """The record of a message that was deleted now."""
    return Change(message, None, str(number), "", timestamp())


def numbered(sequence: int | str) -> Change[Message]:
    """A change of messages of which only its place in the stream matters."""
    return Change(None, None, str(sequence), "", timestamp())


def befriend(one: Caller, other: Caller) -> None:
    """They follow each other."""
    for first, second in ((one, other), (other, one)):
        for kind in ("follows", "followed_by"):
            connect(first, kind, second)


def connect(one: Caller, kind: Any, other: Caller) -> None:
    """One half of an edge."""
    Relationship(
        one.user_id, edge(kind, other.user_id), since=timestamp(), updated_at=timestamp()
    ).save()


def a_socket(user: Caller, name: str) -> str:
    """An open socket, in place of one that had its name."""
    remove(name)
    store(
        Connection(
            name,
            user_id=user.user_id,
            username=user.username,
            session_id=user.session_id,
            connected_at=timestamp(),
            expires_at=int(now()) + 7200,
        )
    )
    return name


def a_row(user: Caller, room: Conversation, folder: str = "inbox", **given: Any) -> InboxRow:
    """A member's row of a conversation."""
    fields = {"folder": folder, "active_at": timestamp(), **given}
    row = InboxRow(user.user_id, room.conversation_id, **fields)
    row.save()
    return row


def a_room(*people: Caller, folder: str = "inbox", is_group: bool = False) -> Conversation:
    """A conversation; `folder` is where it appears for everybody except the first."""
    members = [
        Member(
            user_id=each.user_id,
            role="member",
            folder=folder if number else "inbox",
            joined_at=timestamp(),
        )
        for number, each in enumerate(people)
    ]
    room = Conversation(
        new_id(),
        is_group=is_group,
        creator_id=people[0].user_id,
        members=members,
        created_at=timestamp(),
    )
    room.save()
    return room


def socket_event(
    route: str, kind: str = "MESSAGE", caller: Caller | None = None, body: Any = None
) -> dict[str, Any]:
    """The event of a WebSocket route, on the socket `socket`; a text as the body is sent
    unchanged."""
    context: dict[str, Any] = {
        "routeKey": route,
        "eventType": kind,
        "connectionId": "socket",
        "requestId": "gateway-request",
        "stage": "live",
    }
    if caller:
        context["authorizer"] = {
            "principalId": caller.user_id,
            "user_id": caller.user_id,
            "username": caller.username,
            "session_id": caller.session_id,
            "role": caller.role,
            "scope": caller.scope,
        }
    event: dict[str, Any] = {"requestContext": context, "isBase64Encoded": False}
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    return event


def call(handler: Any, route: str, caller: Caller, **given: Any) -> tuple[int, Any]:
    """The status and body of a request."""
    answer = handler(gateway_event(route, caller=caller, **given), LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def a_message(room: Conversation, sender: Caller, **given: Any) -> Message:
    """A stored message, which no stream has delivered."""
    message = Message(
        room.conversation_id,
        new_id(),
        **{
            "sender_id": sender.user_id,
            "sender_username": sender.username,
            "content": "Hello",
            "created_at": timestamp(),
            **given,
        },
    )
    message.save()
    return message
