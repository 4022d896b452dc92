"""Shapes Conversation, Participant and Message of docs/api.md, and the data of `new_message`."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, TypedDict, cast

from chat.models import Conversation, InboxRow, Member, Message, Picture
from media.public import MediaShape, view
from shared.aws.media_urls import sign_url
from shared.clock import seconds
from shared.http.enums import one_of
from stories.public import StoryShape
from users.public import User, is_shown, picture_url, user_shape


class ParticipantShape(TypedDict):
    """Shape Participant."""

    id: str
    user_id: str
    username: str
    name: str
    profile_picture_url: str | None
    is_verified: bool
    role: Annotated[str, one_of("admin", "member")]
    joined_at: str
    last_read_message_id: str | None


class Reaction(TypedDict):
    """A user's reaction to a message."""

    user_id: str
    emoji: str


class SystemShape(TypedDict):
    """What a system message reports; its actor is the sender."""

    kind: Annotated[
        str, one_of("created", "named", "pictured", "added", "removed", "left", "admins")
    ]
    user_ids: list[str]
    name: str | None


class MessageShape(TypedDict):
    """Shape Message."""

    id: str
    conversation_id: str
    sender_id: str
    sender_username: str
    sender_profile_url: str | None
    type: Annotated[str, one_of("text", "image", "video", "gif", "post", "story", "system")]
    content: str | None
    media: MediaShape | None
    media_url: str | None
    media_type: str | None
    shared_post_id: str | None
    story_id: str | None
    story: StoryShape | None
    reply_to_message_id: str | None
    system: SystemShape | None
    reactions: list[Reaction]
    client_message_id: str | None
    created_at: str
    sent_at: str


class ConversationShape(TypedDict):
    """Shape Conversation."""

    id: str
    is_group: bool
    group_name: str | None
    group_image_url: str | None
    creator_id: str | None
    participants: list[ParticipantShape]
    participant_count: int
    has_blocked_member: bool
    last_message: MessageShape | None
    last_message_at: str | None
    last_read_message_id: str | None
    unread_count: int
    folder: Annotated[str, one_of("inbox", "requests")]
    is_muted: bool
    created_at: str


def message_shape(
    message: Message, sender: User | None, story: StoryShape | None = None
) -> MessageShape:
    """Shape Message, for those who may see it: its media is signed. `sender` is the present
    account; `story` is what the reader may see of the story that it shows, in a frame None."""
    shown = sender if sender and is_shown(sender) else None
    media = view(message.media) if message.media else None
    return {
        "id": message.message_id,
        "conversation_id": message.conversation_id,
        "sender_id": message.sender_id,
        "sender_username": shown.username if shown else "",
        "sender_profile_url": picture_url(shown) if shown else None,
        "type": message.type,
        "content": message.content,
        "media": media,
        "media_url": _media_url(message, media) if media else None,
        "media_type": media["type"] if media else None,
        "shared_post_id": message.shared_post_id,
        "story_id": message.story_id,
        "story": story,
        "reply_to_message_id": message.reply_to_message_id,
        "system": None,
        "reactions": message.reactions,
        "client_message_id": message.client_message_id,
        "created_at": message.created_at,
        "sent_at": message.created_at,
    }


def _media_url(message: Message, media: MediaShape) -> str | None:
    """The file to show; of a gif that is the original, because the sizes do not move."""
    url = media["url"]
    return media["variants"].get("original", url) if message.type == "gif" else url


def new_message_data(shape: MessageShape) -> dict[str, Any]:
    """The data of the frame `new_message`: the message, with SocialHub's names too."""
    return {
        **shape,
        "roomId": shape["conversation_id"],
        "userId": shape["sender_id"],
        "username": shape["sender_username"],
        "message": shape["content"],
        "timestamp": round(seconds(shape["created_at"]) * 1000),
    }


def conversation_shape(
    conversation: Conversation,
    row: InboxRow,
    participants: list[ParticipantShape],
    last_message: MessageShape | None,
    blocked: Collection[str],
) -> ConversationShape:
    """Shape Conversation, as the member whose `row` it is sees it; `blocked` are the people whom
    they are shown nothing of."""
    picture: Picture | None = conversation.picture
    return {
        "id": conversation.conversation_id,
        "is_group": conversation.is_group,
        "group_name": conversation.name,
        "group_image_url": sign_url(picture["key"]) if picture else None,
        "creator_id": None if conversation.creator_id in blocked else conversation.creator_id,
        "participants": participants,
        "participant_count": len(conversation.members),
        "has_blocked_member": any(conversation.has(each) for each in blocked),
        "last_message": last_message,
        "last_message_at": row.active_at if last_message else None,
        "last_read_message_id": row.last_read_message_id,
        "unread_count": row.unread_count,
        "folder": row.folder,
        "is_muted": row.is_muted,
        "created_at": conversation.created_at,
    }


def participant_shape(
    member: Member, user: User, row: InboxRow | None, viewer_id: str, hidden_to: str = ""
) -> ParticipantShape:
    """Shape Participant; a user's read position is shown to others only if they allow it and have
    accepted the conversation, and not if it is a message that is hidden from the viewer."""
    is_accepted = row is not None and row.folder == "inbox"
    is_visible = row is not None and (row.last_read_message_id or "") > hidden_to
    shows_read = user.user_id == viewer_id or (
        user.show_read_receipts and is_accepted and is_visible
    )
    shape = {
        **user_shape(user),
        "role": member["role"],
        "joined_at": member["joined_at"],
        "last_read_message_id": row.last_read_message_id if row and shows_read else None,
    }
    return cast(ParticipantShape, shape)


def people_of(people: Mapping[str, User], members: list[Member]) -> list[tuple[Member, User]]:
    """Members with their accounts, without the accounts that are hidden."""
    found = ((member, people.get(member["user_id"])) for member in members)
    return [(member, user) for member, user in found if user and is_shown(user)]
