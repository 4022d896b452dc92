"""Uploads as pictures: the owner's profile picture, or the picture of a group."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from media.models import Upload
from media.uploads import UNUSED_LIFE
from shared.clock import now
from shared.dynamodb.tables import Transaction
from shared.errors import UploadInUse


def take_as_avatar(write: Transaction, upload: Upload, otherwise: Exception) -> None:
    """Make a ready upload its owner's profile picture, in the transaction that changes the profile.
    The upload must be as it was read, else the transaction raises `otherwise`."""
    _take(write, upload, Upload.avatar_of.set(upload.owner_id), otherwise)


def release_avatar(write: Transaction, upload: Upload, otherwise: Exception) -> None:
    """Release the upload in the transaction that removes the picture from its owner's profile.
    Unless something else shows it, it expires a day later, when all URLs of its files have
    expired."""
    is_avatar = (Upload.avatar_of == upload.owner_id) & _same(Upload.group_of, upload.group_of)
    is_shown = bool(upload.group_of)
    _release(write, upload, Upload.avatar_of.remove(), is_avatar, is_shown, otherwise)


def take_for_group(
    write: Transaction, upload: Upload, conversation_id: str, otherwise: Exception
) -> None:
    """Make a ready upload the picture of a group, in the transaction that changes the group; as
    `take_as_avatar`. Raises `UploadInUse` if it is the picture of another group."""
    if upload.group_of:
        raise UploadInUse
    is_free = Upload.group_of.does_not_exist()
    _take(write, upload, Upload.group_of.set(conversation_id), otherwise, is_free)


def release_from_group(
    write: Transaction, upload: Upload, conversation_id: str, otherwise: Exception
) -> None:
    """Release the upload in the transaction that removes the picture from a group; as
    `release_avatar`."""
    is_picture = (Upload.group_of == conversation_id) & _same(Upload.avatar_of, upload.avatar_of)
    is_shown = bool(upload.avatar_of)
    _release(write, upload, Upload.group_of.remove(), is_picture, is_shown, otherwise)


def _take(
    write: Transaction,
    upload: Upload,
    use: Action,
    otherwise: Exception,
    is_free: Condition | None = None,
) -> None:
    unchanged = (Upload.owner_id == upload.owner_id) & (Upload.status == upload.status)
    write.update(
        Upload(upload.upload_id),
        use,
        Upload.expires_at.remove(),
        condition=unchanged if is_free is None else unchanged & is_free,
        otherwise=otherwise,
    )


def _release(
    write: Transaction,
    upload: Upload,
    end: Action,
    condition: Condition,
    is_shown: bool,
    otherwise: Exception,
) -> None:
    actions = [end]
    if upload.post_id:
        condition &= Upload.post_id.exists()
    else:
        condition &= Upload.post_id.does_not_exist()
        if not is_shown:
            actions.append(Upload.expires_at.set(int(now()) + UNUSED_LIFE))
    write.update(Upload(upload.upload_id), *actions, condition=condition, otherwise=otherwise)


def _same(attribute: UnicodeAttribute, value: str | None) -> Condition:
    return attribute == value if value else attribute.does_not_exist()
