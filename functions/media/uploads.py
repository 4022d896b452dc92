"""Finding people's own uploads, and attaching them to what shows them."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from media.models import StoredMedia, Upload
from shared.clock import now
from shared.errors import UploadNotFound
from shared.ids import is_id
from shared.tables import Transaction, read_items


def find_upload(upload_id: str, owner_id: str) -> Upload:
    """The owner's upload; raises `UploadNotFound`, also for another person's."""
    found = find_uploads([upload_id], owner_id)
    if upload_id not in found:
        raise UploadNotFound
    return found[upload_id]


def find_uploads(upload_ids: Iterable[str], owner_id: str) -> dict[str, Upload]:
    """Those of the uploads that are the owner's and have not expired, by id."""
    keys = [(Upload, upload_id) for upload_id in upload_ids if is_id(upload_id)]
    found = read_items(keys, consistent=True) if keys else {}
    return {
        upload.upload_id: upload
        for upload in found.values()
        if upload.owner_id == owner_id and not (upload.expires_at and upload.expires_at <= now())
    }


def upload_id_of(text: str) -> str | None:
    """The upload that `text` names: its id, its `media_url`, or a signed URL of one of its files.

    Keys are `uploads/<kind>/<owner>/<upload_id>` and `media/<upload_id>/<file>`.
    """
    if is_id(text):
        return text
    path = unquote(urlsplit(text).path)
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
    that `media.ready` names the post. The upload must be as it was read, else `otherwise`."""
    unchanged = (Upload.owner_id == upload.owner_id) & (Upload.status == upload.status)
    if upload.status != "ready":
        unchanged &= Upload.post_id.does_not_exist()
    write.update(
        Upload(upload.upload_id),
        Upload.post_id.set(Upload.post_id | post_id),
        Upload.expires_at.remove(),
        condition=unchanged,
        otherwise=otherwise,
    )
