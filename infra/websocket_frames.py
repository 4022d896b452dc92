"""What clients receive on their sockets: the data of each frame, and whether it is kept for `sync`.

`infra/asyncapi.py` describes those that the code sends, and refuses one that is not described here.
"""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from chat.presence import PresenceShape
from chat.shapes import ConversationShape, MessageShape
from notifications.shapes import NotificationShape


class NewMessage(MessageShape):
    """A message, and SocialHub's names of its parts."""

    roomId: str  # noqa: N815
    userId: str  # noqa: N815
    username: str
    message: str | None
    timestamp: int


class ConversationUpdated(TypedDict):
    """What changed in a conversation, and who did it."""

    conversation: ConversationShape
    change: str
    user_id: str


class Movement(TypedDict):
    """Who came to or left a room, in either dialect's names; `timestamp` in milliseconds."""

    conversation_id: str
    roomId: str
    user_id: str
    userId: str
    username: str
    timestamp: int


class Typing(TypedDict):
    """Who is typing in a room, or stopped to, in either dialect's names."""

    conversation_id: str
    roomId: str
    user_id: str
    userId: str
    username: str
    is_typing: bool
    isTyping: bool


class MessageHistory(TypedDict):
    """The latest messages of a room, oldest first; the cursor goes on in
    `GET /conversations/{conversation_id}/messages`."""

    conversation_id: str
    roomId: str
    messages: list[NewMessage]
    next_cursor: str | None


class RoomUsers(TypedDict):
    """Who is in a room now: shapes User."""

    conversation_id: str
    roomId: str
    users: list[dict[str, Any]]


class Presences(TypedDict):
    """Who is online."""

    users: list[PresenceShape]


class Notified(NotificationShape):
    """A notification, and how many are unread with it."""

    unread_count: int


class MediaProgress(TypedDict):
    """How far the work on an upload is, from 0 to 100."""

    upload_id: str
    progress: int
    status: str


class MediaDone(TypedDict):
    """An upload as it is now."""

    upload_id: str
    status: str
    upload: dict[str, Any]
    post_id: NotRequired[str | None]


class Synced(TypedDict):
    """Where you are; whether to `sync` again; whether too much was missed, so reload all."""

    cursor: str | None
    has_more: bool
    reset: bool


class Pong(TypedDict):
    """The server's time."""

    time: str


class Failure(TypedDict):
    """What went wrong, as over HTTP, and in which frame of yours."""

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
    "conversation_updated": Description(
        "A conversation is new to you, or changed.", ConversationUpdated, kept=True
    ),
    "message_history": Description("The answer to `join_room`.", MessageHistory),
    "room_users": Description("The answer to `join_room`, after `message_history`.", RoomUsers),
    "user_joined": Description("Somebody joined the room that you are in.", Movement),
    "user_left": Description(
        "Somebody left the room that you are in; also the answer to `leave_room`.", Movement
    ),
    "user_typing": Description("Somebody types. Show it for five seconds at most.", Typing),
    "presence": Description(
        "Who is online: the answer to `presence`, and when it changes for somebody you talk to.",
        Presences,
    ),
    "notification": Description("Something happened that concerns you.", Notified, kept=True),
    "media.progress": Description("How far the work on your upload is.", MediaProgress),
    "media.ready": Description("Your upload can be shown.", MediaDone, kept=True),
    "media.failed": Description("Your upload cannot be used.", MediaDone, kept=True),
    "synced": Description("The answer to `sync`, after the missed frames.", Synced),
    "pong": Description("The answer to `ping`.", Pong),
    "error": Description("What you sent could not be done.", Failure),
}
