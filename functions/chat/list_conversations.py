"""GET /conversations: the caller's conversations by last activity."""

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from chat.conversation_views import conversation_shapes
from chat.models import Conversation, InboxRow
from chat.shapes import ConversationShape
from shared.dynamodb.tables import Found, in_parallel, query, read_items, resume_key
from shared.http.endpoint import endpoint
from shared.http.paging import ANSWER_BYTES, next_cursor, read_page
from shared.http.queries import Choice, ListQuery
from shared.http.requests import Request
from shared.realtime.frames import fitting
from users.public import blocked_among

_COUNTED = 200  # unread conversations that `unread_total` adds up at most

app = endpoint("chat")


class WhichConversations(ListQuery):
    """The query parameters."""

    folder = Choice("inbox", "requests").or_else("inbox")


class Conversations(TypedDict):
    """A page of the inbox."""

    conversations: list[ConversationShape]
    unread_total: int
    next_cursor: str | None


@app.serve("GET /conversations", query=WhichConversations, answer=Conversations)
def list_conversations(request: Request[None, WhichConversations]) -> Conversations:
    """List conversations."""
    user_id, page = request.caller.user_id, read_page(request)
    in_folder = InboxRow.folder == request.query.folder
    calls: list[Callable[[], Any]] = [
        lambda: query(
            InboxRow.by_activity, user_id, limit=page.limit, after=page.after, matching=in_folder
        ),
        lambda: query(
            InboxRow.by_activity,
            user_id,
            limit=_COUNTED,
            matching=in_folder & (InboxRow.unread_count > 0),
        ),
    ]
    (rows, following), (unread, _) = in_parallel(*calls)
    rooms = read_items((Conversation, row.conversation_id) for row in (*rows, *unread))
    listed, counted = (_own_rooms(user_id, each, rooms) for each in (rows, unread))
    others = {each for room, _ in counted if not room.is_group for each in room.member_ids()}
    shown: list[Callable[[], Any]] = [
        lambda: conversation_shapes(user_id, listed),  # first: it makes parallel calls itself
        lambda: blocked_among(user_id, others),
    ]
    conversations, blocked = in_parallel(*shown)
    page_of_them = list(fitting(conversations, ANSWER_BYTES))
    if len(page_of_them) < len(conversations):  # of many people, whose pictures have long URLs
        last = page_of_them[-1]["id"]
        row = next(row for row in rows if row.conversation_id == last)
        following = resume_key(InboxRow.by_activity, row)
    return {
        "conversations": page_of_them,
        # Without the one-to-ones that are not listed.
        "unread_total": sum(
            row.unread_count
            for room, row in counted
            if room.is_group or blocked.isdisjoint(room.member_ids())
        ),
        "next_cursor": next_cursor(request, following),
    }


def _own_rooms(
    user_id: str, rows: Sequence[InboxRow], rooms: Found
) -> list[tuple[Conversation, InboxRow]]:
    """The conversations of these rows: the index may lag behind one who left."""
    return [
        (room, row)
        for row in rows
        if (room := rooms.get(Conversation, row.conversation_id)) and room.has(user_id)
    ]
