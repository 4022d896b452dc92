"""The uploads that a new post shows: found, checked, and attached in the post's transaction."""

from dataclasses import dataclass
from typing import Any

from media.public import (
    Upload,
    attach,
    find_uploads,
    is_longer,
    stored_media,
    upload_id_of,
)
from posts.bodies import Item, NewPost
from shared.config import config
from shared.dynamodb.tables import Transaction
from shared.errors import InvalidInput, UploadNotFound, UploadNotReady


class UploadChanged(Exception):
    """An upload is not as it was read a moment ago: its video became ready, or it is gone."""


@dataclass(frozen=True, slots=True)
class Attachments:
    """A post's media in their order, and its own thumbnail if it has one."""

    items: list[tuple[Upload, str | None]]  # with the alt text
    thumbnail: Upload | None

    @property
    def media(self) -> list[dict[str, Any]]:
        """What the post keeps of them."""
        return [_kept(upload, alt_text) for upload, alt_text in self.items]

    @property
    def thumbnail_key(self) -> str | None:
        """The object that stands for the post."""
        if self.thumbnail is None:
            return None
        stored = stored_media(self.thumbnail)
        key: str = stored["variants"].get("640", stored["original"])
        return key

    @property
    def status(self) -> str:
        """The status that the post begins with."""
        return status_of(self.media)

    def add_to(self, write: Transaction, post_id: str) -> None:
        """Let `write` attach them; sending it raises `UploadChanged` if one is not as it was
        read."""
        uploads = [upload for upload, _ in self.items]
        if self.thumbnail is not None:
            uploads.append(self.thumbnail)
        for upload in {each.upload_id: each for each in uploads}.values():
            attach(write, upload, post_id, otherwise=UploadChanged())


def find_attachments(body: NewPost, owner_id: str) -> Attachments:
    """The uploads that `body` names, if they are the owner's and fit to be shown.

    Raises `UploadNotFound`, `UploadNotReady` or `InvalidInput`.
    """
    ids = [_upload_id(item) for item in body.items]
    if len(set(ids)) < len(ids):
        raise InvalidInput(("media", "Each upload once."))
    thumbnail_id = _upload_id(body.thumbnail) if body.thumbnail else None
    wanted = [*ids, thumbnail_id] if thumbnail_id else ids
    uploads = find_uploads(wanted, owner_id) if wanted else {}
    if any(upload_id not in uploads for upload_id in wanted):
        raise UploadNotFound
    found = [uploads[upload_id] for upload_id in ids]
    if body.is_reel:
        _check_reel(found)
    for upload in found:
        # The upload of a reel may still be in the making, unless another post waits for it.
        is_awaited = body.is_reel and upload.status == "processing" and upload.post_id is None
        if upload.status != "ready" and not is_awaited:
            raise UploadNotReady
    thumbnail = uploads[thumbnail_id] if thumbnail_id else None
    if thumbnail is not None:
        _check_thumbnail(thumbnail)
    texts = [item.alt_text for item in body.items]
    return Attachments(list(zip(found, texts, strict=True)), thumbnail)


def brought_attachments(upload_ids: list[str], owner_id: str) -> Attachments:
    """The uploads that came with the post itself, whatever has become of them until now."""
    uploads = find_uploads(upload_ids, owner_id)
    if any(upload_id not in uploads for upload_id in upload_ids):
        raise UploadNotFound
    return Attachments([(uploads[upload_id], None) for upload_id in upload_ids], None)


def status_of(media: list[dict[str, Any]]) -> str:
    """The status of a post with these media: `failed` if one failed, `ready` if all are."""
    statuses = {each["status"] for each in media}
    if "failed" in statuses:
        return "failed"
    return "ready" if statuses <= {"ready"} else "processing"


def is_too_long(stored: dict[str, Any]) -> bool:
    """Whether a video is longer than a reel may be."""
    return is_longer(stored["duration"] or 0, config.limit("MaxReelSeconds"))


def _kept(upload: Upload, alt_text: str | None) -> dict[str, Any]:
    """What a post keeps of an upload. An empty text is its author's word: none is put there."""
    kept = dict(stored_media(upload, alt_text))
    return {**kept, "alt_text": None, "alt_text_by": "author"} if alt_text == "" else kept


def _upload_id(item: Item) -> str:
    upload_id = item.upload_id or upload_id_of(item.media_url or "")
    if upload_id is None:
        raise UploadNotFound
    return upload_id


def _check_reel(uploads: list[Upload]) -> None:
    if len(uploads) != 1 or uploads[0].kind != "video":
        raise InvalidInput(("is_reel", "A reel is exactly one video."))
    if uploads[0].status == "ready" and is_too_long(dict(stored_media(uploads[0]))):
        longest = config.limit("MaxReelSeconds")
        raise InvalidInput(("is_reel", f"A reel has at most {longest} seconds."))


def _check_thumbnail(upload: Upload) -> None:
    if upload.kind != "image":
        raise InvalidInput(("thumbnail_url", "A thumbnail is an image."))
    if upload.status != "ready":
        raise UploadNotReady
