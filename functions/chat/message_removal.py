"""Removing a message: its sender unsends it, or an administrator hides it for 90 days, in which an
appeal can return it. Either way it is gone for all, and what follows from it by the stream
(`inbox.py`)."""

from chat.message_frames import deletion_data, deletion_id
from chat.models import Conversation, Message, SentMessage, sent_id
from chat.recipients import reached_sockets
from chat.visible_messages import visible_message
from shared.access.caller import Caller
from shared.clock import now, seconds, timestamp
from shared.config import config
from shared.dynamodb.tables import Transaction, retry_lost_races, transaction
from shared.errors import MessageNotFound, NotOwner, UnsendWindowPassed
from shared.lifecycle.purging import KEPT_REMOVED
from shared.realtime.delivery import send
from shared.realtime.frames import Frame


def unsend(caller: Caller, message_id: str, origin: str | None = None) -> Frame:
    """Delete the caller's message, and push `message_deleted` to the sockets of the members who
    could see it, except `origin`; return the frame.

    Replies to it keep its id. Raises `MessageNotFound`, `NotOwner` or `UnsendWindowPassed`.
    """
    room, message = visible_message(message_id, caller.user_id)
    if message.sender_id != caller.user_id or message.system:
        raise NotOwner
    window = config.limits.unsend_window_seconds
    if window and seconds(message.created_at) + window < now():
        raise UnsendWindowPassed
    retry_lost_races(lambda: _delete(message))
    return push_removal(room, message, origin)


def remove_message(write: Transaction, message: Message, admin_id: str) -> None:
    """Hide the message as an administrator; the transaction raises `ConditionFailed` if it is gone
    or was removed since it was read."""
    write.update(
        Message(message.conversation_id, message.message_id),
        Message.removed_by.set(admin_id),
        Message.expires_at.set(int(now()) + KEPT_REMOVED),
        condition=Message.is_there() & Message.removed_by.does_not_exist(),
    )


def return_message(write: Transaction, message: Message) -> None:
    """Show a removed message again, in its place; the stream pushes it. The transaction raises
    `ConditionFailed` if it is gone."""
    write.update(
        Message(message.conversation_id, message.message_id),
        Message.removed_by.remove(),
        Message.expires_at.remove(),
        Message.returned_at.set(timestamp()),
        condition=Message.is_there() & Message.removed_by.exists(),
    )


def push_removal(room: Conversation, message: Message, origin: str | None = None) -> Frame:
    """Push `message_deleted` to the sockets of the members who could see the message, except
    `origin`; return the frame."""
    message_id, sender_id = message.message_id, message.sender_id
    data = deletion_data(room.conversation_id, message_id, sender_id)
    frame = Frame("message_deleted", data, deletion_id(message))
    send(reached_sockets(room, sender_id, message_id, but=origin), frame)
    return frame


def _delete(message: Message) -> None:
    """Delete the message, and the marker of its `client_message_id` unless that has become another
    message's. Raises `MessageNotFound`, or `ConditionFailed` if the marker changed meanwhile."""
    marker = _marker_of(message)
    with transaction() as write:
        write.delete(message, Message.is_there(), otherwise=MessageNotFound())
        if marker:
            write.delete(marker, SentMessage.message_id == message.message_id)


def _marker_of(message: Message) -> SentMessage | None:
    if not message.client_message_id:
        return None
    key = sent_id(message.conversation_id, message.sender_id, message.client_message_id)
    marker = SentMessage.find(key, consistent=True)
    return marker if marker and marker.message_id == message.message_id else None
