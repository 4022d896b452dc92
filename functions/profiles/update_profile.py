"""PUT /profile, PATCH /profile, PUT /users/complete-profile: change the caller's profile."""

from typing import Annotated, Any, ClassVar, Literal

from profiles.profile_edits import edit_profile
from profiles.profiles import OwnProfile, own_profile
from shared.errors import InvalidInput
from shared.http.endpoint import endpoint
from shared.http.fields import Body, DateOfBirth, Name, Ulid, Username, text
from shared.http.requests import Request

app = endpoint("profiles")

_COMPLETE = ("username", "date_of_birth", "gender")
_PICTURE = ("profile_picture_url", "upload_id")


class ProfileEdit(Body):
    """The fields to change; missing and null ones stay, but null removes the picture."""

    clears: ClassVar[frozenset[str]] = frozenset(_PICTURE)

    name: Name | None = None
    username: Username | None = None
    bio: Annotated[str, text(0, 150)] | None = None
    gender: Literal["male", "female", "other", "undisclosed"] | None = None
    date_of_birth: DateOfBirth | None = None
    profile_picture_url: Annotated[str, text(1, 4096)] | None = None
    upload_id: Ulid | None = None

    @property
    def values(self) -> dict[str, Any]:
        """New values by the account's attributes."""
        return self.model_dump(mode="json", exclude=set(_PICTURE), exclude_none=True)

    @property
    def has_picture(self) -> bool:
        """Whether the picture changes."""
        return any(name in self.model_fields_set for name in _PICTURE)

    @property
    def picture(self) -> str | None:
        """The new picture's upload; None removes the picture."""
        sent = next(name for name in _PICTURE if name in self.model_fields_set)
        value: str | None = getattr(self, sent)
        return value


@app.serve(
    "PUT /profile",
    also=("PATCH /profile", "PUT /users/complete-profile"),
    body=ProfileEdit,
    answer=OwnProfile,
)
def update_profile(request: Request[ProfileEdit]) -> OwnProfile:
    """Change the caller's profile."""
    edit = request.body
    if request.route.path == "/users/complete-profile":
        missing = [name for name in _COMPLETE if name not in edit.values]
        if missing:
            raise InvalidInput(*((name, "A complete profile requires this.") for name in missing))
    return own_profile(edit_profile(request.caller.user_id, edit), request.caller)
