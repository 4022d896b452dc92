"""The body of POST /posts, in both dialects."""

from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, model_validator

from posts.comment_permissions import WhoCanComment
from posts.mentions import names_in
from shared.config import config
from shared.errors import InvalidInput
from shared.hashtags import hashtags_in
from shared.http.fields import Body, Ulid, text

MOST_COLLABORATORS = 5

type MediaUrl = Annotated[str, text(1, 4096)]
type Visibility = Literal["public", "followers", "close_friends", "private"]


class Item(Body):
    """One of `media`: an upload by its id or its `media_url`."""

    upload_id: Ulid | None = None
    media_url: MediaUrl | None = None
    alt_text: Annotated[str, text(0, 1000)] | None = None

    @model_validator(mode="after")
    def _is_one_upload(self) -> Self:
        if (self.upload_id is None) == (self.media_url is None):
            raise ValueError("Either upload_id or media_url.")
        return self


class NewPost(Body):
    """What a post is made of. If both `caption` and `content` are sent, `caption` counts."""

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
            raise ValueError("One of media_urls, upload_ids and media.")
        return self

    @property
    def words(self) -> str:
        """The caption, whatever it was called."""
        return (self.content if self.caption is None else self.caption) or ""

    @property
    def items(self) -> list[Item]:
        """The media in their order, however they were given."""
        by_url = [Item(media_url=url) for url in self.media_urls or []]
        by_id = [Item(upload_id=upload_id) for upload_id in self.upload_ids or []]
        return by_url or by_id or self.media or []

    @property
    def thumbnail(self) -> Item | None:
        """The image that the author chose to stand for the post, however it was given."""
        if self.thumbnail_url is not None:
            return Item(media_url=self.thumbnail_url)
        if self.thumbnail_upload_id is not None:
            return Item(upload_id=self.thumbnail_upload_id)
        return None

    def check(self, is_socialhub: bool, files: int = 0) -> None:
        """Raise `InvalidInput` for what depends on the dialect, on the files that came beside it,
        or on configured limits."""
        most = config.limit("MaxMediaPerPost")
        if max(len(self.items), files) > most:
            raise InvalidInput(("media", f"At most {most}."))
        if files:
            self._check_form(files)
        # SocialHub knows posts of text alone, and calls the text `content`.
        is_text_post = is_socialhub or (self.caption is None and self.content is not None)
        has_media = bool(self.items or files)
        if not has_media and not is_text_post:
            raise InvalidInput(("media", "A post has at least one picture or video."))
        if not has_media and not self.words:
            raise InvalidInput(("content", "A post without media has a text."))
        check_words(self.words)

    def _check_form(self, files: int) -> None:
        if self.items or self.thumbnail:
            raise InvalidInput(("files", "Either files or uploads."))
        if self.is_reel:
            raise InvalidInput(("is_reel", "The video of a reel is brought by /media/upload-url."))


def check_words(words: str) -> None:
    """Raise `InvalidInput` for a caption with too many hashtags or mentions."""
    for limit, found in (("MaxHashtags", hashtags_in(words)), ("MaxMentions", names_in(words))):
        if len(found) > config.limit(limit):
            raise InvalidInput(("caption", f"{limit} is {config.limit(limit)}."))
