"""What a new story shows: an upload, or another story that mentions its author."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from media.public import (
    Upload,
    attach,
    can_be_shown,
    find_named_upload,
    is_longer,
    stored_media,
)
from shared.access.caller import Caller
from shared.config import config
from shared.dynamodb.tables import Transaction
from shared.errors import (
    InvalidInput,
    SharingNotAllowed,
    StoryNotFound,
    UploadNotReady,
)
from stories.models import Story
from stories.visible_stories import VisibleStory, get_visible_story, may_add_to_own

if TYPE_CHECKING:
    from stories.bodies import NewStory


class UploadChanged(Exception):
    """The upload changed after it was read: its file came or became ready, or it was deleted."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """An upload that was found, or another story that its reader may add to their own."""

    source: Upload | VisibleStory

    @property
    def media(self) -> dict[str, Any]:
        """The media as the story stores them. What was said about those of another story, and how
        they look, stays there: they must end with it."""
        if isinstance(self.source, VisibleStory):
            return {**self.source.story.media, "alt_text": None, "blurhash": None}
        return dict(stored_media(self.source))

    @property
    def shared_story(self) -> dict[str, str] | None:
        """The other story, as the new one names it."""
        if not isinstance(self.source, VisibleStory):
            return None
        story = self.source.story
        return {"story_id": story.story_id, "author_id": story.author_id}

    def add_to(self, write: Transaction, story_id: str) -> None:
        """Attach the upload in the story's transaction, which raises `UploadChanged` if it changed
        after it was read; or require that the other story is still there (`StoryNotFound`)."""
        if isinstance(self.source, VisibleStory):
            other = self.source.story
            # Its upload stays the other story's alone: the new one is seen only as long as that.
            write.check(
                Story,
                other.author_id,
                other.story_id,
                condition=Story.is_there() & Story.deleted_at.does_not_exist(),
                otherwise=StoryNotFound(),
            )
        else:
            attach(write, self.source, story_id, otherwise=UploadChanged())


def find_attachment(caller: Caller, body: "NewStory") -> Attachment:
    """What the body names. Raises `UploadNotFound`, `UploadNotReady`, `StoryNotFound`,
    `StoryExpired`, `SharingNotAllowed`, or `InvalidInput` if it cannot be a story."""
    if body.shared_story_id is None:
        found = Attachment(_upload(caller, body))
    else:
        found = Attachment(_story(caller, body.shared_story_id))
    kind = found.media["type"]
    if body.media_type not in (None, kind):
        raise InvalidInput(("media_type", f"This is of the type {kind}."))
    return found


def length_error(media: dict[str, Any]) -> str | None:
    """What to say about a video that is longer than a story may be; None for any other."""
    longest = config.limits.max_story_seconds
    if is_longer(media["duration"] or 0, longest):
        return f"A story can be at most {longest} seconds long."
    return None


def _upload(caller: Caller, body: "NewStory") -> Upload:
    upload = find_named_upload(caller.user_id, body.upload_id, body.media_url, "story")
    if not can_be_shown(upload):
        raise UploadNotReady
    if error := length_error(dict(stored_media(upload))):
        raise InvalidInput(("upload_id", error))
    return upload


def _story(caller: Caller, story_id: str) -> VisibleStory:
    visible = get_visible_story(caller, story_id)
    if not may_add_to_own(visible):
        raise SharingNotAllowed
    return visible
