"""The picture of a group: an upload of one of its members, in use as long as it is shown."""

from chat.models import Picture
from media.public import (
    Upload,
    find_uploads,
    release_from_group,
    stored_media,
    take_for_group,
    upload_id_of,
)
from shared.dynamodb.tables import ConditionFailed, Transaction
from shared.errors import InvalidInput, UploadNotFound, UploadNotReady


def find_picture(given: str, user_id: str) -> tuple[Picture, Upload]:
    """The picture that this user's upload makes, and the upload, named by its id or a URL.

    Raises `UploadNotFound`, `UploadNotReady` or, unless it is an image that was uploaded for a
    group, `InvalidInput`.
    """
    upload_id = upload_id_of(given) or ""
    upload = find_uploads([upload_id], user_id).get(upload_id)
    if upload is None:
        raise UploadNotFound
    if upload.kind != "image" or upload.purpose != "group":
        raise InvalidInput(("group_image_url", "Use an image that was uploaded for a group."))
    if upload.status != "ready":
        raise UploadNotReady
    stored = stored_media(upload)
    key = stored["variants"].get("320", stored["original"])
    return {"upload_id": upload_id, "owner_id": user_id, "key": key}, upload


def take(write: Transaction, upload: Upload, conversation_id: str) -> None:
    """Take the upload into use in the transaction that shows it. Sending `write` raises
    `ConditionFailed` if the upload has changed; raises `UploadInUse`."""
    take_for_group(write, upload, conversation_id, ConditionFailed())


def release(write: Transaction, picture: Picture | None, conversation_id: str) -> None:
    """Release a picture in the transaction after which the group does not show it, if its upload
    still exists. Sending `write` raises `ConditionFailed` if the upload has changed."""
    if picture is None:
        return
    found = find_uploads([picture["upload_id"]], picture["owner_id"])
    upload = found.get(picture["upload_id"])
    if upload and upload.group_of == conversation_id:
        release_from_group(write, upload, conversation_id, ConditionFailed())
