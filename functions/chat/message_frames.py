"""The frames about messages: their ids, what they refer to, and their data."""

from collections.abc import Container
from typing import Any

from chat.models import Message, SystemNote
from chat.shapes import Reaction
from shared.dynamodb.changes import Change
from shared.ids import derived_id, time_of
from shared.realtime.frame_log import Reference

UPDATED = "conversation_updated"
# What a system message reports, by its kind, as the frame `conversation_updated` says it.
_CHANGES = {
    "created": "created",
    "added": "participant_added",
    "removed": "participant_removed",
    "left": "participant_left",
}


def references_of(change: Change[Message]) -> list[Reference]:
    """What a change of a message is reported as; nothing for one that is not reported, as an
    erasure.

    The ids are those that the frames of the handlers have, which push them before the stream does.
    """
    message = change.item
    if change.is_created:
        frame_id = returned_id(message) if message.returned_at else message.message_id
        created = _reference("new_message", frame_id, message, message.sender_id)
        return [created, *_updates(message)]
    if change.is_removed:
        frame_id = deletion_id(message)
        return [_reference("message_deleted", frame_id, message, message.sender_id)]
    if change.old is None or message.reaction_id == change.old.reaction_id:
        return []
    actors = _differing(change.old.reactions, message.reactions)
    return [_reference("message_reaction", message.reaction_id, message, each) for each in actors]


def _updates(message: Message) -> list[Reference]:
    """The change of a group that a system message reports."""
    if not message.system:
        return []
    note: SystemNote = message.system
    frame_id = derived_id(time_of(message.message_id), "updated", message.message_id)
    change = _CHANGES.get(note["kind"], "group_updated")
    # One who was removed may not read the message that says so.
    user_id = note["user_ids"][0] if note["kind"] == "removed" else message.sender_id
    return [update_of(message.conversation_id, frame_id, change, user_id, message.message_id)]


def gone_by(message: Message) -> list[str]:
    """Who is no longer a member by what this message reports."""
    if not message.system:
        return []
    note: SystemNote = message.system
    return {"removed": note["user_ids"], "left": [message.sender_id]}.get(note["kind"], [])


def update_of(
    conversation_id: str, frame_id: str, change: str, user_id: str, message_id: str | None = None
) -> Reference:
    """What `conversation_updated` refers to: a change of a conversation by or of this user, and the
    system message that reports it, if there is one."""
    about = {"conversation_id": conversation_id, "change": change, "user_id": user_id}
    if message_id:
        about["message_id"] = message_id
    return Reference(UPDATED, frame_id, about)


def deletion_id(message: Message) -> str:
    """The id of the frame that reports that the message was unsent or removed: another one if it
    had been removed and was back, because clients drop an id that they have seen."""
    return _id_since_return("deleted", message)


def returned_id(message: Message) -> str:
    """The id of the frame that reports that the message is back. Clients have seen the first one's
    id, and drop what repeats it."""
    return _id_since_return("returned", message)


def _id_since_return(fact: str, message: Message) -> str:
    moment, returned_at = time_of(message.message_id), message.returned_at or ""
    return derived_id(moment, fact, message.message_id, returned_at)


def _reference(event: str, frame_id: str, message: Message, user_id: str) -> Reference:
    about = {"conversation_id": message.conversation_id, "message_id": message.message_id}
    return Reference(event, frame_id, {**about, "user_id": user_id})


def _differing(before: list[Reaction], after: list[Reaction]) -> list[str]:
    """Whose reaction changed: one member's at a time."""
    one, other = (
        {each["user_id"]: each["emoji"] for each in each_of} for each_of in (before, after)
    )
    return [each for each in {**one, **other} if one.get(each) != other.get(each)]


def deletion_data(conversation_id: str, message_id: str, user_id: str) -> dict[str, Any]:
    """The data of `message_deleted`."""
    return {**_place(conversation_id, message_id), "deleted_by": user_id}


def reaction_data(
    message: Message, user_id: str, blocked: Container[str] = frozenset()
) -> dict[str, Any]:
    """The data of `message_reaction`: this user's reaction and all others as they are now, for a
    reader between whom and those who are `blocked` there is a block."""
    emojis = {each["user_id"]: each["emoji"] for each in message.reactions}
    return {
        **_place(message.conversation_id, message.message_id),
        "user_id": user_id,
        "emoji": emojis.get(user_id),
        "reactions": [each for each in message.reactions if each["user_id"] not in blocked],
    }


def read_data(
    conversation_id: str, message_id: str | None, user_id: str, read_at: str
) -> dict[str, Any]:
    """The data of `message_read`."""
    return {**_place(conversation_id, message_id), "user_id": user_id, "read_at": read_at}


def _place(conversation_id: str, message_id: str | None) -> dict[str, Any]:
    return {
        "conversation_id": conversation_id,
        "roomId": conversation_id,
        "message_id": message_id,
    }
