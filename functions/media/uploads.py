"""Finding people's own uploads, and attaching them to what shows them."""

from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from pynamodb.expressions.update import Action

from media.models import StoredMedia, Upload
from shared.clock import now, timestamp
from shared.dynamodb.tables import ConditionFailed, Transaction, conditions, read_items
from shared.errors import UploadInUse, UploadNotFound
from shared.ids import is_id, new_id

_UNUSED_LIFE = 24 * 3600  # seconds
_MOST_POSTS = 100  # that may show one upload


class UploadIsMoving(Exception):
    """An upload changes hands at this moment; try again."""


def find_upload(upload_id: str, owner_id: str) -> Upload:
    """The owner's upload; raises `UploadNotFound`, also for another person's."""
    found = find_uploads([upload_id], owner_id)
    if upload_id not in found:
        raise UploadNotFound
    return found[upload_id]


def find_uploads(upload_ids: Iterable[str], owner_id: str) -> dict[str, Upload]:
    """Those of the uploads that are the owner's and have not expired, by id."""
    keys = [(Upload, upload_id) for upload_id in upload_ids if is_id(upload_id)]
    found = read_items(keys, consistent=True)
    return {
        upload.upload_id: upload
        for upload in found.of(Upload)
        if upload.owner_id == owner_id and not has_expired(upload)
    }


def has_expired(upload: Upload) -> bool:
    """Whether an upload's time is over, though it may still be there: TTL sweeps late."""
    return bool(upload.expires_at and upload.expires_at <= now())


def new_upload(
    owner_id: str,
    content_type: str,
    kind: str,
    purpose: str = "post",
    size: int | None = None,
    alt_text: str | None = None,
) -> Upload:
    """An upload whose bytes are awaited: an `image` or a `video`."""
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
        expires_at=int(now()) + _UNUSED_LIFE,
    )


def upload_id_of(text: str) -> str | None:
    """The upload that `text` names: its id, its `media_url`, or a signed URL of one of its files.

    Keys are `uploads/<kind>/<owner>/<upload_id>` and `media/<upload_id>/<file>`.
    """
    if is_id(text):
        return text
    try:
        path = unquote(urlsplit(text).path)
    except ValueError:  # "http://[" is no address
        return None
    return next((part for part in reversed(path.split("/")) if is_id(part)), None)


def stored_media(upload: Upload, alt_text: str | None = None) -> StoredMedia:
    """What a post or message keeps of an upload: of one in the making, the file as it came."""
    shown_text = alt_text or upload.alt_text or None
    if upload.status == "ready" and upload.media:
        ready: StoredMedia = upload.media
        return {**ready, "alt_text": shown_text}
    return {
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


def attach(
    write: Transaction, upload: Upload, post_id: str, otherwise: Exception | None = None
) -> None:
    """Let a post's own transaction take the upload into use, so that it does not expire, and so
    that `media.ready` names the post. The upload must be as it was read, else `otherwise`; raises
    `UploadInUse` where too many posts show it already."""
    if len(upload.post_ids or ()) >= _MOST_POSTS:
        raise UploadInUse
    unchanged = (Upload.owner_id == upload.owner_id) & (Upload.status == upload.status)
    if upload.status != "ready":
        unchanged &= Upload.post_id.does_not_exist()
    write.update(
        Upload(upload.upload_id),
        Upload.post_id.set(Upload.post_id | post_id),
        Upload.post_ids.add({post_id}),
        Upload.expires_at.remove(),
        condition=unchanged,
        otherwise=otherwise,
    )


def give_back(upload_id: str, post_id: str) -> None:
    """Let go of an upload that a post showed which is gone for good. What nothing shows any more
    is deleted, and its files behind it. Again changes nothing. Raises `UploadIsMoving` when it
    cannot tell, because a profile takes the upload or gives it back at the same time."""
    is_shown = Upload.post_ids.contains(post_id)
    with suppress(ConditionFailed):
        Upload(upload_id).change(Upload.post_ids.delete({post_id}), condition=is_shown)
    is_free = Upload.post_id.exists() & Upload.post_ids.does_not_exist()
    is_avatar = Upload.avatar_of.exists()
    with suppress(ConditionFailed), conditions():
        Upload(upload_id).delete(condition=is_free & ~is_avatar)
        return
    with suppress(ConditionFailed):
        Upload(upload_id).change(Upload.post_id.remove(), condition=is_free & is_avatar)
        return
    left = Upload.find(upload_id, consistent=True)
    if left and left.post_id and not left.post_ids:
        raise UploadIsMoving


def take_as_avatar(write: Transaction, upload: Upload, otherwise: Exception) -> None:
    """Let the transaction that changes its owner's profile take a ready upload into use. The upload
    must be as it was read, else `otherwise`."""
    write.update(
        Upload(upload.upload_id),
        Upload.avatar_of.set(upload.owner_id),
        Upload.expires_at.remove(),
        condition=(Upload.owner_id == upload.owner_id) & (Upload.status == upload.status),
        otherwise=otherwise,
    )


def give_back_avatar(write: Transaction, upload: Upload, otherwise: Exception) -> None:
    """Let the transaction that takes a picture off its owner's profile give the upload back: unless
    a post shows it, its files go a day later, when nobody holds a URL of them any more."""
    is_avatar = Upload.avatar_of == upload.owner_id
    actions: list[Action] = [Upload.avatar_of.remove()]
    if upload.post_id:
        condition = is_avatar & Upload.post_id.exists()
    else:
        condition = is_avatar & Upload.post_id.does_not_exist()
        actions.append(Upload.expires_at.set(int(now()) + _UNUSED_LIFE))
    write.update(Upload(upload.upload_id), *actions, condition=condition, otherwise=otherwise)
