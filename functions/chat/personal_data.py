"""The part of a data export that chat supplies: a person's conversations, as they see them."""

from collections.abc import Iterator
from typing import Any

from chat.models import Conversation, InboxRow, Message
from shared.dynamodb.tables import read_items
from shared.lifecycle.personal_data import Topic, plain, walk, walk_pages
from users.public import find_users, is_shown

_MESSAGE = (
    "message_id",
    "sender_id",
    "sender_username",
    "type",
    "content",
    "shared_post_id",
    "reply_to_message_id",
    "reactions",
    "created_at",
)
_NAMED = 20  # members of a conversation that are named, as in lists


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data: a list of conversations, and the messages of each."""
    about = "Your conversations; the messages of each are in messages/<conversation_id>.json."
    yield Topic("conversations", about, _conversations(user_id))
    for _, conversation in _rooms(user_id):
        messages = walk(Message, conversation.conversation_id)
        name = f"messages/{conversation.conversation_id}"
        yield Topic(name, "", (plain(message, *_MESSAGE) for message in messages))


def _rooms(user_id: str) -> Iterator[tuple[InboxRow, Conversation]]:
    """The conversations that the user is a member of now."""
    for rows in walk_pages(InboxRow, user_id):
        found = read_items((Conversation, row.conversation_id) for row in rows)
        for row in rows:
            conversation = found.get(Conversation, row.conversation_id)
            if conversation is not None and conversation.has(user_id):
                yield row, conversation


def _conversations(user_id: str) -> Iterator[dict[str, Any]]:
    for row, conversation in _rooms(user_id):
        named = conversation.member_ids()[:_NAMED]
        people = find_users(named)
        yield {
            **plain(conversation, "conversation_id", "is_group", "name", "creator_id"),
            "participant_count": len(conversation.members),
            "participants": [
                {"user_id": each, "username": people[each].username}
                for each in named
                if each in people and (each == user_id or is_shown(people[each]))
            ],
            **plain(row, "folder", "is_muted", "last_read_message_id", "unread_count"),
            "created_at": conversation.created_at,
        }
