"""The latest messages of a conversation, as `join_room` sends them."""

from typing import Any

from chat.models import Conversation, Message
from chat.shapes import message_shape, new_message_data
from shared.dynamodb.tables import query
from shared.encoding import to_json
from shared.http.paging import first_cursor
from users.public import find_users

_MAX_SIZE = 100_000  # bytes; a frame of more than 128 KB would not be delivered


def history(room: Conversation, user_id: str, limit: int, hidden_to: str = "") -> dict[str, Any]:
    """The data of `message_history`: at most `limit` messages, fewer if they are long."""
    visible = Message.message_id > hidden_to if hidden_to else None
    found, following = query(Message, room.conversation_id, visible, limit=limit, consistent=True)
    people = find_users({message.sender_id for message in found})
    messages: list[dict[str, Any]] = []
    size = 0
    for message in found:
        data = new_message_data(message_shape(message, people.get(message.sender_id)))
        size += len(to_json(data).encode())
        if size > _MAX_SIZE:
            following = _key_of(found[len(messages) - 1])
            break
        messages.append(data)
    path = {"conversation_id": room.conversation_id}
    return {
        "conversation_id": room.conversation_id,
        "roomId": room.conversation_id,
        "messages": messages[::-1],
        "next_cursor": first_cursor("list_messages", user_id, path, following),
    }


def _key_of(message: Message) -> dict[str, str]:
    return {"conversation_id": message.conversation_id, "message_id": message.message_id}
