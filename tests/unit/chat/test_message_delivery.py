"""A message reaches every member's sockets and log exactly once."""

from typing import Any

import pytest

from chat import send_message as send_message_view
from chat import ws_send_message
from chat.bodies import NewMessage
from chat.event_log import replay
from chat.message_delivery import send_message
from chat.models import InboxRow, Message, SentMessage, sent_id
from chat.on_chat_changed import update_inboxes
from shared.access.caller import Caller
from shared.aws.clients import client
from shared.clock import now, stop_at
from shared.errors import (
    ConversationNotFound,
    MessageNotAllowed,
    MessageNotFound,
    PostNotFound,
    UserNotFound,
)
from shared.ids import first_id_at, new_id
from tests.bench.memory import noted
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import (
    Frames,
    a_message,
    a_room,
    a_socket,
    a_user,
    befriend,
    call,
    connect,
    created,
    logged,
    socket_event,
)
from tests.unit.chat.test_groups import forget_answers
from tests.unit.conftest import NOON, Log
from users.models import User


@pytest.fixture
def pair() -> tuple[Caller, Caller]:
    """Two friends."""
    one, other = a_user(), a_user()
    befriend(one, other)
    return one, other


def draft(**given: Any) -> NewMessage:
    return NewMessage.model_validate({"content": "Hello", **given})


def stored(conversation_id: str) -> list[Message]:
    return list(Message.query(conversation_id))


def test_a_frame_goes_to_every_socket_of_every_member(
    pair: tuple[Caller, Caller], frames: Frames
) -> None:
    one, other = pair
    third = a_user()
    room = a_room(one, other, third, is_group=True)
    for user, name in ((one, "socket"), (one, "phone"), (other, "b"), (a_user(), "outsider")):
        a_socket(user, name)
    body = {
        "action": "send_message",
        "roomId": room.conversation_id,
        "message": "Hello",
        "request_id": "mine",
    }
    event = socket_event("send_message", caller=one, body=body)
    assert ws_send_message.app(event, LambdaContext()) == {"statusCode": 200}
    [answer], [copy], [received] = frames("socket"), frames("phone"), frames("b")
    assert frames("outsider") == []
    assert answer.pop("request_id") == "mine"
    assert answer == copy == received
    [message] = stored(room.conversation_id)
    assert received["event"] == "new_message"
    assert received["id"] == received["data"]["id"] == message.message_id
    update_inboxes([created(message)])
    for member in (one, other, third):
        assert logged(member) == [("new_message", received["id"])]
        [replayed] = replay(member.user_id, first_id_at(now() - 1), 10).frames
        assert (replayed.id, replayed.data) == (received["id"], received["data"])


def test_the_frame_has_the_names_of_both_dialects(pair: tuple[Caller, Caller]) -> None:
    one, other = pair
    room = a_room(one, other)
    data = send_message(one, room.conversation_id, draft(client_message_id="m")).frame.data
    assert data["roomId"] == data["conversation_id"] == room.conversation_id
    assert data["userId"] == data["sender_id"] == one.user_id
    assert data["username"] == data["sender_username"] == one.username
    assert data["message"] == data["content"] == "Hello"
    assert data["sent_at"] == data["created_at"] == "2026-01-05T12:00:00.000Z"
    assert data["timestamp"] == 1_767_614_400_000
    assert (data["type"], data["client_message_id"]) == ("text", "m")


def test_a_resend_returns_the_first_message_and_pushes_it_again_with_its_id(
    pair: tuple[Caller, Caller], frames: Frames
) -> None:
    one, other = pair
    room = a_room(one, other)
    a_socket(other, "b")
    first = send_message(one, room.conversation_id, draft(client_message_id="m"))
    again = send_message(one, room.conversation_id, draft(content="Else", client_message_id="m"))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.shape == first.shape
    assert again.frame == first.frame
    assert len(stored(room.conversation_id)) == 1
    pushed, repeated = frames("b")
    assert pushed == repeated
    assert pushed["id"] == first.shape["id"]


def test_after_a_day_the_client_message_id_is_another_message(pair: tuple[Caller, Caller]) -> None:
    one, other = pair
    room = a_room(one, other)
    sent = []
    for seconds in (0, 86399, 86400, 86401):
        with stop_at(NOON + seconds):
            sent.append(send_message(one, room.conversation_id, draft(client_message_id="m")))
    assert [each.is_new for each in sent] == [True, False, True, False]
    assert len(stored(room.conversation_id)) == 2
    marker = SentMessage.find(sent_id(room.conversation_id, one.user_id, "m"))
    assert marker
    assert (marker.message_id, marker.expires_at) == (sent[2].shape["id"], int(NOON) + 2 * 86400)


