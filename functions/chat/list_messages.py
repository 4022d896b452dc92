"""GET /conversations/{conversation_id}/messages: list a conversation's messages, newest first."""

from typing import Self, TypedDict

from pydantic import model_validator

from chat.models import Message
from chat.rooms import find_history
from chat.shapes import MessageShape, message_shape
from shared.dynamodb.tables import query
from shared.http.endpoint import endpoint
from shared.http.fields import ListQuery, Ulid
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from users.public import find_users

_DEFAULT = 50

app = endpoint("chat")


class WhichMessages(ListQuery):
    """The query: messages before an id, or those that follow on one, are a page of their own."""

    before: Ulid | None = None
    after: Ulid | None = None

    @model_validator(mode="after")
    def _has_one_direction(self) -> Self:
        if self.before and self.after:
            raise ValueError("Give before or after, not both.")
        return self


class Messages(TypedDict):
    """A page of messages."""

    messages: list[MessageShape]
    next_cursor: str | None


@app.serve("GET /conversations/{conversation_id}/messages", query=WhichMessages, answer=Messages)
def list_messages(request: Request[None, WhichMessages]) -> Messages:
    """List messages."""
    before, after = request.query.before, request.query.after
    page = read_page(request, default=_DEFAULT)
    room, hidden_to = find_history(request.path["conversation_id"], request.caller.user_id)
    lowest = max(after or "", hidden_to)
    if before and before <= hidden_to:
        return {"messages": [], "next_cursor": None}
    start = {"conversation_id": room.conversation_id, "message_id": before} if before else None
    found, following = query(
        Message,
        room.conversation_id,
        Message.message_id > lowest if lowest else None,
        limit=page.limit,
        after=page.after or start,
        newest_first=not after,
        consistent=True,
    )
    people = find_users({message.sender_id for message in found})
    shapes = [message_shape(each, people.get(each.sender_id)) for each in found]
    return {
        "messages": shapes[::-1] if after else shapes,
        "next_cursor": next_cursor(request, following),
    }
