"""Editing a post: what changes, and what is kept of how it was."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from posts.bodies import Visibility, check_words
from posts.comment_permissions import WhoCanComment, settings
from posts.mentions import mention_keys, mentions_from, mentions_since
from posts.models import Post, PostEdit
from shared.clock import now
from shared.dynamodb.tables import Found, Key, transaction
from shared.errors import InvalidInput, UploadNotFound
from shared.http.fields import Body, Ulid, text

_KEPT = 180 * 24 * 3600  # seconds that an earlier version is kept
_MOST_TEXTS = 100


class Edit(Body):
    """What of a post is to change; what is not sent stays."""

    caption: Annotated[str, text(0, 2200)] | None = None
    content: Annotated[str, text(0, 2200)] | None = None
    visibility: Visibility | None = None
    comments_disabled: bool | None = None
    who_can_comment: WhoCanComment | None = None
    location: Annotated[str, text(0, 100)] | None = None
    alt_texts: Annotated[
        dict[Ulid, Annotated[str, text(0, 1000)]], Field(max_length=_MOST_TEXTS)
    ] = Field(default_factory=dict)

    @property
    def words(self) -> str | None:
        """The new caption, whatever it was called."""
        return self.content if self.caption is None else self.caption

    def check(self) -> None:
        """Raise `InvalidInput` for a caption beyond the configured limits."""
        check_words(self.words or "")

    @property
    def keys(self) -> list[Key]:
        """What `changes_of` needs, to be read with the post."""
        return mention_keys(self.words or "")


def changes_of(post: Post, edit: Edit, found: Found, moment: str) -> dict[str, Any]:
    """The attributes that the edit changes, with their new values."""
    words = edit.words
    if words == "" and not post.media:
        raise InvalidInput(("caption", "A post without media has a text."))
    wanted: dict[str, Any] = {}
    if words is not None and words != post.caption:
        wanted["caption"] = words
        wanted["mentions"] = mentions_since(mentions_from(found, words), post.mentions, moment)
    if edit.visibility is not None:
        wanted["visibility"] = edit.visibility
    wanted |= settings(edit.comments_disabled, edit.who_can_comment)
    if edit.location is not None:
        wanted["location"] = edit.location or None
    if edit.alt_texts:
        wanted["media"] = _with_texts(post.media, edit.alt_texts)
    return {name: value for name, value in wanted.items() if getattr(post, name) != value}


def save(post: Post, changes: Mapping[str, Any], moment: str) -> None:
    """Change the post, which must be as it was read (else `ConditionFailed`), and keep how it
    was."""
    attributes = Post.get_attributes()
    actions = [
        attributes[name].remove() if value is None else attributes[name].set(value)
        for name, value in changes.items()
    ]
    with transaction() as write:
        write.update(
            Post(post.post_id),
            *actions,
            Post.revision.set(post.revision + 1),
            Post.edited_at.set(moment),
            Post.updated_at.set(moment),
            condition=(Post.revision == post.revision) & Post.deleted_at.does_not_exist(),
        )
        write.put(_before(post, changes, moment), PostEdit.is_new())
    for name, value in changes.items():
        setattr(post, name, value)
    post.edited_at = post.updated_at = moment


def _before(post: Post, changes: Mapping[str, Any], moment: str) -> PostEdit:
    before = {name: getattr(post, name) for name in changes if name not in ("mentions", "media")}
    if "media" in changes:
        before["alt_texts"] = {each["upload_id"]: each["alt_text"] for each in post.media}
    return PostEdit(
        post.post_id,
        f"{post.revision:08}",
        before=before,
        edited_at=moment,
        expires_at=int(now()) + _KEPT,
    )


def _with_texts(media: list[dict[str, Any]], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    if not texts.keys() <= {each["upload_id"] for each in media}:
        raise UploadNotFound
    return [
        {**each, "alt_text": texts[each["upload_id"]] or None, "alt_text_by": "author"}
        if each["upload_id"] in texts
        else each
        for each in media
    ]