def test_a_marker_of_an_earlier_version_expires_with_its_message(
    pair: tuple[Caller, Caller],
) -> None:
    one, other = pair
    room = a_room(one, other)
    first = a_message(room, one, client_message_id="m")
    key = sent_id(room.conversation_id, one.user_id, "m")
    SentMessage(key, message_id=first.message_id).save()
    sent = []
    for seconds in (86399, 86401, 86402):
        with stop_at(NOON + seconds):
            sent.append(send_message(one, room.conversation_id, draft(client_message_id="m")))
    assert [each.is_new for each in sent] == [False, True, False]
    assert sent[0].shape["id"] == first.message_id
    marker = SentMessage.get(key)
    assert (marker.message_id, marker.expires_at) == (sent[1].shape["id"], int(NOON) + 172801)


def test_the_same_client_message_id_of_another_sender_or_room_is_another_message(
    pair: tuple[Caller, Caller],
) -> None:
    one, other = pair
    room, group = a_room(one, other), a_room(one, other, a_user(), is_group=True)
    sent = [
        send_message(user, each.conversation_id, draft(client_message_id="m"))
        for user, each in ((one, room), (other, room), (one, group))
    ]
    assert [each.is_new for each in sent] == [True, True, True]


def test_a_message_that_was_sent_without_an_answer_is_one_when_it_is_repeated(
    pair: tuple[Caller, Caller], aws: MemoryAws
) -> None:
    one, other = pair
    room = a_room(one, other)
    answers = []
    for _ in range(2):
        answers.append(
            call(
                send_message_view.app,
                "POST /conversations/{conversation_id}/messages",
                one,
                path={"conversation_id": room.conversation_id},
                body={"content": "Hello"},
                headers={"Idempotency-Key": "once"},
            )
        )
        forget_answers(aws)
    assert [status for status, _ in answers] == [201, 201]
    [message] = stored(room.conversation_id)
    assert {shape["id"] for _, shape in answers} == {message.message_id}


def test_a_resend_beside_a_block_reaches_no_one(
    pair: tuple[Caller, Caller], frames: Frames
) -> None:
    one, other = pair
    room = a_room(one, other)
    send_message(one, room.conversation_id, draft(client_message_id="m"))
    a_socket(other, "b")
    connect(one, "blocked_by", other)
    with pytest.raises(ConversationNotFound):
        send_message(one, room.conversation_id, draft(client_message_id="m"))
    assert frames("b") == []


def test_a_resend_shows_each_member_the_reactions_of_those_without_a_block_between(
    pair: tuple[Caller, Caller], frames: Frames
) -> None:
    one, other = pair
    third, fourth = a_user(), a_user()
    room = a_room(one, other, third, fourth, is_group=True)
    first = send_message(one, room.conversation_id, draft(client_message_id="m"))
    reactions = [{"user_id": each.user_id, "emoji": "🔥"} for each in (third, fourth)]
    Message(room.conversation_id, first.shape["id"]).update(
        actions=[Message.reactions.set(reactions)]
    )
    connect(other, "blocks", third)
    connect(third, "blocked_by", other)
    connect(one, "blocked_by", fourth)
    connect(fourth, "blocks", one)
    a_socket(other, "b")
    a_socket(fourth, "d")
    again = send_message(one, room.conversation_id, draft(client_message_id="m"))
    assert again.shape["reactions"] == again.frame.data["reactions"] == reactions[:1]
    [received] = frames("b")
    assert received["data"]["reactions"] == reactions[1:]
    assert frames("d") == []


