"""What clients receive on their sockets: the data of each frame, and whether it is kept for `sync`.

`infra/asyncapi.py` describes those that the code sends, and refuses one that is not described here.
"""

from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict


class Person(TypedDict):
    id: str
    user_id: str
    username: str
    name: str
    profile_picture_url: str | None
    is_verified: bool


class Reaction(TypedDict):
    user_id: str
    emoji: str


class Message(TypedDict):
    id: str
    conversation_id: str
    sender_id: str
    sender_username: str
    sender_profile_url: str | None
    type: Literal["text", "image", "video", "gif", "post", "story", "system"]
    content: str | None
    media: dict[str, Any] | None
    media_url: str | None
    media_type: str | None
    shared_post_id: str | None
    story_id: str | None
    reply_to_message_id: str | None
    reactions: list[Reaction]
    client_message_id: str | None
    created_at: str
    sent_at: str


class NewMessage(Message):
    roomId: str  # SocialHub's names
    userId: str
    username: str
    message: str | None
    timestamp: int


class MessageHistory(TypedDict):
    conversation_id: str
    roomId: str
    messages: list[NewMessage]
    next_cursor: str | None


class RoomMember(TypedDict):
    conversation_id: str
    roomId: str
    user_id: str
    userId: str
    username: str
    timestamp: int


class RoomUsers(TypedDict):
    conversation_id: str
    roomId: str
    users: list[Person]


class Notified(TypedDict):
    id: str
    user_id: str
    type: str
    kind: Literal["LIKE", "COMMENT", "FOLLOW", "POST", "MENTION", "STORY", "MESSAGE", "SYSTEM"]
    actor: Person | None
    actor_id: str | None
    actor_username: str | None
    actor_profile_picture_url: str | None
    actor_is_verified: bool
    entity_type: str
    entity_id: str
    message: str
    metadata: dict[str, Any]
    is_read: bool
    read: bool
    created_at: str
    unread_count: int


class ConversationUpdated(TypedDict):
    conversation: dict[str, Any]
    change: str
    user_id: str


class MediaProgress(TypedDict):
    upload_id: str
    progress: int
    status: str


class MediaDone(TypedDict):
    upload_id: str
    status: Literal["ready", "failed"]
    upload: dict[str, Any]
    post_id: NotRequired[str]


class Pong(TypedDict):
    time: str


class Failure(TypedDict):
    code: str
    error: str
    request_id: NotRequired[str | None]
    action: NotRequired[str | None]


@dataclass(frozen=True, slots=True)
class Description:
    """One frame: what it tells, its data, and whether `sync` brings it again for seven days."""

    text: str
    data: Any
    kept: bool = False


FRAMES = {
    "new_message": Description("A message is in one of your conversations.", NewMessage, kept=True),
    "message_history": Description("The latest messages of a room you joined.", MessageHistory),
    "room_users": Description("Whose sockets are in the room now.", RoomUsers),
    "user_joined": Description("Somebody's socket joined the room.", RoomMember),
    "user_left": Description("Somebody's socket left the room.", RoomMember),
    "conversation_updated": Description(
        "A conversation is new to you, or changed.", ConversationUpdated, kept=True
    ),
    "notification": Description("Something happened that concerns you.", Notified, kept=True),
    "media.progress": Description("How far the work on your upload is.", MediaProgress),
    "media.ready": Description("Your upload can be shown.", MediaDone, kept=True),
    "media.failed": Description("Your upload cannot be used.", MediaDone, kept=True),
    "pong": Description("The answer to `ping`.", Pong),
    "error": Description("What you sent could not be done.", Failure),
}
