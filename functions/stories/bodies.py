"""The bodies of new stories, and of highlights."""

import json
from typing import Annotated, Literal, NoReturn, Self

from pydantic import AfterValidator, Field, model_validator

from shared.http.fields import Body, HighlightTitle, Ulid, text


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _json(value: str) -> str:
    try:
        json.loads(value or "null", parse_constant=_constant)
    except (ValueError, RecursionError) as error:  # too deep is no JSON that anybody could read
        raise ValueError("This must be valid JSON.") from error
    return value


class NewStory(Body):
    """A new story: an upload, by its id or its `media_url`, or a story that mentions the caller."""

    upload_id: Ulid | None = None
    media_url: Annotated[str, text(1, 4096)] | None = None
    shared_story_id: Ulid | None = None
    media_type: Literal["image", "video"] | None = None
    caption: Annotated[str, text(0, 200)] | None = None
    filter_name: Annotated[str, text(0, 50)] | None = None
    stickers_json: Annotated[str, text(0, 8192), AfterValidator(_json)] | None = None
    close_friends_only: bool = False

    @model_validator(mode="after")
    def _shows_one_thing(self) -> Self:
        has_upload = self.upload_id is not None or self.media_url is not None
        if has_upload == (self.shared_story_id is not None):
            raise ValueError("Send an upload (upload_id or media_url) or shared_story_id.")
        return self


type _StoryIds = Annotated[list[Ulid], Field(min_length=1, max_length=100)]


class NewHighlight(Body):
    """A new highlight. A story that is named twice is in it once."""

    title: HighlightTitle
    story_ids: _StoryIds
    cover_story_id: Ulid | None = None


class HighlightChange(Body):
    """What changes of a highlight; `story_ids` replaces all its stories."""

    title: HighlightTitle | None = None
    story_ids: _StoryIds | None = None
    cover_story_id: Ulid | None = None