def test_a_resend_makes_up_for_a_call_that_ended_before_it_pushed(
    pair: tuple[Caller, Caller], frames: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = pair
    room = a_room(one, other)
    a_socket(other, "b")

    def end(*_: Any, **__: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr("chat.message_delivery.send", end)
        with pytest.raises(TimeoutError):
            send_message(one, room.conversation_id, draft(client_message_id="m"))
    assert frames("b") == []
    again = send_message(one, room.conversation_id, draft(client_message_id="m"))
    assert not again.is_new
    assert [frame["data"]["id"] for frame in frames("b")] == [again.shape["id"]]


def test_who_may_not_write(pair: tuple[Caller, Caller]) -> None:
    one, other = pair
    outsider = a_user(allow_message_requests=False)
    room = a_room(one, other)
    closed = a_room(one, outsider, folder="requests")
    with pytest.raises(ConversationNotFound):
        send_message(outsider, room.conversation_id, draft())
    with pytest.raises(ConversationNotFound):
        send_message(one, new_id(), draft())
    with pytest.raises(MessageNotAllowed):
        send_message(one, closed.conversation_id, draft())
    InboxRow(outsider.user_id, closed.conversation_id, folder="inbox", active_at="x").save()
    assert send_message(one, closed.conversation_id, draft()).is_new  # it was accepted
    connect(other, "blocks", one)
    connect(one, "blocked_by", other)
    for user in (one, other):
        with pytest.raises(ConversationNotFound):
            send_message(user, room.conversation_id, draft())


def test_somebody_who_was_banned_cannot_be_written_to(pair: tuple[Caller, Caller]) -> None:
    one, other = pair
    room = a_room(one, other)
    User(other.user_id).update(actions=[User.status.set("banned")])
    with pytest.raises(UserNotFound):
        send_message(one, room.conversation_id, draft())


def test_what_a_message_refers_to_must_exist(pair: tuple[Caller, Caller]) -> None:
    one, other = pair
    room, elsewhere = a_room(one, other), a_room(one, other, a_user(), is_group=True)
    foreign = send_message(one, elsewhere.conversation_id, draft()).shape["id"]
    for reply in (new_id(), foreign):
        with pytest.raises(MessageNotFound):
            send_message(other, room.conversation_id, draft(reply_to_message_id=reply))
    with pytest.raises(PostNotFound):
        send_message(one, room.conversation_id, draft(shared_post_id=new_id()))
    assert stored(room.conversation_id) == []
    first = send_message(one, room.conversation_id, draft()).shape["id"]
    reply = send_message(other, room.conversation_id, draft(reply_to_message_id=first))
    assert reply.shape["reply_to_message_id"] == first


def test_the_text_is_in_no_log(pair: tuple[Caller, Caller], log: Log) -> None:
    one, other = pair
    room = a_room(one, other)
    body = {"action": "send_message", "roomId": room.conversation_id, "message": "a secret"}
    ws_send_message.app(socket_event("send_message", caller=one, body=body), LambdaContext())
    assert [line["message"] for line in log.lines] == ["frame"]
    assert "a secret" not in log.text


def test_the_stream_pushes_only_to_sockets_that_the_handler_may_not_know(
    pair: tuple[Caller, Caller], frames: Frames
) -> None:
    one, other = pair
    message = a_message(a_room(one, other), one)
    for name, age in (("old", 31), ("young", 29)):
        with stop_at(NOON - age):
            a_socket(other, name)
    update_inboxes([created(message)])
    assert frames("old") == []
    [late] = frames("young")
    assert (late["event"], late["id"]) == ("new_message", message.message_id)
    assert "cursor" not in late


def test_the_stream_logs_before_it_looks_for_sockets(
    pair: tuple[Caller, Caller], aws: MemoryAws
) -> None:
    one, other = pair
    message = a_message(a_room(one, other), one)
    a_socket(other, "b")
    aws.fail("dynamodb.BatchWriteItem", "ValidationException")
    with pytest.raises(Exception, match="ValidationException"):
        update_inboxes([created(message)])
    assert aws.pushed == {}


def test_what_the_stream_pushes_is_what_its_reader_may_see(
    pair: tuple[Caller, Caller], frames: Frames
) -> None:
    one, other = pair
    third = a_user()
    message = a_message(a_room(one, other, third, is_group=True), one)
    connect(third, "blocks", one)
    for user, name in ((other, "b"), (third, "c")):
        a_socket(user, name)
    update_inboxes([created(message)])
    assert (len(frames("b")), frames("c")) == (1, [])


def test_a_message_that_was_sent_a_moment_ago_can_be_replied_to(
    pair: tuple[Caller, Caller],
) -> None:
    one, other = pair
    room = a_room(one, other)
    first = send_message(one, room.conversation_id, draft()).shape["id"]
    with noted(client("dynamodb")) as calls:
        send_message(other, room.conversation_id, draft(reply_to_message_id=first))
    [read] = [
        asked
        for each in calls
        if each.operation == "BatchGetItem"
        for table, asked in each.parameters["RequestItems"].items()
        if table == Message.Meta.table_name
    ]
    assert read["ConsistentRead"]
