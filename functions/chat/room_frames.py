"""The logged frames of conversations as one member may see them now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chat.conversation_views import conversation_shapes
from chat.message_frames import UPDATED, deletion_data, reaction_data, read_data
from chat.message_views import message_shapes
from chat.models import Conversation, InboxRow, Message
from chat.rooms import hidden_to
from chat.shapes import new_message_data
from shared.clock import timestamp
from shared.dynamodb.tables import Found, Key, in_parallel, read_items
from shared.ids import time_of
from shared.realtime.frame_log import Reference
from users.public import User, blocked_among, find_users

_OF_MESSAGE = frozenset({"new_message", "message_reaction"})  # which must still be there
_GONE = frozenset({"participant_removed", "participant_left"})  # changes that end a membership
_OF_OTHERS = frozenset({"participant_added", "participant_removed"})  # besides who made them
_HIDDEN_WITH = _OF_MESSAGE | {"message_deleted"}  # the message


@dataclass(frozen=True, slots=True)
class Read:
    """What was read for a page of references, for one user."""

    user_id: str
    items: Found
    people: dict[str, User]
    blocked: frozenset[str]
    conversations: dict[str, Any]  # shapes Conversation, by id

    def shows(self, reference: Reference) -> bool:
        """Whether the user may see who did it, where, and to which message."""
        about = reference.about
        room = self.items.get(Conversation, about["conversation_id"])
        if room is None or not room.has(self.user_id):
            return about.get("change") in _GONE and about["user_id"] == self.user_id
        if reference.event != UPDATED and about["user_id"] in self.blocked:
            return False
        if not room.is_group and not self.blocked.isdisjoint(room.member_ids()):
            return False
        row = self.items.get(InboxRow, self.user_id, room.conversation_id)
        hidden = hidden_to(room, row, self.user_id)
        if reference.event in _HIDDEN_WITH and about["message_id"] <= hidden:
            return False
        if reference.event == UPDATED or "message_id" not in about:
            return True
        message = _message(self, reference)
        return message is None or message.sender_id not in self.blocked


def room_frames(user_id: str, references: Sequence[Reference]) -> dict[str, dict[str, Any]]:
    """The data of the frames that this user may see, by the ids of the frames."""
    read = _read(user_id, references)
    found = {each.id: _data(read, each) for each in references if read.shows(each)}
    return {frame_id: data for frame_id, data in found.items() if data is not None}


def _read(user_id: str, references: Sequence[Reference]) -> Read:
    keys: list[Key] = []
    for each in references:
        room_id = each.about["conversation_id"]
        keys += [(Conversation, room_id), (InboxRow, user_id, room_id)]
        if each.about.get("message_id"):
            keys.append((Message, room_id, each.about["message_id"]))
        if each.event in ("message_read", UPDATED):
            keys.append((InboxRow, each.about["user_id"], room_id))
    # Consistently: what was logged a moment ago is there, or a frame would be left out for good.
    items = read_items(keys, consistent=True)
    rooms = list(items.of(Conversation))
    messages = list(items.of(Message))
    actors = {each.about["user_id"] for each in references}
    named = {each for message in messages for each in _named_in(message)}
    others = {each for room in rooms if not room.is_group for each in room.member_ids()}
    updated = {each.about["conversation_id"] for each in references if each.event == UPDATED}
    calls: list[Callable[[], Any]] = [
        lambda: _conversations(user_id, items, updated),
        lambda: find_users(actors),
        lambda: blocked_among(user_id, actors | named | others),
    ]
    conversations, people, blocked = in_parallel(*calls)
    return Read(user_id, items, people, blocked, conversations)


def _named_in(message: Message) -> list[str]:
    """Those who appear in a message."""
    noted = message.system["user_ids"] if message.system else []
    return [message.sender_id, *noted, *(each["user_id"] for each in message.reactions)]


def _conversations(user_id: str, items: Found, room_ids: set[str]) -> dict[str, Any]:
    rooms = [
        (room, row)
        for room_id in room_ids
        if (room := items.get(Conversation, room_id))
        and room.has(user_id)
        and (row := items.get(InboxRow, user_id, room_id))
    ]
    return {shape["id"]: shape for shape in conversation_shapes(user_id, rooms)} if rooms else {}


def _data(read: Read, reference: Reference) -> dict[str, Any] | None:
    return _DATA[reference.event](read, reference)


def _new_message(read: Read, reference: Reference) -> dict[str, Any] | None:
    message = _message(read, reference)
    if message is None:
        return None
    [shape] = message_shapes([message], read.blocked, read.people)
    return new_message_data(shape)


def _message_deleted(read: Read, reference: Reference) -> dict[str, Any] | None:
    about = reference.about
    message = _message(read, reference)
    if message and message.returned_at:
        return None  # it was removed, and is back
    return deletion_data(about["conversation_id"], about["message_id"], about["user_id"])


def _message_reaction(read: Read, reference: Reference) -> dict[str, Any] | None:
    message = _message(read, reference)
    return reaction_data(message, reference.about["user_id"], read.blocked) if message else None


def _message_read(read: Read, reference: Reference) -> dict[str, Any] | None:
    about = reference.about
    reader = read.people.get(about["user_id"])
    row = read.items.get(InboxRow, about["user_id"], about["conversation_id"])
    if row is None or (row.last_read_message_id or "") < about["message_id"]:
        return None  # it was logged before the write, which has not happened
    if about["user_id"] != read.user_id and not (
        reader and reader.show_read_receipts and row.folder == "inbox"
    ):
        return None
    read_at = timestamp(time_of(reference.id))
    return read_data(about["conversation_id"], about["message_id"], about["user_id"], read_at)


def _conversation_updated(read: Read, reference: Reference) -> dict[str, Any] | None:
    """Of those who were added or removed only whom the user may see; no conversation for who is no
    longer a member."""
    about = reference.about
    room_id = about["conversation_id"]
    room = read.items.get(Conversation, room_id)
    row = read.items.get(InboxRow, about["user_id"], room_id)
    if about["change"] == "request_accepted" and (row is None or row.folder != "inbox"):
        return None  # it was logged before the write, which has not happened
    shape = read.conversations.get(room_id)
    if shape is None and room and room.has(read.user_id):
        return None
    message = _message(read, reference) if "message_id" in about else None
    concerned = message.system["user_ids"] if message and about["change"] in _OF_OTHERS else []
    user_ids = [each for each in concerned or [about["user_id"]] if each not in read.blocked]
    if not user_ids:
        return None
    return {
        "conversation": shape,
        "conversation_id": room_id,
        "roomId": room_id,
        "change": about["change"],
        "user_id": user_ids[0],
        "user_ids": user_ids,
    }


def _message(read: Read, reference: Reference) -> Message | None:
    about = reference.about
    message = read.items.get(Message, about["conversation_id"], about["message_id"])
    return message if message and not message.removed_by else None


_DATA: dict[str, Callable[[Read, Reference], dict[str, Any] | None]] = {
    "new_message": _new_message,
    "message_deleted": _message_deleted,
    "message_reaction": _message_reaction,
    "message_read": _message_read,
    UPDATED: _conversation_updated,
}
