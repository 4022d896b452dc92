"""GET /conversations/{conversation_id}/messages: list a conversation's messages, newest first."""

from typing import TypedDict

from chat.message_pages import message_page
from chat.message_views import visible_shapes
from chat.rooms import find_view
from chat.shapes import MessageShape
from shared.errors import InvalidInput
from shared.http.endpoint import endpoint
from shared.http.paging import ANSWER_BYTES, next_cursor, read_page
from shared.http.queries import Id, ListQuery
from shared.http.requests import Request
from shared.realtime.frames import fitting

_DEFAULT = 50

app = endpoint("chat")


class WhichMessages(ListQuery):
    """The query: messages before an id, or those that follow on one, are a page of their own."""

    before = Id().optional()
    after = Id().optional()


class Messages(TypedDict):
    """A page of messages."""

    messages: list[MessageShape]
    next_cursor: str | None


@app.serve("GET /conversations/{conversation_id}/messages", query=WhichMessages, answer=Messages)
def list_messages(request: Request[None, WhichMessages]) -> Messages:
    """List messages."""
    before, after = request.query.before, request.query.after
    if before and after:
        raise InvalidInput(("before", "Give before or after, not both."))
    page = read_page(request, default=_DEFAULT)
    view = find_view(request.path["conversation_id"], request.caller.user_id)
    room_id, lowest = view.room.conversation_id, max(after or "", view.hidden_to)
    start = page.after["message_id"] if page.after else before
    if start and start <= lowest:  # hidden since; DynamoDB refuses to start outside of the range
        if not after:
            return {"messages": [], "next_cursor": None}
        start = None
    found, following = message_page(
        view,
        page.limit,
        {"conversation_id": room_id, "message_id": start} if start else None,
        lowest=lowest,
        newest_first=not after,
    )
    shapes = visible_shapes(view, found)
    shown = fitting(shapes, ANSWER_BYTES)
    if len(shown) < len(shapes):
        following = {"conversation_id": room_id, "message_id": shown[-1]["id"]}
    return {
        "messages": list(shown[::-1] if after else shown),
        "next_cursor": next_cursor(request, following),
    }
