"""What a message carries, and what it refers to: the message it replies to; the upload, post or
story that it shows.

The sender must be able to see what the message refers to at the moment of sending.
"""

from typing import Any

from chat.bodies import NewMessage
from chat.models import Conversation, Message
from media.public import Upload, attach, find_named_upload, is_longer, stored_media
from posts.public import visible_post
from shared.access.caller import Caller
from shared.config import config
from shared.dynamodb.tables import Found, Key, Transaction
from shared.errors import (
    InvalidInput,
    MessageNotFound,
    StoryExpired,
    UploadNotFound,
    UploadNotReady,
)
from stories.public import VisibleStory, get_visible_story, is_expired

type Shown = Upload | VisibleStory | None


def read_shown(caller: Caller, draft: NewMessage) -> Shown:
    """The upload or story that the message shows, read for its sender. Raises what forbids it:
    `UploadNotFound`, `UploadNotReady`, `InvalidInput`, `PostNotFound`, `StoryNotFound` or
    `StoryExpired`."""
    if draft.has_upload:
        return _upload(caller, draft)
    if draft.story_id:
        return _story(caller, draft.story_id)
    if draft.shared_post_id:
        visible_post(caller, draft.shared_post_id)
    return None


def contents(draft: NewMessage, shown: Shown) -> dict[str, Any]:
    """The attributes of the stored message that follow from the draft and what it shows."""
    upload = shown if isinstance(shown, Upload) else None
    story = shown.story if isinstance(shown, VisibleStory) else None
    return {
        "type": _kind_of(upload) if upload else draft.kind,
        "content": draft.content,
        "media": dict(stored_media(upload)) if upload else None,
        "shared_post_id": draft.shared_post_id,
        "story_id": story.story_id if story else None,
        "story_author_id": story.author_id if story else None,
        "reply_to_message_id": draft.reply_to_message_id,
    }


def attach_shown(write: Transaction, message: Message, shown: Shown) -> None:
    """Attach the upload that the message shows in the message's own transaction, which raises
    `UploadNotFound` if the upload is gone. Raises `UploadInUse`."""
    if isinstance(shown, Upload):
        attach(write, shown, message.message_id, otherwise=UploadNotFound())


def referred_keys(room: Conversation, draft: NewMessage) -> list[Key]:
    """The keys of the items that `check_referred` needs."""
    if draft.reply_to_message_id:
        return [(Message, room.conversation_id, draft.reply_to_message_id)]
    return []


def check_referred(room: Conversation, draft: NewMessage, items: Found) -> None:
    """Raise `MessageNotFound` if the message that the draft replies to is not in the room."""
    if any(key not in items for key in referred_keys(room, draft)):
        raise MessageNotFound


def _upload(caller: Caller, draft: NewMessage) -> Upload:
    upload = find_named_upload(caller.user_id, draft.upload_id, draft.media_url, "message")
    if draft.type not in (None, _kind_of(upload)):
        raise InvalidInput(("type", f"The type of this message is {_kind_of(upload)}."))
    if upload.status != "ready":
        raise UploadNotReady
    longest = config.limits.max_story_seconds
    if is_longer(stored_media(upload)["duration"] or 0, longest):
        raise InvalidInput(("upload_id", f"A video can be at most {longest} seconds long."))
    return upload


def _kind_of(upload: Upload) -> str:
    """The type of a message that shows this upload."""
    return "gif" if upload.content_type == "image/gif" else str(upload.kind)


def _story(caller: Caller, story_id: str) -> VisibleStory:
    visible = get_visible_story(caller, story_id)
    if is_expired(visible.story):  # its author still sees it, but no one else would
        raise StoryExpired
    return visible
