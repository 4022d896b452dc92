"""GET /conversations/{conversation_id}/messages/search: find messages by their words."""

from typing import Any, TypedDict

from chat.message_pages import message_page
from chat.message_views import visible_shapes
from chat.models import Message
from chat.rooms import View, find_view
from chat.shapes import MessageShape
from shared.http.endpoint import endpoint
from shared.http.paging import ANSWER_BYTES, next_cursor, read_page
from shared.http.queries import ListQuery, Text
from shared.http.requests import Request
from shared.realtime.frames import fitting
from shared.words import words_of

_DEFAULT = 50

app = endpoint("chat")


class Search(ListQuery):
    """The words to search for: each must occur, in any order, or be the beginning of a word."""

    q = Text(1, 100)


class Found(TypedDict):
    """A page of messages, newest first; it may be short or empty while there is a next one."""

    messages: list[MessageShape]
    next_cursor: str | None


@app.serve("GET /conversations/{conversation_id}/messages/search", query=Search, answer=Found)
def search_messages(request: Request[None, Search]) -> Found:
    """Search in a conversation."""
    page = read_page(request, default=_DEFAULT)
    view = find_view(request.path["conversation_id"], request.caller.user_id)
    found, following = _find(view, request.query.q, page.limit, page.after)
    shapes = visible_shapes(view, found)
    shown = fitting(shapes, ANSWER_BYTES)
    if len(shown) < len(shapes):
        following = {"conversation_id": view.room.conversation_id, "message_id": shown[-1]["id"]}
    return {
        "messages": list(shown),
        "next_cursor": next_cursor(request, following),
    }


def _find(
    view: View, wanted: str, limit: int, after: Any
) -> tuple[list[Message], dict[str, Any] | None]:
    """At most `limit` visible messages, and the key to go on after."""
    if after and after["message_id"] <= view.hidden_to:  # all that follow are hidden since
        return [], None
    return message_page(
        view, limit, after, matches=lambda message: _matches(message.content or "", wanted)
    )


def _matches(content: str, wanted: str) -> bool:
    """Whether every word begins a word of the content; a text without words (an emoji) must occur
    as it is."""
    words = words_of(wanted)
    if not words:
        return wanted in content
    there = words_of(content)
    return all(any(each.startswith(word) for each in there) for word in words)
