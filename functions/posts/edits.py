"""Editing a post: what changes, and the record of its state before."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from posts.bodies import Visibility
from posts.comment_permissions import WhoCanComment, comment_settings
from posts.mentions import check_caption, mention_keys, mentions_since, people_named_since
from posts.models import Post, PostEdit
from shared.clock import now
from shared.dynamodb.tables import Found, Key, transaction
from shared.errors import InvalidInput, UploadNotFound
from shared.http.fields import Body, Ulid, text

_KEPT_FOR = 180 * 24 * 3600  # seconds that an earlier version is kept
_MOST_ALT_TEXTS = 100
_FOLLOWING = ("mentions", "mention_names", "media")  # from the caption and the texts


class Edit(Body):
    """The changes of a post; what is not sent stays as it is."""

    caption: Annotated[str, text(0, 2200)] | None = None
    content: Annotated[str, text(0, 2200)] | None = None
    visibility: Visibility | None = None
    comments_disabled: bool | None = None
    who_can_comment: WhoCanComment | None = None
    location: Annotated[str, text(0, 100)] | None = None
    alt_texts: Annotated[
        dict[Ulid, Annotated[str, text(0, 1000)]], Field(max_length=_MOST_ALT_TEXTS)
    ] = Field(default_factory=dict)

    @property
    def caption_text(self) -> str | None:
        """The new caption, by whichever name it was sent."""
        return self.content if self.caption is None else self.caption

    def check(self) -> None:
        """Raise `InvalidInput` for a caption beyond the configured limits."""
        check_caption(self.caption_text or "")

    @property
    def keys(self) -> list[Key]:
        """The keys that `changes_of` needs, to be read with the post."""
        return mention_keys(self.caption_text or "")


def changes_of(post: Post, edit: Edit, found: Found, moment: str) -> dict[str, Any]:
    """The attributes that the edit changes, with their new values."""
    caption = edit.caption_text
    if caption == "" and not post.media:
        raise InvalidInput(("caption", "A post without media needs a text."))
    values: dict[str, Any] = {}
    if caption is not None and caption != post.caption:
        values["caption"] = caption
        people = people_named_since(found, caption, post)
        values["mentions"] = mentions_since(people.values(), post.mentions, moment)
        values["mention_names"] = people
    if edit.visibility is not None:
        values["visibility"] = edit.visibility
    values |= comment_settings(edit.comments_disabled, edit.who_can_comment)
    if edit.location is not None:
        values["location"] = edit.location or None
    if edit.alt_texts:
        values["media"] = _with_alt_texts(post.media, edit.alt_texts)
    return {name: value for name, value in values.items() if getattr(post, name) != value}


def save(post: Post, changes: Mapping[str, Any], moment: str) -> None:
    """Change the post and record its state before; raise `ConditionFailed` if it changed since it
    was read."""
    attributes = Post.get_attributes()
    actions = [
        attributes[name].remove() if value is None else attributes[name].set(value)
        for name, value in changes.items()
    ]
    is_edited = _is_read_differently(post, changes)
    if is_edited:
        actions.append(Post.edited_at.set(moment))
    with transaction() as write:
        write.update(
            Post(post.post_id),
            *actions,
            Post.revision.set(post.revision + 1),
            Post.updated_at.set(moment),
            condition=(Post.revision == post.revision) & Post.deleted_at.does_not_exist(),
        )
        write.put(_before(post, changes, moment), PostEdit.is_new())
    for name, value in changes.items():
        setattr(post, name, value)
    post.updated_at = moment
    if is_edited:
        post.edited_at = moment


def _is_read_differently(post: Post, changes: Mapping[str, Any]) -> bool:
    """Whether readers see another text: a change of the audience alone is not shown as an edit."""
    texts = [each["alt_text"] or "" for each in post.media]
    new_texts = [each["alt_text"] or "" for each in changes.get("media", post.media)]
    return "caption" in changes or "location" in changes or new_texts != texts


def _before(post: Post, changes: Mapping[str, Any], moment: str) -> PostEdit:
    before = {name: getattr(post, name) for name in changes if name not in _FOLLOWING}
    if "media" in changes:
        before["alt_texts"] = {each["upload_id"]: each["alt_text"] for each in post.media}
    return PostEdit(
        post.post_id,
        f"{post.revision:08}",
        before=before,
        edited_at=moment,
        expires_at=int(now()) + _KEPT_FOR,
    )


def _with_alt_texts(media: list[dict[str, Any]], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    if not texts.keys() <= {each["upload_id"] for each in media}:
        raise UploadNotFound
    return [
        {**each, "alt_text": texts[each["upload_id"]] or None, "alt_text_by": "author"}
        if each["upload_id"] in texts
        else each
        for each in media
    ]
