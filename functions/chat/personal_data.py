"""The part of a data export that chat supplies: a person's conversations, as they see them."""

from collections.abc import Iterator
from typing import Any

from chat.models import Conversation, InboxRow, Message, SystemNote
from chat.rooms import View, hidden_to
from media.public import StoredMedia
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
    "story_id",
    "reply_to_message_id",
    "reactions",
    "system",
    "created_at",
)
_NAMED = 20  # members of a conversation that are named, as in lists


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data: a list of conversations, and the messages of each, as far as the
    user may see them. Of a conversation that is closed to them only what they wrote."""
    about = (
        "Your conversations; the messages of each are in messages/<conversation_id>.json, also "
        "those that you wrote in conversations which you do not see any more."
    )
    shown = ((view, row) for view, row in _views(user_id) if view)
    yield Topic("conversations", about, (_conversation(*each) for each in shown))
    for view, row in _views(user_id):
        name = f"messages/{row.conversation_id}"
        yield Topic(name, "", _messages(view) if view else _own_messages(row))


def _views(user_id: str) -> Iterator[tuple[View | None, InboxRow]]:
    """What the user may see of each conversation, and the user's row of it. Nothing of those that
    they have left, and of one-to-ones in which one blocks the other."""
    for rows in walk_pages(InboxRow, user_id):
        found = read_items((Conversation, row.conversation_id) for row in rows)
        rooms = list(found.of(Conversation))
        blocked = blocked_among(
            user_id, {each for room in rooms for each in (*room.member_ids(), room.creator_id)}
        )
        for row in rows:
            room = found.get(Conversation, row.conversation_id)
            here = blocked.intersection([*room.member_ids(), room.creator_id]) if room else ()
            if room and room.has(user_id) and (room.is_group or not here):
                own = Found({(InboxRow, user_id, row.conversation_id): row})
                hidden = hidden_to(room, row, user_id)
                yield View(room, user_id, own, hidden, frozenset(here)), row
            else:
                yield None, row


def _own_messages(row: InboxRow) -> Iterator[dict[str, Any]]:
    is_own = Message.sender_id == row.user_id
    for message in walk(Message, row.conversation_id, matching=is_own):
        reactions = [each for each in message.reactions if each["user_id"] == row.user_id]
        yield {**plain(message, *_MESSAGE), "reactions": reactions, "system": None}


def _messages(view: View) -> Iterator[dict[str, Any]]:
    after = Message.message_id > view.hidden_to if view.hidden_to else None
    for message in walk(Message, view.room.conversation_id, after):
        if view.shows(message):
            reactions = [each for each in message.reactions if each["user_id"] not in view.blocked]
            yield {
                **plain(message, *_MESSAGE),
                "media": _media(message),
                "reactions": reactions,
                "system": _note(view, message),
            }


def _media(message: Message) -> dict[str, Any] | None:
    media: StoredMedia | None = message.media
    if media is None:
        return None
    return {"upload_id": media["upload_id"], "type": media["type"], "alt_text": media["alt_text"]}


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
        **plain(room, "conversation_id", "is_group", "name"),
        "creator_id": None if room.creator_id in view.blocked else room.creator_id,
        "participant_count": len(room.members),
        "participants": [
            {"user_id": each, "username": people[each].username}
            for each in named
            if each in people and (each == view.user_id or is_shown(people[each]))
        ],
        **plain(row, "folder", "is_muted", "last_read_message_id", "unread_count"),
        "created_at": room.created_at,
    }
