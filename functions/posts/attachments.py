"""The uploads of a new post: found, checked, and attached in the post's transaction."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from media.public import (
    Upload,
    attach,
    can_be_shown,
    find_uploads,
    is_longer,
    stored_media,
    upload_id_of,
)
from shared.config import config
from shared.dynamodb.tables import Transaction
from shared.errors import InvalidInput, UploadNotFound, UploadNotReady

if TYPE_CHECKING:
    from posts.bodies import Item, NewPost


class UploadChanged(Exception):
    """An upload changed after it was read: its file came or became ready, or it was deleted."""


@dataclass(frozen=True, slots=True)
class Attachments:
    """A post's media in order, and its own thumbnail if it has one."""

    items: list[tuple[Upload, str | None]]  # with the alt text
    thumbnail: Upload | None

    @property
    def media(self) -> list[dict[str, Any]]:
        """The media as the post stores them."""
        return [_stored(upload, alt_text) for upload, alt_text in self.items]

    @property
    def thumbnail_key(self) -> str | None:
        """The object that the post shows as its thumbnail, or will show when it is ready."""
        return thumbnail_of(dict(stored_media(self.thumbnail))) if self.thumbnail else None

    @property
    def status(self) -> str:
        """The status of the new post."""
        awaits_thumbnail = self.thumbnail is not None and self.thumbnail.status != "ready"
        return status_of(self.media, awaits_thumbnail)

    def add_to(self, write: Transaction, post_id: str) -> None:
        """Attach the uploads in the transaction `write`, which raises `UploadChanged` if one of
        them changed after it was read."""
        uploads = [upload for upload, _ in self.items]
        if self.thumbnail is not None:
            uploads.append(self.thumbnail)
        for upload in {each.upload_id: each for each in uploads}.values():
            attach(write, upload, post_id, otherwise=UploadChanged())


def find_attachments(body: "NewPost", owner_id: str) -> Attachments:
    """The uploads that `body` names, if they belong to the owner and can be shown.

    Raises `UploadNotFound`, `UploadNotReady` or `InvalidInput`.
    """
    ids = [_upload_id(item) for item in body.items]
    if len(set(ids)) < len(ids):
        raise InvalidInput(("media", "An upload can be used only once in a post."))
    thumbnail_id = _upload_id(body.thumbnail) if body.thumbnail else None
    all_ids = [*ids, thumbnail_id] if thumbnail_id else ids
    found = find_uploads(all_ids, owner_id) if all_ids else {}
    if any(upload_id not in found for upload_id in all_ids):
        raise UploadNotFound
    uploads = [found[upload_id] for upload_id in ids]
    if body.is_reel:
        _check_reel(uploads)
    thumbnail = found[thumbnail_id] if thumbnail_id else None
    if thumbnail is not None and thumbnail.kind != "image":
        raise InvalidInput(("thumbnail_url", "A thumbnail must be an image."))
    if not all(can_be_shown(upload) for upload in found.values()):
        raise UploadNotReady
    texts = [item.alt_text for item in body.items]
    return Attachments(list(zip(uploads, texts, strict=True)), thumbnail)


def form_attachments(upload_ids: list[str], owner_id: str) -> Attachments:
    """The uploads whose files were sent in the post's form, whatever their status is by now."""
    found = find_uploads(upload_ids, owner_id)
    if any(upload_id not in found for upload_id in upload_ids):
        raise UploadNotFound
    return Attachments([(found[upload_id], None) for upload_id in upload_ids], None)


def status_of(media: list[dict[str, Any]], awaits_thumbnail: bool = False) -> str:
    """The status of a post with these media: `failed` if one failed, `ready` if all are."""
    statuses = {each["status"] for each in media}
    if "failed" in statuses:
        return "failed"
    return "ready" if statuses <= {"ready"} and not awaits_thumbnail else "processing"


def thumbnail_of(stored: dict[str, Any]) -> str:
    """The object of an image that a post shows as its thumbnail."""
    key: str = stored["variants"].get("640", stored["original"])
    return key


def length_error(stored: dict[str, Any]) -> str | None:
    """What to say about a video that is longer than a reel may be; None for any other."""
    longest = config.limits.max_reel_seconds
    if is_longer(stored["duration"] or 0, longest):
        return f"A reel can be at most {longest} seconds long."
    return None


def _stored(upload: Upload, alt_text: str | None) -> dict[str, Any]:
    """An upload as a post stores it. An empty text is the author's choice: no model fills it in."""
    stored = dict(stored_media(upload, alt_text))
    return {**stored, "alt_text": None, "alt_text_by": "author"} if alt_text == "" else stored


def _upload_id(item: "Item") -> str:
    upload_id = item.upload_id or upload_id_of(item.media_url or "")
    if upload_id is None:
        raise UploadNotFound
    return upload_id


def _check_reel(uploads: list[Upload]) -> None:
    if len(uploads) != 1 or uploads[0].kind != "video":
        raise InvalidInput(("is_reel", "A reel has exactly one video."))
    if error := length_error(dict(stored_media(uploads[0]))):
        raise InvalidInput(("is_reel", error))
