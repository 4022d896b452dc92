"""What `sync` and GET /events replay: after the cursor, in order, what their reader may see now."""

import itertools
from typing import Any

import pytest

from chat import answer_message_request, list_events, mark_conversation_read, ws_sync
from chat.event_log import Replay, replay
from chat.models import Conversation, Message
from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from shared.encoding import to_json
from shared.ids import first_id_at, is_id, new_id
from shared.realtime.frame_log import LATENESS, LoggedFrame, Reference, keep
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import (
    Frames,
    a_message,
    a_room,
    a_row,
    a_user,
    call,
    connect,
    socket_event,
)
from tests.unit.conftest import NOON
from users.models import User

BEFORE = first_id_at(NOON - 200)


@pytest.fixture
def other() -> Caller:
    return a_user()


@pytest.fixture
def me() -> Caller:
    return a_user()


@pytest.fixture
def room(me: Caller, other: Caller) -> Conversation:
    return a_room(me, other)


def log(user: Caller, event: str, frame_id: str | None = None, **about: str) -> str:
    reference = Reference(event, frame_id or new_id(), about)
    keep([(user.user_id, reference)])
    return reference.id


def log_message(user: Caller, message: Message) -> str:
    return log(
        user,
        "new_message",
        message.message_id,
        conversation_id=message.conversation_id,
        message_id=message.message_id,
        user_id=message.sender_id,
    )


def log_messages(user: Caller, room: Conversation, sender: Caller, count: int) -> list[str]:
    """Log `count` messages, one a second, the last one a second ago."""
    ids = []
    for number in range(count):
        with stop_at(NOON - count + number):
            ids.append(log_message(user, a_message(room, sender)))
    return ids


def ids_in(page: Replay) -> list[str | None]:
    return [frame.id for frame in page.frames]


def replayed(user: Caller) -> list[dict[str, Any]]:
    return [{"event": each.event, **each.data} for each in replay(user.user_id, BEFORE, 200).frames]


def test_page_by_page_nothing_is_lost_or_repeated(
    me: Caller, other: Caller, room: Conversation
) -> None:
    ids = log_messages(me, room, other, 7)
    seen, cursor, has_more = [], BEFORE, True
    while has_more:
        page = replay(me.user_id, cursor, 3)
        assert len(page.frames) <= 3
        assert len(page.cursor) <= 64
        seen += ids_in(page)
        cursor, has_more = page.cursor, page.has_more
    assert seen == ids


def test_a_frames_cursor_continues_after_it(me: Caller, other: Caller, room: Conversation) -> None:
    ids = log_messages(me, room, other, 5)
    second = replay(me.user_id, BEFORE, 2).frames[-1]
    assert ids_in(replay(me.user_id, second.cursor, 10)) == ids[2:]


def test_the_next_sync_begins_where_entries_may_have_become_visible_late(
    me: Caller, other: Caller, room: Conversation
) -> None:
    page = replay(me.user_id, first_id_at(NOON - 500), 10)
    assert page.cursor == first_id_at(NOON - LATENESS)
    with stop_at(NOON - LATENESS + 0.001):  # its writer took that long
        late = log_message(me, a_message(room, other))
    assert ids_in(replay(me.user_id, page.cursor, 10)) == [late]


def test_a_chain_of_pages_ends_before_its_own_start(
    me: Caller, other: Caller, room: Conversation
) -> None:
    log_messages(me, room, other, 4)
    with stop_at(NOON + 30):
        first = replay(me.user_id, BEFORE, 3)
    with stop_at(NOON + 90):
        last = replay(me.user_id, first.cursor, 3)
    assert (last.has_more, last.cursor) == (False, first_id_at(NOON + 30 - LATENESS))


def test_an_old_chain_begins_again_where_it_may_have_missed_something(
    me: Caller, other: Caller, room: Conversation
) -> None:
    log_messages(me, room, other, 2)
    here = str(replay(me.user_id, BEFORE, 1).frames[0].cursor)
    with stop_at(NOON - LATENESS + 0.001):
        late = log_message(me, a_message(room, other))
    with stop_at(NOON + 3600):
        page = replay(me.user_id, here, 10)
        assert page.frames[0].id == late
        assert page.cursor == first_id_at(NOON + 3600 - LATENESS)


