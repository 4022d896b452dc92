"""Bodies of the REST routes and of the frames that clients send, in the names of either dialect."""

from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, model_validator

from shared.http.fields import Body, Emoji, GroupName, Ulid, text

type GivenUpload = Annotated[str, text(1, 4096)]  # by its id or one of its URLs
UPLOAD_TYPES = ("image", "video", "gif")  # of messages that show an upload


class NewConversation(Body):
    """The other participants; it is a group if it has a name, a picture or more than one
    of them."""

    participant_ids: Annotated[list[Ulid], Field(min_length=1, max_length=249)]
    group_name: GroupName | None = None
    picture: GivenUpload | None = Field(
        None, validation_alias=AliasChoices("group_image_url", "upload_id")
    )

    @property
    def is_group(self) -> bool:
        """Whether it is a group however many people it names."""
        return bool(self.group_name or self.picture)


class NewGroup(NewConversation):
    """The other participants of a group, and its name."""

    group_name: GroupName


class GroupEdit(Body):
    """The fields to change; missing and null ones stay, but null removes the picture."""

    clears = frozenset({"group_image_url", "upload_id", "picture"})

    group_name: GroupName | None = None
    picture: GivenUpload | None = Field(
        None, validation_alias=AliasChoices("group_image_url", "upload_id")
    )
    admin_ids: Annotated[list[Ulid], Field(min_length=1, max_length=250)] | None = None

    @property
    def has_picture(self) -> bool:
        """Whether the picture changes."""
        return "picture" in self.model_fields_set


class NewParticipants(Body):
    """Whom to add: one person or several."""

    user_id: Ulid | None = None
    user_ids: Annotated[list[Ulid], Field(min_length=1, max_length=50)] | None = None

    @property
    def added(self) -> list[str]:
        """The people to add, each once."""
        return list(
            dict.fromkeys([*([self.user_id] if self.user_id else []), *(self.user_ids or [])])
        )

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not (self.user_id or self.user_ids):
            raise ValueError("Send user_id or user_ids.")
        return self


class RequestAnswer(Body):
    """Whether the caller accepts a conversation that is in their requests."""

    accept: bool


class NewMessage(Body):
    """A message: a text, or an upload, a post or a story, with or without a text."""

    type: Literal["text", "image", "video", "gif", "post", "story"] | None = None
    content: Annotated[str, text(1, 1000)] | None = Field(
        None, validation_alias=AliasChoices("content", "message")
    )
    shared_post_id: Ulid | None = None
    upload_id: Ulid | None = None
    media_url: Annotated[str, text(1, 4096)] | None = None
    story_id: Ulid | None = None
    reply_to_message_id: Ulid | None = None
    client_message_id: Annotated[str, text(1, 64)] | None = None

    @property
    def has_upload(self) -> bool:
        """Whether it shows an upload; then its type is that of the file."""
        return bool(self.upload_id or self.media_url)

    @property
    def kind(self) -> str | None:
        """The type, derived from what it shows; None if that is an upload."""
        if self.has_upload:
            return None
        if self.story_id:
            return "story"
        return "post" if self.shared_post_id else "text"

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        shown = [self.has_upload, bool(self.shared_post_id), bool(self.story_id)]
        if not self.content and not any(shown):
            raise ValueError("A message needs content, upload_id, shared_post_id or story_id.")
        if sum(shown) > 1:
            raise ValueError("A message shows one upload, post or story.")
        if self.kind and self.type not in (None, self.kind):
            raise ValueError(f"The type of this message is {self.kind}.")
        if self.has_upload and self.type not in (None, *UPLOAD_TYPES):
            raise ValueError("A message that shows an upload is an image, a video or a gif.")
        return self


class LastRead(Body):
    """The message up to which a conversation is read; the newest one by default."""

    message_id: Ulid | None = None


class NewReaction(Body):
    """A reaction; null removes it."""

    clears = frozenset({"emoji"})

    emoji: Emoji | None


class Muting(Body):
    """Whether the conversation is muted for the caller."""

    is_muted: bool


class RoomFrame(Body):
    """A frame that names one conversation, which SocialHub calls a room."""

    conversation_id: Ulid = Field(validation_alias=AliasChoices("conversation_id", "roomId"))


class NewMessageFrame(NewMessage, RoomFrame):
    """The frame `send_message`."""


class LastReadFrame(LastRead, RoomFrame):
    """The frame `mark_read`."""


class MessageFrame(Body):
    """A frame that names one message."""

    message_id: Ulid


class ReactionFrame(NewReaction, MessageFrame):
    """The frame `react`."""


class JoinFrame(RoomFrame):
    """The frame `join_room`."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50


class TypingFrame(RoomFrame):
    """The frame `typing`."""

    is_typing: bool = Field(validation_alias=AliasChoices("is_typing", "isTyping"))


class PresenceFrame(Body):
    """The frame `presence`."""

    user_ids: Annotated[list[Ulid], Field(min_length=1, max_length=100)]


class SyncFrame(Body):
    """The frame `sync`."""

    cursor: Annotated[str, text(0, 64)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 100
