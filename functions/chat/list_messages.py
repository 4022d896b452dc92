"""GET /conversations/{conversation_id}/messages: list a conversation's messages, newest first."""

from typing import TypedDict

from chat.models import Message
from chat.rooms import get_visible_room
from chat.shapes import MessageShape, message_shape
from shared.dynamodb.tables import query
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from users.public import find_users

_DEFAULT = 50

app = endpoint("chat")


class Messages(TypedDict):
    """A page of messages."""

    messages: list[MessageShape]
    next_cursor: str | None


@app.serve("GET /conversations/{conversation_id}/messages", answer=Messages)
def list_messages(request: Request) -> Messages:
    """List messages."""
    page = read_page(request, default=_DEFAULT)
    room = get_visible_room(request.path["conversation_id"], request.caller.user_id)
    found, following = query(
        Message, room.conversation_id, limit=page.limit, after=page.after, consistent=True
    )
    people = find_users({message.sender_id for message in found})
    return {
        "messages": [message_shape(each, people.get(each.sender_id)) for each in found],
        "next_cursor": next_cursor(request, following),
    }