def test_without_a_cursor_only_the_present_position_is_returned(
    me: Caller, other: Caller, room: Conversation
) -> None:
    log_messages(me, room, other, 2)
    here = replay(me.user_id, None, 10)
    assert (here.frames, here.cursor, here.reset) == ([], first_id_at(NOON - LATENESS), False)


OLD, COMING = first_id_at(NOON - 8 * 86400), first_id_at(NOON + 3600)


@pytest.mark.parametrize(
    "cursor",
    ["", "nope", OLD, COMING, f"{BEFORE}.", f"{BEFORE}.nope", f"{BEFORE}.{OLD}", f"nope.{BEFORE}"],
)
def test_a_cursor_that_is_too_old_or_unknown(
    me: Caller, other: Caller, room: Conversation, cursor: str
) -> None:
    log_messages(me, room, other, 1)
    if cursor == f"{BEFORE}.":
        assert not replay(me.user_id, cursor, 10).reset
        return
    lost = replay(me.user_id, cursor, 10)
    assert (lost.frames, lost.cursor, lost.reset) == ([], first_id_at(NOON - LATENESS), True)


def test_a_frame_that_was_logged_twice_is_sent_once_in_a_page(
    me: Caller, other: Caller, room: Conversation
) -> None:
    first, second = a_message(room, other), a_message(room, other)
    for message in (first, second, first):
        log_message(me, message)
    assert ids_in(replay(me.user_id, BEFORE, 10)) == [first.message_id, second.message_id]


def test_entries_of_an_earlier_version_are_skipped(
    me: Caller, other: Caller, room: Conversation
) -> None:
    LoggedFrame(me.user_id, new_id(), event="new_message", expires_at=int(now()) + 99).save()
    ids = log_messages(me, room, other, 1)
    assert ids_in(replay(me.user_id, BEFORE, 10)) == ids


def test_the_socket_gets_the_frames_then_synced(
    me: Caller, other: Caller, room: Conversation, frames: Frames
) -> None:
    ids = log_messages(me, room, other, 3)
    log_messages(other, room, me, 1)
    body = {"action": "sync", "cursor": BEFORE, "request_id": "mine"}
    ws_sync.app(socket_event("sync", caller=me, body=body), LambdaContext())
    *missed, synced = frames("socket")
    assert [frame["id"] for frame in missed] == ids
    assert not any("request_id" in frame for frame in missed)
    assert synced == {
        "event": "synced",
        "data": {"cursor": first_id_at(NOON - LATENESS), "has_more": False, "reset": False},
        "request_id": "mine",
    }


def test_the_route_answers_the_same(me: Caller, other: Caller, room: Conversation) -> None:
    ids = log_messages(me, room, other, 3)
    status, page = call(list_events.app, "GET /events", me, query={"since": BEFORE, "limit": "2"})
    assert (status, page["has_more"], page["reset"]) == (200, True, False)
    assert [each["id"] for each in page["events"]] == ids[:2]
    assert page["events"][-1]["cursor"] == page["cursor"]
    _, rest = call(list_events.app, "GET /events", me, query={"since": page["cursor"]})
    assert [each["id"] for each in rest["events"]] == ids[2:]
    assert is_id(rest["cursor"])


# What is replayed is what may be seen now.


def every_kind(me: Caller, other: Caller, room: Conversation) -> Message:
    """Log a frame of each kind that the other caused in the room; returns the message."""
    message = a_message(room, other, reactions=[{"user_id": other.user_id, "emoji": "🔥"}])
    log_message(me, message)
    here = {"conversation_id": room.conversation_id, "user_id": other.user_id}
    log(me, "message_reaction", message_id=message.message_id, **here)
    log(me, "message_deleted", message_id=message.message_id, **here)
    log(me, "message_read", message_id=message.message_id, **here)
    log(me, "conversation_updated", change="participant_left", **here)
    a_row(me, room)
    a_row(other, room, last_read_message_id=message.message_id)
    return message


