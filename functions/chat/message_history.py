"""The latest messages of a conversation, as `join_room` sends them."""

from typing import Any

from chat.message_pages import message_page
from chat.message_views import visible_shapes
from chat.rooms import View
from chat.shapes import new_message_data
from shared.http.paging import first_cursor
from shared.realtime.frames import fitting


def history(view: View, limit: int) -> dict[str, Any]:
    """The data of `message_history`: at most `limit` messages, fewer if they are long."""
    room_id = view.room.conversation_id
    found, following = message_page(view, limit, None)
    visible = [new_message_data(shape) for shape in visible_shapes(view, found)]
    messages = fitting(visible)
    if len(messages) < len(visible):
        following = {"conversation_id": room_id, "message_id": messages[-1]["id"]}
    path = {"conversation_id": room_id}
    return {
        "conversation_id": room_id,
        "roomId": room_id,
        "messages": messages[::-1],
        "next_cursor": first_cursor("list_messages", view.user_id, path, following),
    }
