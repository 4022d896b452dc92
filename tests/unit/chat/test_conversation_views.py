"""Conversations as their members see them."""

import pytest

from chat import list_conversations
from chat.conversation_views import conversation_shapes
from chat.models import Conversation, InboxRow, Message
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.encoding import to_json
from shared.ids import new_id
from tests.unit.chat.conftest import a_message, a_room, a_user, call, connect


def a_row(room: Conversation, user: Caller, last_message_id: str | None = None) -> InboxRow:
    return InboxRow(
        user.user_id,
        room.conversation_id,
        folder="inbox",
        active_at=timestamp(),
        last_message_id=last_message_id,
    )


def test_the_last_message_names_a_sender_who_is_not_among_the_listed_participants() -> None:
    viewer, other, sender = a_user(), a_user(), a_user()
    room = a_room(viewer, other, sender, is_group=True)
    message_id = new_id()
    Message(
        room.conversation_id,
        message_id,
        sender_id=sender.user_id,
        sender_username="an earlier name",
        content="Hello",
        created_at=timestamp(),
    ).save()
    [shape] = conversation_shapes(viewer.user_id, [(room, a_row(room, viewer, message_id))], 2)
    assert [each["id"] for each in shape["participants"]] == [viewer.user_id, other.user_id]
    assert shape["participant_count"] == 3
    last = shape["last_message"]
    assert last
    assert (last["content"], last["sender_username"]) == ("Hello", sender.username)


def test_a_one_to_one_is_left_out_after_a_block() -> None:
    viewer, other, blocked = a_user(), a_user(), a_user()
    connect(viewer, "blocks", blocked)
    rooms = [a_room(viewer, other), a_room(viewer, blocked)]
    shapes = conversation_shapes(viewer.user_id, [(room, a_row(room, viewer)) for room in rooms])
    assert [shape["id"] for shape in shapes] == [rooms[0].conversation_id]


def test_what_is_not_listed_is_not_in_the_total() -> None:
    viewer, other, blocked = a_user(), a_user(), a_user()
    connect(viewer, "blocked_by", blocked)
    rooms = [
        a_room(viewer, other),
        a_room(viewer, blocked),
        a_room(viewer, blocked, is_group=True),
        a_room(other, blocked, is_group=True),
    ]
    for number, room in enumerate(rooms):
        row = a_row(room, viewer)
        row.unread_count = 10**number
        row.save()
    _, body = call(list_conversations.app, "GET /conversations", viewer)
    assert (len(body["conversations"]), body["unread_total"]) == (2, 101)


def test_a_row_of_an_earlier_membership_shows_no_last_message() -> None:
    """The index may lag behind one who was added again."""
    viewer, other = a_user(), a_user()
    room = a_room(other, viewer, is_group=True)
    message = a_message(room, other)
    row = a_row(room, viewer, message.message_id)
    [shape] = conversation_shapes(viewer.user_id, [(room, row)])
    assert shape["last_message"]
    room.members[1]["hidden_to"] = message.message_id
    [shape] = conversation_shapes(viewer.user_id, [(room, row)])
    assert shape["last_message"] is None


def test_a_page_of_large_conversations_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = a_user()
    rooms = [a_room(viewer, a_user()) for _ in range(5)]
    for room in rooms:
        a_row(room, viewer).save()
    _, body = call(list_conversations.app, "GET /conversations", viewer)
    most = max(len(to_json(each)) for each in body["conversations"])
    monkeypatch.setattr(list_conversations, "ANSWER_BYTES", 2 * most)
    found, cursor, pages = [], None, []
    while cursor or not pages:
        query = {"cursor": cursor} if cursor else None
        _, page = call(list_conversations.app, "GET /conversations", viewer, query=query)
        pages.append(len(page["conversations"]))
        found += [each["id"] for each in page["conversations"]]
        cursor = page["next_cursor"]
    assert sorted(found) == sorted(room.conversation_id for room in rooms)
    assert pages == [2, 2, 1]