KINDS = ["new_message", "message_reaction", "message_deleted", "message_read"]
KINDS += ["conversation_updated"]


def kinds(user: Caller) -> list[str]:
    return [each["event"] for each in replayed(user)]


@pytest.mark.parametrize("is_group", [True, False])
def test_every_kind_of_frame_is_replayed_as_it_is_now(is_group: bool) -> None:
    me, other, third = a_user(), a_user(), a_user()
    room = a_room(me, other, *([third] if is_group else []), is_group=is_group)
    message = every_kind(me, other, room)
    Message(room.conversation_id, message.message_id).update(
        actions=[Message.reactions.set([{"user_id": me.user_id, "emoji": "👍"}])]
    )
    User(other.user_id).update(actions=[User.username.set("renamed")])
    new, reaction, deleted, read, updated = replayed(me)
    assert (new["username"], new["id"]) == ("renamed", message.message_id)
    assert new["reactions"] == reaction["reactions"] == [{"user_id": me.user_id, "emoji": "👍"}]
    assert (reaction["user_id"], reaction["emoji"]) == (other.user_id, None)
    assert deleted["deleted_by"] == other.user_id
    assert (read["message_id"], read["read_at"]) == (message.message_id, timestamp())
    assert updated["change"] == "participant_left"
    assert updated["conversation"]["id"] == room.conversation_id


@pytest.mark.parametrize(
    ("kind", "one_blocks", "is_group"),
    list(itertools.product(["blocks", "blocked_by"], [True, False], [True, False])),
)
def test_nothing_of_somebody_with_a_block_between_is_replayed(
    kind: str, one_blocks: bool, is_group: bool
) -> None:
    me, other, third = a_user(), a_user(), a_user()
    room = a_room(me, other, *([third] if is_group else []), is_group=is_group)
    every_kind(me, other, room)
    connect(me, kind, other) if one_blocks else connect(other, kind, me)
    back = "blocked_by" if kind == "blocks" else "blocks"
    connect(other, back, me) if one_blocks else connect(me, back, other)
    assert kinds(me) == []


def test_reactions_of_the_blocked_are_left_out_of_the_frames_of_others() -> None:
    me, other, blocked = a_user(), a_user(), a_user()
    room = a_room(me, other, blocked, is_group=True)
    message = every_kind(me, other, room)
    reactions = [{"user_id": each.user_id, "emoji": "🔥"} for each in (blocked, other)]
    Message(room.conversation_id, message.message_id).update(
        actions=[Message.reactions.set(reactions)]
    )
    connect(me, "blocks", blocked)
    new, reaction, *_ = replayed(me)
    assert new["reactions"] == reaction["reactions"] == reactions[1:]


def test_who_is_no_member_any_more_gets_nothing() -> None:
    me, other, third = a_user(), a_user(), a_user()
    room = a_room(me, other, third, is_group=True)
    every_kind(me, other, room)
    room.members = room.members[1:]
    room.save()
    assert kinds(me) == []
    room.delete()
    assert kinds(me) == []


def test_what_was_unsent_or_hidden_is_left_out(
    me: Caller, other: Caller, room: Conversation
) -> None:
    message = every_kind(me, other, room)
    a_row(me, room, hidden_to=message.message_id)
    assert kinds(me) == ["message_read", "conversation_updated"]
    a_row(me, room)
    assert kinds(me) == KINDS
    message.delete()
    assert kinds(me) == ["message_deleted", "message_read", "conversation_updated"]


def test_what_was_written_before_the_member_joined_is_left_out() -> None:
    me, other, third = a_user(), a_user(), a_user()
    room = a_room(me, other, third, is_group=True)
    message = every_kind(me, other, room)
    room.members = [{**room.members[0], "hidden_to": message.message_id}, *room.members[1:]]
    room.save()
    assert kinds(me) == ["message_read", "conversation_updated"]


@pytest.mark.parametrize("given", [{"show_read_receipts": False}, {}])
def test_a_read_position_is_replayed_only_if_it_is_shown_now(
    me: Caller, other: Caller, room: Conversation, given: dict[str, bool]
) -> None:
    every_kind(me, other, room)
    if given:
        User(other.user_id).update(actions=[User.show_read_receipts.set(False)])
    else:
        a_row(other, room, folder="requests")
    assert "message_read" not in kinds(me)


