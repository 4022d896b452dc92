"""Changes of a group: one transaction each, with the system messages that report it.

A change reads the group, and writes on condition that it still has the revision that was read. So
parallel changes happen one after the other, and limits are exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pynamodb.expressions.condition import Condition

from chat import group_pictures
from chat.inbox_rows import NOTHING_UNREAD
from chat.models import Conversation, InboxRow, Member, Message, SystemNote
from chat.rooms import own_room
from media.public import Upload
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import (
    ConditionFailed,
    Transaction,
    WriteConflict,
    retry_lost_races,
    transaction,
)
from shared.errors import NotAGroup
from shared.ids import new_id
from users.public import find_users, is_shown

# Of all changes that are tried at the same time one is written at least. The waits between tries
# are 5 s in all on average: enough for 50 changes, and within a function's ten seconds.
_TRIES = 14


@dataclass(slots=True)
class Change:
    """What becomes of a group."""

    members: list[Member]
    notes: list[SystemNote] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)  # other attributes; None removes one
    added: Sequence[Member] = ()
    removed: Sequence[str] = ()
    upload: Upload | None = None  # of a new picture


type Plan = Callable[[Conversation], Change | None]


def change_group(
    caller: Caller,
    conversation_id: str,
    plan: Plan,
    also: Callable[[Transaction], None] | None = None,
) -> tuple[Conversation, InboxRow]:
    """Change a group that the caller is a member of as `plan` says (None: not at all), together
    with `also`; return it afterwards, with the caller's row.

    `plan` is asked again if others changed the group in the meantime. Raises what it raises, and
    `ConversationNotFound` or `NotAGroup`.
    """

    def read_and_write() -> tuple[Conversation, InboxRow]:
        room, row = own_room(conversation_id, caller.user_id)
        if not room.is_group:
            raise NotAGroup
        change = plan(room)
        if change:
            try:
                _write(caller, room, change, also)
            except WriteConflict as error:
                raise ConditionFailed from error
        return room, row

    return retry_lost_races(read_and_write, tries=_TRIES)


def unchanged(room: Conversation) -> Condition:
    """The condition that no member, name or picture of the group has changed since it was read."""
    revision: int | None = room.revision
    is_same: Condition = (
        Conversation.revision.does_not_exist()
        if revision is None
        else Conversation.revision == revision
    )
    is_same &= Conversation.is_there()
    return is_same


def without_member(members: Sequence[Member], user_id: str) -> list[Member]:
    """The members without this one. If no administrator is left, the one who joined first becomes
    one, of those whose account is not hidden."""
    left = [member for member in members if member["user_id"] != user_id]
    if left and not any(member["role"] == "admin" for member in left):
        people = find_users(member["user_id"] for member in left)
        shown = {each.user_id for each in people.values() if is_shown(each)}
        first = next((each for each in left if each["user_id"] in shown), left[0])
        left[left.index(first)] = {**first, "role": "admin"}
    return left


def system_messages(
    conversation_id: str, actor: Caller, notes: Sequence[SystemNote]
) -> list[Message]:
    """The messages that report what the actor did."""
    return [
        Message(
            conversation_id,
            new_id(),
            sender_id=actor.user_id,
            sender_username=actor.username,
            type="system",
            system=note,
            created_at=timestamp(),
        )
        for note in notes
    ]


def _write(
    caller: Caller,
    room: Conversation,
    change: Change,
    also: Callable[[Transaction], None] | None,
) -> None:
    """Write the change, and make it to `room` as well."""
    room_id, joined_after = room.conversation_id, new_id()
    newcomers: list[Member] = [{**each, "hidden_to": joined_after} for each in change.added]
    members = [*change.members, *newcomers]
    values = {**change.values, "members": members, "revision": (room.revision or 0) + 1}
    with transaction() as write:
        if members:
            write.update(Conversation(room_id), *_actions(values), condition=unchanged(room))
            for message in system_messages(room_id, caller, change.notes):
                write.put(message, Message.is_new())
        else:
            write.delete(room, unchanged(room))
        for member in newcomers:
            write.put(_new_row(room_id, member, joined_after))
        for user_id in change.removed:
            _leave(write, room_id, user_id)
        if "picture" in change.values or not members:
            group_pictures.release(write, room.picture, room_id)
        if change.upload:
            group_pictures.take(write, change.upload, room_id)
        if also:
            also(write)
    for name, value in values.items():
        setattr(room, name, value)


def _actions(values: dict[str, Any]) -> list[Any]:
    return [
        getattr(Conversation, name).remove()
        if value is None
        else getattr(Conversation, name).set(value)
        for name, value in values.items()
    ]


def _new_row(conversation_id: str, member: Member, hidden_to: str) -> InboxRow:
    """The row of a newcomer; it replaces that of an earlier membership."""
    return InboxRow(
        member["user_id"],
        conversation_id,
        folder=member["folder"],
        active_at=member["joined_at"],
        hidden_to=hidden_to,
    )


def _leave(write: Transaction, conversation_id: str, user_id: str) -> None:
    """Take the row out of all lists; see `InboxRow.has_left`."""
    write.update(
        InboxRow(user_id, conversation_id),
        InboxRow.folder.set(InboxRow.folder | "inbox"),
        InboxRow.has_left.set(True),
        *NOTHING_UNREAD,
        InboxRow.active_at.remove(),
        InboxRow.last_message_id.remove(),
    )
