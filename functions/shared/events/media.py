"""Events of uploads and their descriptions."""

from dataclasses import dataclass
from typing import Any

from shared.events.envelopes import Event


@dataclass(frozen=True, slots=True)
class MediaReady(Event):
    """An upload was processed."""

    type = "media.ready"
    topic = "media"

    upload_id: str
    owner_id: str
    kind: str
    post_id: str | None
    media: dict[str, Any]  # what a post shows of it (see media/models.py)


@dataclass(frozen=True, slots=True)
class MediaFailed(Event):
    """An upload could not be processed."""

    type = "media.failed"
    topic = "media"

    upload_id: str
    owner_id: str
    kind: str
    post_id: str | None
    code: str
    error: str = ""  # a sentence for the owner


@dataclass(frozen=True, slots=True)
class MediaDescribed(Event):
    """A picture that had no alternative text got one from a model."""

    type = "media.described"
    topic = "media"

    upload_id: str
    owner_id: str
    post_ids: list[str]  # of the posts that show it
    alt_text: str
