"""Pages of a conversation's messages as one member may see them.

A cursor can be read. So it names a message that the member is shown, or a moment, but never a
message that is hidden from them.
"""

from collections.abc import Callable
from typing import Any

from chat.models import Message
from chat.rooms import View
from shared.dynamodb.tables import query, resume_key
from shared.ids import first_id_at, time_of

type Position = dict[str, Any] | None

_READS = 30  # per page, which ends early if more are hidden in a row
_SEARCHED = 200  # messages that a search reads at a time
_SEARCHES = 5  # per page, which ends early if few messages match
_NEXT = 0.002  # seconds: surely the next millisecond, however a fraction is rounded


def message_page(
    view: View,
    limit: int,
    after: Position,
    *,
    lowest: str = "",
    newest_first: bool = True,
    matches: Callable[[Message], bool] | None = None,
) -> tuple[list[Message], Position]:
    """The next `limit` messages after a position, and with ids above `lowest`, that the member may
    see and that match; fewer if that is too much to read. And the position to continue after: None
    at the end."""
    room_id = view.room.conversation_id
    floor = max(lowest, view.hidden_to)
    # One more than the page has says whether there is another page.
    size, reads = (_SEARCHED, _SEARCHES) if matches else (limit + 1, _READS)
    found: list[Message] = []
    shown: Message | None = None  # the last message that was read and that the member may see
    following, reached = after, ""
    for _ in range(reads):
        messages, following = query(
            Message,
            room_id,
            Message.message_id > floor if floor else None,
            limit=size,
            after=following,
            newest_first=newest_first,
            consistent=True,
        )
        for message in filter(view.shows, messages):
            if matches is None or matches(message):
                if len(found) == limit:
                    return found, resume_key(Message, found[-1])
                found.append(message)
            shown = message
        if following is None:
            return found, None
        reached = following["message_id"]
    if shown:
        return found, resume_key(Message, shown)
    return found, {"conversation_id": room_id, "message_id": _moment(reached, newest_first)}


def _moment(message_id: str, newest_first: bool) -> str:
    """An id of no message that says only when this one was sent; a page that continues there leaves
    out nothing."""
    return first_id_at(time_of(message_id) + (_NEXT if newest_first else 0))
