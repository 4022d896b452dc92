"""How far a member has read: it never moves back, and the unread count follows it.

The count is of the messages that the stream has counted (`inbox.py`); one that it counts later adds
itself unless it was read here. It is exact, but that of more than 5,000 messages after the position
only the newest 5,000 are counted. Whatever is read next counts again, and the newest message sets
it to 0.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chat.inbox_rows import NOTHING_UNREAD, ensure_row
from chat.message_frames import read_data
from chat.models import Conversation, InboxRow, Message
from chat.recipients import recipients
from chat.rooms import View, find_view, folder_in
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import query, retry_lost_races
from shared.errors import ConversationNotFound, MessageNotFound
from shared.ids import new_id
from shared.realtime.delivery import push
from shared.realtime.frame_log import Reference, keep
from shared.realtime.frames import Frame
from users.public import find_user

_PAGE = 500  # messages that are counted per read
_PAGES = 10  # within a function's ten seconds, and a few tries
_FIRST = "0"  # before every id: a key is not empty
_LATEST = 5  # messages among which the newest one that a member may see is looked for


@dataclass(frozen=True, slots=True)
class ReadPosition:
    """A member's last read message, if any; `has_moved` unless it was read before."""

    row: InboxRow
    frame: Frame
    has_moved: bool


def mark_read(
    caller: Caller, conversation_id: str, message_id: str | None, origin: str | None = None
) -> ReadPosition:
    """Move the caller's position to this message, by default the newest one, and push
    `message_read` to the member's own sockets except `origin`, and to those of the others if they
    may know it.

    Raises `MessageNotFound` for a message that is not in the conversation.
    """
    view = find_view(conversation_id, caller.user_id)
    if message_id:
        message = Message.find(conversation_id, message_id, consistent=True)
        if message is None or not view.shows(message):
            raise MessageNotFound
    else:
        message = _newest(view)
    latest = view.row.last_message_id if view.row else None
    target = message.message_id if message else latest
    about = {"conversation_id": conversation_id, "message_id": target or ""}
    receipt = Reference("message_read", new_id(), {**about, "user_id": caller.user_id})
    sender_id = message.sender_id if message else None
    row, has_moved = retry_lost_races(lambda: _move(view, target, sender_id, receipt))
    data = read_data(conversation_id, row.last_read_message_id, caller.user_id, timestamp())
    frame = Frame("message_read", data, receipt.id if has_moved else None)
    if has_moved:
        push(_audience(view.room, row, str(target), sender_id), frame, but=origin)
    return ReadPosition(row, frame, has_moved)


def _newest(view: View) -> Message | None:
    """The newest message that the member may see, if it is among the latest."""
    found, _ = query(Message, view.room.conversation_id, limit=_LATEST, consistent=True)
    return next(filter(view.shows, found), None)


def _move(
    view: View, target: str | None, sender_id: str | None, receipt: Reference
) -> tuple[InboxRow, bool]:
    """The member's row afterwards, and whether its position has moved. Raises `ConditionFailed` if
    the row changed in the meantime.

    The receipt is logged before, because the stream of rows delivers only those with something
    unread; a replay leaves it out while the position is not there.
    """
    room, user_id = view.room, view.user_id
    row = InboxRow.find(user_id, room.conversation_id, consistent=True)
    if row is None:
        row = ensure_row(room, user_id, folder_in(room, user_id))
    if target is None or target <= (row.last_read_message_id or ""):
        return row, False
    keep((each, receipt) for each in _audience(room, row, target, sender_id))
    unread = _count(view, row, max(target, row.hidden_to or ""))
    condition = _is_unchanged(row)
    row.change(InboxRow.last_read_message_id.set(target), *_unread(unread), condition=condition)
    return row, True


def recount_unread(conversation_id: str, user_id: str) -> None:
    """Count again what a member has not read: of a message that the stream delivered too late for
    its order, the row does not know whether it is counted."""
    with suppress(ConversationNotFound):  # not a member any more, or a block
        retry_lost_races(lambda: _recount(find_view(conversation_id, user_id)))


def _recount(view: View) -> None:
    row = view.row
    if row is None or row.has_left:
        return
    unread = _count(view, row, max(row.last_read_message_id or "", row.hidden_to or ""))
    if unread != row.unread_count:
        row.change(*_unread(unread), condition=_is_unchanged(row))


def _unread(count: int) -> Sequence[Action]:
    return [InboxRow.unread_count.set(count)] if count else NOTHING_UNREAD


def _is_unchanged(row: InboxRow) -> Condition:
    """The condition that the stream has counted nothing for the row, and that its member has
    neither read nor hidden anything, since it was read."""
    is_unchanged: Condition = InboxRow.is_there()
    for attribute, value in (
        (InboxRow.counted_seq, row.counted_seq),
        (InboxRow.last_read_message_id, row.last_read_message_id),
        (InboxRow.hidden_to, row.hidden_to),
    ):
        is_unchanged &= attribute == value if value else attribute.does_not_exist()
    return is_unchanged


def _count(view: View, row: InboxRow, after_id: str) -> int:
    """How many of the messages that the row has counted are after this one and of others; among
    the newest `_PAGE * _PAGES`, if there are more."""
    if after_id >= (row.last_message_id or ""):
        return 0
    total, after = 0, None
    for _ in range(_PAGES):
        found, after = query(
            Message,
            row.conversation_id,
            Message.message_id.between(after_id or _FIRST, row.last_message_id),
            limit=_PAGE,
            after=after,
            consistent=True,
        )
        total += sum(
            each.message_id != after_id
            and each.sender_id != row.user_id
            and each.system is None
            and view.shows(each)
            for each in found
        )
        if after is None:
            break
    return total


def _audience(
    room: Conversation, row: InboxRow, message_id: str, sender_id: str | None
) -> list[str]:
    """The member, and the others who may see the message that was read, unless receipts are off or
    the request is not accepted."""
    person = find_user(row.user_id)
    if person is None or not person.show_read_receipts or row.folder != "inbox":
        return [row.user_id]
    return recipients(room, row.user_id, message_id, sender_id=sender_id)
