"""Uploads: creating and finding them, and attaching them to posts."""

from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from pynamodb.expressions.update import Action

from media.models import StoredMedia, Upload
from shared.clock import now, timestamp
from shared.dynamodb.tables import ConditionFailed, Transaction, conditions, read_items
from shared.errors import InvalidInput, UploadInUse, UploadNotFound
from shared.ids import is_id, new_id

UNUSED_LIFE = 24 * 3600  # seconds until an upload that nothing uses expires
_MAX_POSTS = 100  # that may show one upload


class UploadIsChanging(Exception):
    """A profile or a group takes or releases the upload at this moment; try again."""


def find_upload(upload_id: str, owner_id: str) -> Upload:
    """The owner's upload. Raises `UploadNotFound`, also for another user's upload."""
    found = find_uploads([upload_id], owner_id)
    if upload_id not in found:
        raise UploadNotFound
    return found[upload_id]


def find_uploads(upload_ids: Iterable[str], owner_id: str) -> dict[str, Upload]:
    """The uploads that belong to the owner and have not expired, by id."""
    keys = [(Upload, upload_id) for upload_id in upload_ids if is_id(upload_id)]
    found = read_items(keys, consistent=True)
    return {
        upload.upload_id: upload
        for upload in found.of(Upload)
        if upload.owner_id == owner_id and not has_expired(upload)
    }


def has_expired(upload: Upload) -> bool:
    """Whether an upload has expired. It may still exist, because TTL deletes late."""
    return bool(upload.expires_at and upload.expires_at <= now())


def new_upload(
    owner_id: str,
    content_type: str,
    kind: str,
    purpose: str = "post",
    size: int | None = None,
    alt_text: str | None = None,
) -> Upload:
    """A pending upload, whose file is still to come; `kind` is `image` or `video`."""
    upload_id, moment = new_id(), timestamp()
    return Upload(
        upload_id,
        owner_id=owner_id,
        kind=kind,
        purpose=purpose,
        content_type=content_type,
        size=size,
        object_key=f"uploads/{kind}/{owner_id}/{upload_id}",
        alt_text=alt_text,
        created_at=moment,
        updated_at=moment,
        expires_at=int(now()) + UNUSED_LIFE,
    )


def find_named_upload(
    owner_id: str, upload_id: str | None, media_url: str | None, purpose: str
) -> Upload:
    """The owner's upload that a body names by one of both, read consistently.

    Raises `UploadNotFound`, or `InvalidInput` if it was made for another purpose.
    """
    named = upload_id or upload_id_of(media_url or "")
    if named is None:
        raise UploadNotFound
    upload = find_upload(named, owner_id)
    if upload.purpose != purpose:
        raise InvalidInput(("upload_id", f"This upload was not made for a {purpose}."))
    return upload


def can_be_shown(upload: Upload) -> bool:
    """Whether an upload is ready or may become so; only one post or story can wait for it."""
    if upload.status in ("pending", "processing"):
        return upload.post_id is None
    return bool(upload.status == "ready")


def upload_id_of(text: str) -> str | None:
    """The id of the upload that `text` names: an id, a `media_url` or a signed URL of a file.

    Keys are `uploads/<kind>/<owner>/<upload_id>` and `media/<upload_id>/<file>`.
    """
    if is_id(text):
        return text
    try:
        path = unquote(urlsplit(text).path)
    except ValueError:  # "http://[" is not a URL
        return None
    return next((part for part in reversed(path.split("/")) if is_id(part)), None)


def stored_media(upload: Upload, alt_text: str | None = None) -> StoredMedia:
    """What a post or message stores of an upload; while it is processed, the file as uploaded."""
    shown_text = alt_text or upload.alt_text or None
    if upload.status == "ready" and upload.media:
        ready: StoredMedia = upload.media
        return {**ready, "alt_text": shown_text}
    stored: StoredMedia = {
        "upload_id": upload.upload_id,
        "type": upload.kind,
        "status": "failed" if upload.status == "failed" else "processing",
        "original": upload.object_key,
        "variants": {},
        "variants_webp": {},
        "thumbnail": None,
        "preview": None,
        "width": None,
        "height": None,
        "duration": None,
        "blurhash": None,
        "alt_text": shown_text,
    }
    if upload.error_code:
        stored["error"] = {"code": upload.error_code, "error": upload.error or ""}
    return stored


def attach(
    write: Transaction, upload: Upload, post_id: str, otherwise: Exception | None = None
) -> None:
    """Attach the upload to a post in the post's transaction, so that it does not expire and
    `media.ready` names the post. An upload without its file fails when it would have expired. The
    upload must be as it was read, else the transaction raises `otherwise`. Raises `UploadInUse` if
    100 posts show it already."""
    if len(upload.post_ids or ()) >= _MAX_POSTS:
        raise UploadInUse
    unchanged = (Upload.owner_id == upload.owner_id) & (Upload.status == upload.status)
    if upload.status != "ready":
        unchanged &= Upload.post_id.does_not_exist()
    actions: list[Action] = [
        Upload.post_id.set(Upload.post_id | post_id),
        Upload.post_ids.add({post_id}),
        Upload.expires_at.remove(),
    ]
    if upload.status == "pending":
        actions.append(Upload.awaited_until.set(upload.expires_at))
    write.update(
        Upload(upload.upload_id),
        *actions,
        condition=unchanged,
        otherwise=otherwise,
    )


def take_away(write: Transaction, upload: Upload) -> None:
    """Delete an upload that nothing shows, in the transaction that keeps what it was made for; the
    stream removes its files. `write.send()` raises `UploadInUse`, or `UploadNotFound` if it is
    gone."""
    write.delete(
        upload,
        condition=Upload.post_id.does_not_exist() & Upload.expires_at.exists(),
        otherwise=lambda found: UploadInUse() if found else UploadNotFound(),
    )


def detach(upload_id: str, post_id: str) -> None:
    """Detach an upload from a purged post. An upload that nothing else shows is deleted, and the
    stream removes its files. Idempotent. Raises `UploadIsChanging` if a profile or a group takes or
    releases the upload at the same time, so that its use is undecided."""
    is_shown = Upload.post_ids.contains(post_id)
    with suppress(ConditionFailed):
        Upload(upload_id).change(Upload.post_ids.delete({post_id}), condition=is_shown)
    is_free = Upload.post_id.exists() & Upload.post_ids.does_not_exist()
    is_picture = Upload.avatar_of.exists() | Upload.group_of.exists()
    with suppress(ConditionFailed), conditions():
        Upload(upload_id).delete(condition=is_free & ~is_picture)
        return
    with suppress(ConditionFailed):
        Upload(upload_id).change(Upload.post_id.remove(), condition=is_free & is_picture)
        return
    upload = Upload.find(upload_id, consistent=True)
    if upload and upload.post_id and not upload.post_ids:
        raise UploadIsChanging
