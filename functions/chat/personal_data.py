"""The part of a data export that chat supplies: a person's conversations, as they see them."""

from collections.abc import Iterator
from typing import Any

from chat.models import Conversation, InboxRow, Message, SystemNote
from chat.rooms import View, hidden_to
from shared.dynamodb.tables import Found, read_items
from shared.lifecycle.personal_data import Topic, plain, walk, walk_pages
from users.public import blocked_among, find_users, is_shown

_MESSAGE = (
    "message_id",
    "sender_id",
    "sender_username",
    "type",
    "content",
    "shared_post_id",
    "reply_to_message_id",
    "reactions",
    "system",
    "created_at",
)
_NAMED = 20  # members of a conversation that are named, as in lists


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data: a list of conversations, and the messages of each, as far as the
    user may see them."""
    about = "Your conversations; the messages of each are in messages/<conversation_id>.json."
    yield Topic("conversations", about, (_conversation(*each) for each in _views(user_id)))
    for view, _ in _views(user_id):
        name = f"messages/{view.room.conversation_id}"
        yield Topic(name, "", _messages(view))


def _views(user_id: str) -> Iterator[tuple[View, InboxRow]]:
    """The conversations that the user is a member of now, without the one-to-ones in which one
    blocks the other, and the user's rows."""
    for rows in walk_pages(InboxRow, user_id):
        found = read_items((Conversation, row.conversation_id) for row in rows)
        members = {each for room in found.of(Conversation) for each in room.member_ids()}
        blocked = blocked_among(user_id, members)
        for row in rows:
            room = found.get(Conversation, row.conversation_id)
            if room is None or not room.has(user_id):
                continue
            here = blocked.intersection(room.member_ids())
            if room.is_group or not here:
                own = Found({(InboxRow, user_id, row.conversation_id): row})
                yield View(room, user_id, own, hidden_to(room, row, user_id), here), row


def _messages(view: View) -> Iterator[dict[str, Any]]:
    after = Message.message_id > view.hidden_to if view.hidden_to else None
    for message in walk(Message, view.room.conversation_id, after):
        if view.shows(message):
            reactions = [each for each in message.reactions if each["user_id"] not in view.blocked]
            yield {
                **plain(message, *_MESSAGE),
                "reactions": reactions,
                "system": _note(view, message),
            }


def _note(view: View, message: Message) -> SystemNote | None:
    if message.system is None:
        return None
    note: SystemNote = message.system
    return {**note, "user_ids": [each for each in note["user_ids"] if each not in view.blocked]}


def _conversation(view: View, row: InboxRow) -> dict[str, Any]:
    room = view.room
    named = [each for each in room.member_ids() if each not in view.blocked][:_NAMED]
    people = find_users(named)
    return {
        **plain(room, "conversation_id", "is_group", "name", "creator_id"),
        "participant_count": len(room.members),
        "participants": [
            {"user_id": each, "username": people[each].username}
            for each in named
            if each in people and (each == view.user_id or is_shown(people[each]))
        ],
        **plain(row, "folder", "is_muted", "last_read_message_id", "unread_count"),
        "created_at": room.created_at,
    }
