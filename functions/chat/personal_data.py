"""The part of a data export that chat supplies: a person's conversations, as they see them."""

from collections.abc import Iterator
from typing import Any

from chat.models import Conversation, InboxRow, Message, SystemNote
from chat.rooms import View, hidden_to
from media.public import StoredMedia
from shared.dynamodb.tables import Found, read_items
from shared.lifecycle.personal_data import Topic, plain, walk, walk_pages
from users.public import User, blocked_among, find_users, is_shown

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
    user may see them or wrote them. Of a conversation that is closed to them only the latter."""
    about = (
        "Your conversations; the messages of each are in messages/<conversation_id>.json, also "
        "those that you wrote and do not see any more."
    )
    shown = ((view, row) for view, row in _views(user_id) if view)
    yield Topic("conversations", about, (_conversation(*each) for each in shown))
    for view, row in _views(user_id):
        name = f"messages/{row.conversation_id}"
        yield Topic(name, "", _messages(view, row) if view else _own_messages(row))


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


def _own_messages(row: InboxRow, to: str | None = None) -> Iterator[dict[str, Any]]:
    """What the person wrote, up to this message: without what others did with it."""
    written = Message.message_id <= to if to else None
    is_own = Message.sender_id == row.user_id
    for message in walk(Message, row.conversation_id, written, is_own):
        reactions = [each for each in message.reactions if each["user_id"] == row.user_id]
        shown = plain(message, *_MESSAGE)
        yield {**shown, "media": _media(message), "reactions": reactions, "system": None}


def _messages(view: View, row: InboxRow) -> Iterator[dict[str, Any]]:
    """What the person may see, and before that what they wrote; with the present names."""
    if view.hidden_to:
        yield from _own_messages(row, view.hidden_to)
    after = Message.message_id > view.hidden_to if view.hidden_to else None
    for page in walk_pages(Message, view.room.conversation_id, after):
        people = find_users({each.sender_id for each in page})
        for message in page:
            if view.shows(message):
                sender = people.get(message.sender_id)
                yield {**_message(view, message), "sender_username": _name(view, sender)}


def _message(view: View, message: Message) -> dict[str, Any]:
    return {
        **plain(message, *_MESSAGE),
        "media": _media(message),
        "reactions": [each for each in message.reactions if each["user_id"] not in view.blocked],
        "system": _note(view, message),
    }


def _name(view: View, person: User | None) -> str:
    """The name of a person, unless they are hidden."""
    is_named = person and (person.user_id == view.user_id or is_shown(person))
    return str(person.username) if person and is_named else ""


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
            {"user_id": each, "username": name}
            for each in named
            if (name := _name(view, people.get(each)))
        ],
        **plain(row, "folder", "is_muted", "last_read_message_id", "unread_count"),
        "created_at": room.created_at,
    }