def test_the_own_read_position_is_replayed_in_any_case(
    me: Caller, other: Caller, room: Conversation
) -> None:
    User(me.user_id).update(actions=[User.show_read_receipts.set(False)])
    here = {"conversation_id": room.conversation_id, "user_id": me.user_id}
    message = a_message(room, other)
    a_row(me, room, last_read_message_id=message.message_id)
    log(me, "message_read", message_id=message.message_id, **here)
    assert kinds(me) == ["message_read"]


def test_an_unknown_event_is_left_out(me: Caller) -> None:
    log(me, "of_a_later_version", thing_id="x")
    assert kinds(me) == []


def test_nothing_follows_a_frame_that_was_not_taken(
    me: Caller, other: Caller, room: Conversation, aws: MemoryAws, frames: Frames
) -> None:
    """Its cursor would pass what the client has not got; the socket may be one that cannot be
    closed."""
    ids = log_messages(me, room, other, 3)
    aws.fail("apigatewaymanagementapi.PostToConnection", "ForbiddenException", first=1, times=1)
    aws.fail("apigatewaymanagementapi.DeleteConnection", "ForbiddenException")
    body = {"action": "sync", "cursor": BEFORE}
    ws_sync.app(socket_event("sync", caller=me, body=body), LambdaContext())
    assert [frame.get("id") for frame in frames("socket")] == ids[:1]


def test_a_page_of_large_frames_is_shorter(me: Caller) -> None:
    """An answer of more than 6 MB does not leave a function, so its reader would never go on."""
    group = a_room(
        me, *(a_user(picture_key=f"media/{'k' * 1400}") for _ in range(19)), is_group=True
    )
    a_row(me, group)
    about = {"conversation_id": group.conversation_id, "change": "group_updated"}
    ids = [log(me, "conversation_updated", user_id=me.user_id, **about) for _ in range(120)]
    page = replay(me.user_id, BEFORE, 200)
    assert 2_000_000 < len(to_json([each.data for each in page.frames])) < 3_500_000
    assert page.has_more
    assert ids_in(page) + ids_in(replay(me.user_id, page.cursor, 200)) == ids


@pytest.mark.parametrize("event", ["message_read", "conversation_updated"])
def test_what_is_logged_before_its_write_is_left_out_until_it_is_true(
    event: str, me: Caller, other: Caller, room: Conversation
) -> None:
    message = a_message(room, me)
    about = {"conversation_id": room.conversation_id, "user_id": other.user_id}
    log(me, event, message_id=message.message_id, change="request_accepted", **about)
    a_row(me, room)
    a_row(other, room, folder="requests")
    assert kinds(me) == []
    a_row(other, room, last_read_message_id=message.message_id)
    assert kinds(me) == [event]


def test_a_receipt_and_an_acceptance_are_logged_before_they_are_written(
    me: Caller, other: Caller, aws: MemoryAws
) -> None:
    room = a_room(me, other, folder="requests")
    message = a_message(room, me)
    row = a_row(other, room, folder="requests", last_message_id=message.message_id)
    a_row(me, room)
    aws.fail("dynamodb.UpdateItem", "ValidationException", first=2)  # they open the gate
    path = {"conversation_id": room.conversation_id}
    route = "/conversations/{conversation_id}"
    assert call(mark_conversation_read.app, f"POST {route}/read", other, path=path)[0] == 500
    aws.fail("dynamodb.UpdateItem", "ValidationException", first=1)
    body = {"accept": True}
    given = call(answer_message_request.app, f"PUT {route}/request", other, path=path, body=body)
    assert given[0] == 500
    assert kinds(other) == kinds(me) == []
    row.folder, row.last_read_message_id = "inbox", message.message_id  # what was not written
    row.save()
    # Who reads has not accepted yet, so the other is not shown it.
    assert kinds(other) == ["message_read", "conversation_updated"]
    assert kinds(me) == ["conversation_updated"]
