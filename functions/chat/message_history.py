"""The latest messages of a conversation, as `join_room` sends them."""

from typing import Any

from chat.message_views import visible_shapes
from chat.models import Message
from chat.rooms import View
from chat.shapes import new_message_data
from shared.dynamodb.tables import query
from shared.encoding import to_json
from shared.http.paging import first_cursor

_MAX_SIZE = 100_000  # bytes; a frame of more than 128 KB would not be delivered


def history(view: View, limit: int) -> dict[str, Any]:
    """The data of `message_history`: at most `limit` messages, fewer if they are long or of people
    with a block between."""
    room_id = view.room.conversation_id
    after = Message.message_id > view.hidden_to if view.hidden_to else None
    found, following = query(Message, room_id, after, limit=limit, consistent=True)
    messages: list[dict[str, Any]] = []
    size = 0
    for shape in visible_shapes(view, found):
        data = new_message_data(shape)
        size += len(to_json(data).encode())
        if size > _MAX_SIZE:
            following = {"conversation_id": room_id, "message_id": messages[-1]["id"]}
            break
        messages.append(data)
    path = {"conversation_id": room_id}
    return {
        "conversation_id": room_id,
        "roomId": room_id,
        "messages": messages[::-1],
        "next_cursor": first_cursor("list_messages", view.user_id, path, following),
    }
