"""A hidden conversation is empty and not listed, for the caller alone, until it goes on."""

from typing import Any

from chat import (
    hide_conversation,
    list_conversations,
    list_messages,
    react_to_message,
    search_messages,
    unsend_message,
)
from chat.bodies import NewMessage
from chat.group_changes import change_group
from chat.groups import addition
from chat.message_delivery import send_message
from chat.message_history import history
from chat.models import Conversation, InboxRow, Message, SentMessage, sent_id
from chat.on_chat_changed import list_new_groups, update_inboxes
from chat.personal_data import export_of
from chat.rooms import find_view
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.dynamodb.changes import Change
from tests.unit.chat.conftest import (
    Frames,
    a_message,
    a_room,
    a_socket,
    a_user,
    befriend,
    call,
    connect,
)


def hide(caller: Caller, room: Conversation) -> tuple[int, Any]:
    path = {"conversation_id": room.conversation_id}
    return call(hide_conversation.app, "DELETE /conversations/{conversation_id}", caller, path=path)


def created(message: Message, number: int) -> Change[Message]:
    return Change(None, message, str(number), "", timestamp())


def listed(caller: Caller) -> list[tuple[str, Any, int]]:
    _, body = call(list_conversations.app, "GET /conversations", caller)
    return [
        (each["id"], each["last_message"] and each["last_message"]["id"], each["unread_count"])
        for each in body["conversations"]
    ]


def seen(caller: Caller, room: Conversation, **query: str) -> list[str]:
    """The ids of the messages, as every list shows them."""
    path = {"conversation_id": room.conversation_id}
    route = "GET /conversations/{conversation_id}/messages"
    _, body = call(list_messages.app, route, caller, path=path, query=query or None)
    found = [each["id"] for each in body["messages"]]
    if not query:
        data = history(find_view(room.conversation_id, caller.user_id), 50)
        assert [each["id"] for each in data["messages"]] == found[::-1]
        _, body = call(
            search_messages.app, f"{route}/search", caller, path=path, query={"q": "hello"}
        )
        assert [each["id"] for each in body["messages"]] == found
    return found


def test_it_comes_back_without_the_past() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    first, second = a_message(room, one), a_message(room, one)
    changes = [created(first, 1), created(second, 2)]
    update_inboxes(changes)
    assert listed(other) == [(room.conversation_id, second.message_id, 2)]
    assert hide(other, room) == (200, {"message": "Conversation hidden"})
    assert listed(other) == []
    assert seen(other, room) == []
    assert seen(other, room, before=second.message_id) == []
    assert seen(other, room, after=first.message_id) == []
    assert seen(one, room) == [second.message_id, first.message_id]
    assert listed(one) == [(room.conversation_id, second.message_id, 0)]
    update_inboxes(changes)  # a replay
    assert listed(other) == []
    third = a_message(room, one)
    update_inboxes([*changes, created(third, 3)])
    assert listed(other) == [(room.conversation_id, third.message_id, 1)]
    assert seen(other, room) == [third.message_id]
    status, body = call(
        react_to_message.app,
        "PUT /messages/{message_id}/reaction",
        other,
        path={"message_id": first.message_id},
        body={"emoji": "🔥"},
    )
    assert (status, body["code"]) == (404, "message_not_found")


def test_cursors_from_before_it_was_hidden_lead_past_what_is_hidden() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    sent = [a_message(room, one) for _ in range(6)]
    path = {"conversation_id": room.conversation_id}
    route = "GET /conversations/{conversation_id}/messages"
    queries: list[tuple[Any, str, dict[str, str]]] = [
        (list_messages.app, route, {}),
        (list_messages.app, route, {"before": sent[4].message_id}),
        (list_messages.app, route, {"after": sent[0].message_id}),
        (search_messages.app, f"{route}/search", {"q": "hello"}),
    ]
    cursors = [
        call(app, way, other, path=path, query={**query, "limit": "2"})[1]["next_cursor"]
        for app, way, query in queries
    ]
    hide(other, room)
    later = a_message(room, one)
    found = []
    for (app, way, query), cursor in zip(queries, cursors, strict=True):
        status, body = call(app, way, other, path=path, query={**query, "cursor": cursor})
        assert status == 200, body
        found.append([each["id"] for each in body["messages"]])
    assert found == [[], [], [later.message_id], []]


