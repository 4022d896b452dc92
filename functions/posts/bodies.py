"""The body of POST /posts, in both dialects."""

from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, model_validator

from posts.comment_permissions import WhoCanComment
from posts.mentions import check_caption
from shared.config import config
from shared.errors import InvalidInput
from shared.http.fields import Body, Ulid, text

MOST_COLLABORATORS = 5

type MediaUrl = Annotated[str, text(1, 4096)]
type Visibility = Literal["public", "followers", "close_friends", "private"]


class Item(Body):
    """An entry of `media`: an upload by its id or its `media_url`."""

    upload_id: Ulid | None = None
    media_url: MediaUrl | None = None
    alt_text: Annotated[str, text(0, 1000)] | None = None

    @model_validator(mode="after")
    def _is_one_upload(self) -> Self:
        if (self.upload_id is None) == (self.media_url is None):
            raise ValueError("Send either upload_id or media_url.")
        return self


class NewPost(Body):
    """A new post. If both `caption` and `content` are sent, `caption` counts."""

    caption: Annotated[str, text(0, 2200)] | None = None
    content: Annotated[str, text(0, 2200)] | None = None
    media_urls: list[MediaUrl] | None = Field(
        None, min_length=1, validation_alias=AliasChoices("media_urls", "mediaUrls")
    )
    upload_ids: list[Ulid] | None = Field(None, min_length=1)
    media: list[Item] | None = Field(None, min_length=1)
    is_reel: bool = False
    visibility: Visibility = "public"
    comments_disabled: bool = False
    who_can_comment: WhoCanComment = "everyone"
    thumbnail_upload_id: Ulid | None = None
    thumbnail_url: MediaUrl | None = None
    location: Annotated[str, text(0, 100)] | None = None
    collaborator_ids: list[Ulid] = Field(default_factory=list, max_length=MOST_COLLABORATORS)

    @model_validator(mode="after")
    def _has_one_list(self) -> Self:
        lists = [self.media_urls, self.upload_ids, self.media]
        if sum(each is not None for each in lists) > 1:
            raise ValueError("Send only one of media_urls, upload_ids and media.")
        return self

    @property
    def caption_text(self) -> str:
        """The caption, by whichever name it was sent."""
        return (self.content if self.caption is None else self.caption) or ""

    @property
    def items(self) -> list[Item]:
        """The media in order, in whichever form they were sent."""
        by_url = [Item(media_url=url) for url in self.media_urls or []]
        by_id = [Item(upload_id=upload_id) for upload_id in self.upload_ids or []]
        return by_url or by_id or self.media or []

    @property
    def thumbnail(self) -> Item | None:
        """The image that the author chose as thumbnail, in whichever form it was sent."""
        if self.thumbnail_url is not None:
            return Item(media_url=self.thumbnail_url)
        if self.thumbnail_upload_id is not None:
            return Item(upload_id=self.thumbnail_upload_id)
        return None

    def check(self, is_socialhub: bool, files: int = 0) -> None:
        """Raise `InvalidInput` for what depends on the dialect, on the number of files that were
        sent with the body, or on configured limits."""
        most = config.limits.max_media_per_post
        if max(len(self.items), files) > most:
            raise InvalidInput(("media", f"A post can have at most {most} pictures and videos."))
        if files:
            self._check_form(files)
        # SocialHub has posts of text alone, and calls the text `content`.
        is_text_post = is_socialhub or (self.caption is None and self.content is not None)
        has_media = bool(self.items or files)
        if not has_media and not is_text_post:
            raise InvalidInput(("media", "A post needs at least one picture or video."))
        if not has_media and not self.caption_text:
            raise InvalidInput(("content", "A post without media needs a text."))
        check_caption(self.caption_text)

    def _check_form(self, files: int) -> None:
        if self.items or self.thumbnail:
            raise InvalidInput(("files", "Send either files or uploads, not both."))
        if self.is_reel:
            raise InvalidInput(("is_reel", "Upload the video of a reel through /media/upload-url."))
