"""Delivering a message: one conditional write, then the frame `new_message` to every member."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chat.blocked_members import blocked_members
from chat.bodies import NewMessage
from chat.message_contents import (
    Shown,
    attach_shown,
    check_referred,
    contents,
    read_shown,
    referred_keys,
)
from chat.message_permissions import check_reachable, folder_of, read_people
from chat.models import RESENT, Conversation, InboxRow, Message, SentMessage, sent_id
from chat.recipients import by_reactions, reached_sockets, recipients
from chat.rooms import View, find_room, hidden_to, other_of
from chat.shapes import MessageShape, Reaction, message_shape, new_message_data
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.dynamodb.tables import (
    ConditionFailed,
    Found,
    Key,
    Transaction,
    in_parallel,
    read_items,
    transaction,
)
from shared.errors import ConversationNotFound, MessageNotFound
from shared.ids import new_id
from shared.realtime.allowed_sockets import known_sockets
from shared.realtime.delivery import send
from shared.realtime.frames import Frame
from users.public import User, find_user


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is stored; `is_new` unless an earlier call sent it."""

    shape: MessageShape
    frame: Frame
    is_new: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """What is read first: the room, the sender's row of it, and what the sender's id stands for."""

    room: Conversation
    items: Found
    marker: SentMessage | None  # if the draft has a `client_message_id`


def read_opening(caller: Caller, conversation_id: str, draft: NewMessage) -> Opening:
    """Raises `ConversationNotFound` if the caller is not a member."""
    marker = _marker(caller, conversation_id, draft)
    also: list[Key] = [(SentMessage, marker.sent_id)] if marker else []
    room, items = find_room(conversation_id, caller.user_id, also)
    return Opening(room, items, marker)


def send_message(
    caller: Caller,
    conversation_id: str,
    draft: NewMessage,
    origin: str | None = None,
    opening: Opening | None = None,
    also: Callable[[Transaction, str], None] | None = None,
) -> Sent:
    """Send `draft`, and push it to every member's sockets except `origin`, which gets it as the
    answer to its frame. `opening` is what was read before; `also` adds to the transaction that
    writes the message with this id.

    A repeated `client_message_id` returns the first message.
    """
    opening = opening or read_opening(caller, conversation_id, draft)
    room, marker, items = opening.room, opening.marker, opening.items
    first = items.get(SentMessage, marker.sent_id) if marker else None
    if first and not first.is_expired:
        return _resend(room, first.message_id, caller, origin)
    calls: list[Callable[[], Any]] = [
        lambda: _check(caller, room, draft, items),
        lambda: known_sockets(room.member_ids()),
    ]
    (sender, blocked, shown), find_sockets = in_parallel(*calls)
    message = Message(
        conversation_id,
        marker.message_id if marker else new_id(),
        sender_id=caller.user_id,
        sender_username=caller.username,
        **contents(draft, shown),
        client_message_id=draft.client_message_id,
        created_at=timestamp(),
    )
    try:
        _, sockets = in_parallel(lambda: _write(message, marker, shown, also), find_sockets)
    except ConditionFailed:
        if marker is None:
            raise
        first = SentMessage.get(marker.sent_id, consistent_read=True)
        return _resend(room, first.message_id, caller, origin)
    sent = _sent(message, sender, [], is_new=True)
    readers = {*recipients(room, caller.user_id, message.message_id, blocked)}
    others = [each for each in sockets if each.user_id in readers and each.connection_id != origin]
    send(others, sent.frame)
    return sent


def _marker(caller: Caller, conversation_id: str, draft: NewMessage) -> SentMessage | None:
    if not draft.client_message_id:
        return None
    key = sent_id(conversation_id, caller.user_id, draft.client_message_id)
    return SentMessage(key, message_id=new_id(), expires_at=int(now()) + RESENT)


def _check(
    caller: Caller, room: Conversation, draft: NewMessage, own: Found
) -> tuple[User | None, frozenset[str], Shown]:
    """Raise the error that forbids this message, if any; return the sender's account, the members
    of a group with a block between, and what the message shows."""
    other = other_of(room, caller.user_id)
    keys = referred_keys(room, draft)
    if other:
        keys.append((InboxRow, other, room.conversation_id))
    calls: list[Callable[[], Any]] = [
        lambda: read_people(caller.user_id, [caller.user_id, other] if other else [caller.user_id]),
        lambda: read_items(keys, consistent={Message}),  # it may have been sent a moment ago
        lambda: blocked_members(room, caller.user_id) if room.is_group else frozenset(),
        lambda: read_shown(caller, draft),
    ]
    (people, relations), items, blocked, shown = in_parallel(*calls)
    if other:
        if relations[other].blocked:
            raise ConversationNotFound
        row = items.get(InboxRow, other, room.conversation_id)
        check_reachable(people.get(other), relations[other])
        if row is None or row.folder != "inbox":
            folder_of(people.get(other), relations[other])
    check_referred(room, draft, items)
    row = own.get(InboxRow, caller.user_id, room.conversation_id)
    view = View(room, caller.user_id, own, hidden_to(room, row, caller.user_id), blocked)
    if not all(view.shows(each) for each in items.of(Message)):
        raise MessageNotFound
    return people.get(caller.user_id), blocked, shown


def resend_message(caller: Caller, conversation_id: str, message_id: str) -> Sent:
    """Push the caller's message again; raises `ConversationNotFound` or `MessageNotFound`."""
    return _resend(find_room(conversation_id, caller.user_id)[0], message_id, caller, None)


def _write(
    message: Message,
    marker: SentMessage | None,
    shown: Shown,
    also: Callable[[Transaction, str], None] | None,
) -> None:
    if marker is None and message.media is None and also is None:
        message.create()
        return
    with transaction() as write:
        if marker:
            write.put(marker, SentMessage.is_free())
        write.put(message, Message.is_new())
        attach_shown(write, message, shown)
        if also:
            also(write, message.message_id)


def _resend(room: Conversation, message_id: str, caller: Caller, origin: str | None) -> Sent:
    """The message that was sent before, pushed again, because the first call may have ended before
    it could: to those who may see it now, each with the reactions that they may see."""
    blocked = blocked_members(room, caller.user_id)
    if blocked and not room.is_group:
        raise ConversationNotFound
    message = Message.find(room.conversation_id, message_id, consistent=True)
    if message is None or message.removed_by:
        raise MessageNotFound
    sender = find_user(caller.user_id)
    sockets = reached_sockets(room, caller.user_id, message_id, origin, blocked)
    for group, shown in by_reactions(room, sockets, message.reactions):
        send(group, _sent(message, sender, shown, is_new=False).frame)
    own = [each for each in message.reactions if each["user_id"] not in blocked]
    return _sent(message, sender, own, is_new=False)


def _sent(message: Message, sender: User | None, shown: list[Reaction], is_new: bool) -> Sent:
    """The message with the reactions that are `shown`."""
    shape = message_shape(message, sender)
    shape["reactions"] = shown
    return Sent(shape, Frame("new_message", new_message_data(shape), message.message_id), is_new)