def test_messages_that_the_stream_delivers_later_stay_hidden() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    message = a_message(room, one)
    assert hide(other, room)[0] == 200
    update_inboxes([created(message, 1)])
    assert listed(other) == []
    row = InboxRow.find(other.user_id, room.conversation_id)
    assert row
    assert row.unread_count == 0


def test_a_new_group_that_the_stream_delivers_later_stays_hidden() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other, is_group=True)
    created_group = Change(None, room, "1", "", timestamp())
    list_new_groups([created_group])
    note = a_message(room, one, type="system", system={"kind": "created", "user_ids": []})
    update_inboxes([created(note, 1)])
    assert listed(other)
    hide(other, room)
    list_new_groups([created_group])
    assert listed(other) == []


def test_unsending_shows_no_hidden_conversation_again() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    first, second = a_message(room, one), a_message(room, one)
    update_inboxes([created(first, 1), created(second, 2)])
    hide(other, room)
    second.delete()
    update_inboxes([Change(second, None, "3", "", timestamp())])
    assert listed(other) == []
    assert listed(one) == [(room.conversation_id, first.message_id, 0)]


def test_an_export_has_what_was_hidden_as_far_as_the_person_wrote_it() -> None:
    one, other = a_user(), a_user(status="deactivated")
    room = a_room(one, other)
    messages = [a_message(room, each) for each in (one, other)]
    update_inboxes([created(each, number) for number, each in enumerate(messages, 1)])
    hide(one, room)
    messages.append(a_message(room, other))
    update_inboxes([created(messages[-1], 3)])
    topics = {each.name: list(each.content) for each in export_of(one.user_id)}
    exported = topics[f"messages/{room.conversation_id}"]
    names = [(each["message_id"], each["sender_username"]) for each in exported]
    assert names == [(messages[0].message_id, one.username), (messages[2].message_id, "")], (
        "an account that is hidden is not named"
    )


def test_who_may_not_hide() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    assert hide(a_user(), room)[1]["code"] == "conversation_not_found"
    connect(one, "blocks", other)
    assert hide(one, room)[1]["code"] == "conversation_not_found"


def test_frames_about_hidden_messages_reach_only_who_may_see_them(frames: Frames) -> None:
    one, other, hidden, late = a_user(), a_user(), a_user(), a_user()
    room = a_room(one, other, hidden, is_group=True)
    message = a_message(room, one, client_message_id="m")
    add(one, room, late)
    hide(hidden, room)
    for each in (other, hidden, late):
        a_socket(each, each.user_id)
    path = {"message_id": message.message_id}
    draft = NewMessage.model_validate({"content": "Hello", "client_message_id": "m"})
    marker = sent_id(room.conversation_id, one.user_id, "m")
    SentMessage(marker, message_id=message.message_id, expires_at=int(now()) + 60).save()
    route = "PUT /messages/{message_id}/reaction"
    call(react_to_message.app, route, one, path=path, body={"emoji": "🔥"})
    assert not send_message(one, room.conversation_id, draft).is_new
    call(unsend_message.app, "DELETE /messages/{message_id}", one, path=path)
    assert [each["event"] for each in frames(other.user_id)] == [
        "message_reaction",
        "new_message",
        "message_deleted",
    ]
    assert frames(hidden.user_id) == frames(late.user_id) == []
    later = a_message(room, one)
    path = {"message_id": later.message_id}
    call(react_to_message.app, route, one, path=path, body={"emoji": "🔥"})
    assert len(frames(hidden.user_id)) == len(frames(late.user_id)) == 1


def add(caller: Caller, room: Conversation, person: Caller) -> None:
    befriend(caller, person)
    plan = addition(caller.user_id, [person.user_id])
    change_group(caller, room.conversation_id, plan)
