"""The frames that clients receive: the data of each, and whether `sync` can replay it.

`infra/asyncapi.py` describes the frames that the code sends, and fails if one is missing here.
"""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from chat.presence import PresenceShape
from chat.shapes import ConversationShape, MessageShape, Reaction
from notifications.shapes import NotificationShape


class NewMessage(MessageShape):
    """A message, with SocialHub's names of its fields too."""

    roomId: str  # noqa: N815
    userId: str  # noqa: N815
    username: str
    message: str | None
    timestamp: int


class ConversationUpdated(TypedDict):
    """What changed in a conversation, and who changed it."""

    conversation: ConversationShape
    change: str
    user_id: str


class MessageRead(TypedDict):
    """How far a member has read; others get it only from members who show read receipts."""

    conversation_id: str
    roomId: str
    user_id: str
    message_id: str | None
    read_at: str


class MessageDeleted(TypedDict):
    """Which message is gone, and who unsent it."""

    conversation_id: str
    roomId: str
    message_id: str
    deleted_by: str


class MessageReaction(TypedDict):
    """A member's reaction, or null if it was removed, and all reactions to the message."""

    conversation_id: str
    roomId: str
    message_id: str
    user_id: str
    emoji: str | None
    reactions: list[Reaction]


class Movement(TypedDict):
    """Who joined or left a room, in the names of both dialects; `timestamp` in milliseconds."""

    conversation_id: str
    roomId: str
    user_id: str
    userId: str
    username: str
    timestamp: int


class Typing(TypedDict):
    """Who started or stopped typing in a room, in the names of both dialects."""

    conversation_id: str
    roomId: str
    user_id: str
    userId: str
    username: str
    is_typing: bool
    isTyping: bool


class MessageHistory(TypedDict):
    """The latest messages of a room, oldest first; the cursor continues at
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
    """A notification, and how many are unread, including this one."""

    unread_count: int


class MediaProgress(TypedDict):
    """How far the processing of an upload is, from 0 to 100."""

    upload_id: str
    progress: int
    status: str


class MediaDone(TypedDict):
    """An upload after its processing."""

    upload_id: str
    status: str
    upload: dict[str, Any]
    post_id: NotRequired[str | None]


class Synced(TypedDict):
    """The present cursor; whether to `sync` again; whether to reload everything, because the cursor
    was too old or unknown."""

    cursor: str | None
    has_more: bool
    reset: bool


class Pong(TypedDict):
    """The server's time."""

    time: str


class Failure(TypedDict):
    """The error, as over HTTP, and which of your frames caused it."""

    code: str
    error: str
    request_id: NotRequired[str | None]
    action: NotRequired[str | None]


@dataclass(frozen=True, slots=True)
class Description:
    """One frame: its meaning, its data, and whether `sync` can replay it for seven days."""

    text: str
    data: Any
    kept: bool = False


FRAMES = {
    "new_message": Description(
        "A message was sent in one of your conversations.", NewMessage, kept=True
    ),
    "message_deleted": Description(
        "A message was unsent; also the answer to `unsend`.", MessageDeleted, kept=True
    ),
    "message_reaction": Description(
        "A member reacted to a message; also the answer to `react`.", MessageReaction, kept=True
    ),
    "message_read": Description(
        "A member has read up to this message; also the answer to `mark_read`.",
        MessageRead,
        kept=True,
    ),
    "conversation_updated": Description(
        "A conversation is new to you, or has changed.", ConversationUpdated, kept=True
    ),
    "message_history": Description("The answer to `join_room`.", MessageHistory),
    "room_users": Description("The answer to `join_room`, after `message_history`.", RoomUsers),
    "user_joined": Description("Somebody joined the room you are in.", Movement),
    "user_left": Description(
        "Somebody left the room you are in; also the answer to `leave_room`.", Movement
    ),
    "user_typing": Description(
        "Somebody started or stopped typing. Show it for five seconds at most.", Typing
    ),
    "presence": Description(
        "Who is online: the answer to `presence`, and pushed when it changes for somebody you have "
        "a conversation with.",
        Presences,
    ),
    "notification": Description("Something happened that concerns you.", Notified, kept=True),
    "media.progress": Description("The progress of processing your upload.", MediaProgress),
    "media.ready": Description("Your upload is ready to use.", MediaDone, kept=True),
    "media.failed": Description("Your upload cannot be used.", MediaDone, kept=True),
    "synced": Description("The answer to `sync`, after the missed frames.", Synced),
    "pong": Description("The answer to `ping`.", Pong),
    "error": Description("A frame of yours failed.", Failure),
}
