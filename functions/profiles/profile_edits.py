"""Profile edits: change the account, the claim on its username and the picture's upload in one
transaction."""

from typing import Any, Protocol

from media.public import (
    Upload,
    find_uploads,
    release_avatar,
    stored_media,
    take_as_avatar,
    upload_id_of,
)
from shared.clock import timestamp
from shared.dynamodb.tables import Transaction, retry_lost_races, transaction
from shared.errors import (
    DateOfBirthSet,
    InvalidInput,
    UploadNotFound,
    UploadNotReady,
    UserNotFound,
)
from users.public import User, change_claimed_username, find_user

_TRIES = 8
# Attributes that are changed only if they still have the value that was read.
_GUARDED = ("username", "date_of_birth", "picture_key")


class _Outdated(Exception):
    """The account or an upload has changed since it was read."""


class Edit(Protocol):
    """The changes to a profile."""

    @property
    def values(self) -> dict[str, Any]:
        """New values by the account's attributes."""

    @property
    def has_picture(self) -> bool:
        """Whether the picture changes."""

    @property
    def picture(self) -> str | None:
        """The new picture's upload, by its id or one of its URLs; None removes the picture."""


def edit_profile(user_id: str, edit: Edit) -> User:
    """Change a profile and return the changed account.

    Raises `UsernameTaken`, `DateOfBirthSet`, `UploadNotFound`, `UploadNotReady` or `InvalidInput`.
    """

    def read_and_edit() -> User:
        user = find_user(user_id, consistent=True)
        if user is None:
            raise UserNotFound
        return _edit(user, edit)

    return retry_lost_races(read_and_edit, lost=_Outdated, tries=_TRIES)


def _edit(user: User, edit: Edit) -> User:
    picture = _Picture(user, edit)
    values = {
        name: value
        for name, value in {**edit.values, **picture.values}.items()
        if value != getattr(user, name)
    }
    if "date_of_birth" in values and user.date_of_birth:
        raise DateOfBirthSet
    if not values:
        return user
    values["updated_at"] = timestamp()
    with transaction() as write:
        _update(write, user, values)
        if "username" in values:
            change_claimed_username(write, user, values["username"])
        if "picture_key" in values:
            picture.swap(write)
    for name, value in values.items():
        setattr(user, name, value)
    return user


def _update(write: Transaction, user: User, values: dict[str, Any]) -> None:
    condition = User.is_there()
    actions = []
    for name, value in values.items():
        attribute, before = getattr(User, name), getattr(user, name)
        actions.append(attribute.remove() if value is None else attribute.set(value))
        if name in _GUARDED:
            is_same = attribute == before if before is not None else attribute.does_not_exist()
            condition &= is_same
    write.update(User(user.user_id), *actions, condition=condition, otherwise=_Outdated())


class _Picture:
    """The uploads of the new picture and of the replaced one."""

    def __init__(self, user: User, edit: Edit) -> None:
        self.new: Upload | None = None
        self.old: Upload | None = None
        self.values: dict[str, str | None] = {}
        if not edit.has_picture:
            return
        new_id = upload_id_of(edit.picture) if edit.picture else None
        old_id = upload_id_of(user.picture_key) if user.picture_key else None
        found = find_uploads([each for each in (new_id, old_id) if each], user.user_id)
        self.old = found.get(old_id or "")
        if edit.picture:
            self.new = found.get(new_id or "")
            self.values = {"picture_key": _key_of(self.new)}
        else:
            self.values = {"picture_key": None}

    def swap(self, write: Transaction) -> None:
        """Take the new upload into use and release the old one."""
        if self.new:
            take_as_avatar(write, self.new, _Outdated())
        if self.old and self.old.avatar_of:
            release_avatar(write, self.old, _Outdated())


def _key_of(upload: Upload | None) -> str:
    """The object to show: the small variant, because pictures appear next to everything."""
    if upload is None:
        raise UploadNotFound
    if upload.kind != "image":
        raise InvalidInput(("profile_picture_url", "A profile picture must be an image."))
    if upload.status != "ready":
        raise UploadNotReady
    stored = stored_media(upload)
    return stored["variants"].get("320", stored["original"])
