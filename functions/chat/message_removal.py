"""Unsending a message: it is gone for all, and what follows from it by the stream (`inbox.py`)."""

from chat.message_frames import deletion_data, deletion_id
from chat.models import Message, SentMessage, sent_id
from chat.recipients import reached_sockets
from chat.visible_messages import visible_message
from shared.access.caller import Caller
from shared.clock import now, seconds
from shared.config import config
from shared.dynamodb.tables import transaction
from shared.errors import MessageNotFound, NotOwner, UnsendWindowPassed
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
    with transaction() as write:
        write.delete(message, Message.is_there(), otherwise=MessageNotFound())
        if message.client_message_id:
            write.delete(
                SentMessage(
                    sent_id(room.conversation_id, caller.user_id, message.client_message_id)
                )
            )
    data = deletion_data(room.conversation_id, message_id, caller.user_id)
    frame = Frame("message_deleted", data, deletion_id(message_id))
    send(reached_sockets(room, caller.user_id, message_id, but=origin), frame)
    return frame
