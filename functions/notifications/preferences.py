"""Shape Preferences of docs/api.md."""

from typing import TypedDict

from notifications.types import SWITCHES
from shared.translations import Language
from users.public import User, language_of


class PreferencesShape(TypedDict):
    """Shape Preferences."""

    push_enabled: bool
    email_enabled: bool
    newsletter: bool
    language: Language
    types: dict[str, bool]


def preferences_shape(user: User) -> PreferencesShape:
    """Shape Preferences of an account."""
    muted = set(user.muted_types)
    return {
        "push_enabled": user.push_enabled,
        "email_enabled": user.email_enabled,
        "newsletter": user.newsletter,
        "language": language_of(user),
        "types": {name: name not in muted for name in SWITCHES},
    }
