"""Shape Preferences of docs/api.md."""

from typing import TypedDict

from notifications.types import SWITCHES
from users.public import User


class PreferencesShape(TypedDict):
    """Shape Preferences."""

    push_enabled: bool
    email_enabled: bool
    newsletter: bool
    types: dict[str, bool]


def preferences_shape(user: User) -> PreferencesShape:
    """Shape Preferences of an account."""
    muted = set(user.muted_types)
    return {
        "push_enabled": user.push_enabled,
        "email_enabled": user.email_enabled,
        "newsletter": user.newsletter,
        "types": {name: name not in muted for name in SWITCHES},
    }
