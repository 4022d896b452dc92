"""What happens to the conversations of an erased account."""

from typing import Any

import pytest

from chat.models import Conversation, InboxRow, Message, SentMessage, sent_id
from chat.on_user_erased import app
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.ids import new_id
from shared.realtime.delivery import push_once
from shared.realtime.frames import Frame
from tests.support.erasing import erase, try_to_erase
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_picture
from tests.unit.chat.conftest import a_room, a_socket, a_user
from users.models import User


def a_row(room: Conversation, user: Caller) -> None:
    InboxRow(user.user_id, room.conversation_id, folder="inbox", active_at=room.created_at).save()


def write(room: Conversation, sender: Caller, text: str, **more: Any) -> Message:
    message = Message(
        room.conversation_id,
        new_id(),
        sender_id=sender.user_id,
        sender_username=sender.username,
        content=text,
        created_at=timestamp(),
        **more,
    )
    message.save()
    return message


@pytest.fixture
def gone() -> Caller:
    """Somebody whose account has been purged."""
    return Caller(new_id(), "gone", new_id(), "user", "full")


def test_messages_stay_without_content_and_name(aws: MemoryAws, gone: Caller) -> None:
    other = a_user()
    room = a_room(gone, other)
    a_row(room, gone)
    a_row(room, other)
    theirs = write(room, other, "Hello")
    sent = write(room, gone, "My secret", client_message_id="one", shared_post_id=new_id())
    shows = {"media": a_picture(), "story_id": new_id(), "story_author_id": new_id()}
    picture = write(room, gone, "My cat", type="image", **shows)
    marker = sent_id(room.conversation_id, gone.user_id, "one")
    SentMessage(marker, message_id=sent.message_id).save()
    erase(app, gone.user_id)
    kept = Message.get(room.conversation_id, sent.message_id)
    assert (kept.content, kept.shared_post_id, kept.sender_username) == (None, None, "")
    kept = Message.get(room.conversation_id, picture.message_id)
    assert (kept.media, kept.story_id, kept.story_author_id) == (None, None, None)
    assert kept.type == "text"
    assert Message.get(room.conversation_id, theirs.message_id).content == "Hello"
    assert SentMessage.find(marker) is None
    assert [row["user_id"]["S"] for row in aws.dynamo.items("hoshi-inbox")] == [other.user_id]
    assert Conversation.get(room.conversation_id).has(gone.user_id), (
        "a one-to-one keeps both members"
    )


def test_a_group_goes_on_without_them(aws: MemoryAws, gone: Caller) -> None:
    second, third = a_user(), a_user()
    room = a_room(gone, second, third, is_group=True)
    room.members[0]["role"] = "admin"
    room.save()
    a_row(room, gone)
    write(room, gone, "Bye")
    erase(app, gone.user_id)
    after = Conversation.get(room.conversation_id)
    roles = {member["user_id"]: member["role"] for member in after.members}
    assert roles == {second.user_id: "admin", third.user_id: "member"}


def test_a_group_keeps_the_administrator_it_has(gone: Caller) -> None:
    second, third = a_user(), a_user()
    room = a_room(gone, second, third, is_group=True)
    room.members[2]["role"] = "admin"
    room.save()
    a_row(room, gone)
    erase(app, gone.user_id)
    after = Conversation.get(room.conversation_id)
    assert [member["role"] for member in after.members] == ["member", "admin"]


@pytest.mark.parametrize("is_group", [True, False])
def test_when_nobody_is_left_everything_is_deleted(
    aws: MemoryAws, gone: Caller, is_group: bool
) -> None:
    other = a_user()
    people = [gone] if is_group else [gone, other]
    room = a_room(*people, is_group=is_group)
    a_row(room, gone)
    write(room, gone, "Anybody?")
    write(room, other, "Not any more.")
    User(other.user_id).delete()
    erase(app, gone.user_id)
    for table in ("conversations", "messages", "inbox"):
        assert aws.dynamo.items(f"hoshi-{table}") == []


@pytest.mark.parametrize("is_group", [True, False])
def test_nothing_is_left_of_a_conversation_without_an_account(
    aws: MemoryAws, gone: Caller, is_group: bool
) -> None:
    """Neither what is found by its messages alone: the row of one who has left, and markers."""
    other = a_user()
    people = [gone] if is_group else [gone, other]
    room = a_room(*people, is_group=is_group)
    for user in (gone, other):
        a_row(room, user)
        write(room, user, "Hello", client_message_id="m")
        SentMessage(sent_id(room.conversation_id, user.user_id, "m"), message_id="x").save()
    if is_group:
        present = InboxRow(other.user_id, room.conversation_id)
        present.update(actions=[InboxRow.has_left.set(True), InboxRow.active_at.remove()])
    else:
        User(other.user_id).delete()
    erase(app, gone.user_id)
    for table in ("conversations", "messages", "inbox", "sent-messages"):
        assert aws.dynamo.items(f"hoshi-{table}") == []


def test_the_row_stays_until_the_conversation_is_deleted(aws: MemoryAws, gone: Caller) -> None:
    """Or an erasure that was cut off would not find the conversation again."""
    room = a_room(gone, is_group=True)
    a_row(room, gone)
    write(room, gone, "Anybody?")
    aws.fail("dynamodb.TransactWriteItems", "InternalServerError", times=9)
    assert not try_to_erase(app, gone.user_id)
    assert InboxRow.find(gone.user_id, room.conversation_id)
    aws.fail("dynamodb.TransactWriteItems", None, times=0)
    erase(app, gone.user_id)
    assert Conversation.find(room.conversation_id) is None


def test_a_long_conversation_is_emptied_page_by_page(aws: MemoryAws, gone: Caller) -> None:
    other = a_user()
    room = a_room(gone, other)
    a_row(room, gone)
    for number in range(520):
        write(room, gone if number % 2 else other, "text")
    aws.fail("dynamodb.UpdateItem", "InternalServerError", first=200, times=9)
    assert not try_to_erase(app, gone.user_id)
    aws.fail("dynamodb.UpdateItem", None, times=0)
    erase(app, gone.user_id)
    texts = [item.get("content") for item in aws.dynamo.items("hoshi-messages")]
    assert texts.count(None) == 260
    assert InboxRow.find(gone.user_id, room.conversation_id) is None


def test_sockets_and_the_log_are_deleted(aws: MemoryAws, gone: Caller) -> None:
    other = a_user()
    a_socket(gone, "theirs")
    a_socket(other, "others")
    for user in (gone, other):
        push_once(user.user_id, Frame("notification", {}, new_id()), {})
    erase(app, gone.user_id)
    for table in ("connections", "user-sockets", "event-log"):
        left = {each["user_id"]["S"] for each in aws.dynamo.items(f"hoshi-{table}")}
        assert left == {other.user_id}


def test_reactions_to_the_messages_of_others_are_removed(gone: Caller) -> None:
    other = a_user()
    room = a_room(gone, other)
    a_row(room, gone)
    reactions = [{"user_id": each.user_id, "emoji": "🔥"} for each in (gone, other)]
    theirs = write(room, other, "Hello", reactions=reactions)
    write(room, gone, "Bye", reactions=reactions)
    erase(app, gone.user_id)
    left = {each.message_id: each for each in Message.query(room.conversation_id)}
    assert all(each.reactions == reactions[1:] for each in left.values())
    assert left[theirs.message_id].content == "Hello"
