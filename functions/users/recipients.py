"""Recipients of mails: an account's address, and the language that it is written to in.

The language is the one that the last sign-up or log-in preferred (`Accept-Language`), until the
account chooses one in its settings.
"""

from typing import TypedDict, cast

from pynamodb.expressions.update import Action

from shared.translations import LANGUAGES, Language, preferred
from users.models import User


class Recipient(TypedDict):
    """What `emails.public.send_mail` takes for an account."""

    to: str | None
    language: str
    username: str


def recipient(user: User | None, accept_language: str = "") -> Recipient:
    """Whom to mail; without a user (None) nobody. A request that mails its own caller gives its
    `accept_language`, which goes before the language of the account."""
    return {
        "to": user.email if user else None,
        "language": preferred(accept_language, language_of(user) if user else LANGUAGES[0]),
        "username": user.username if user else "",
    }


def language_of(user: User) -> Language:
    """The language of mails to the account."""
    return cast(Language, user.language or LANGUAGES[0])


def language_changes(user: User, accept_language: str) -> list[Action]:
    """What a log-in with this header changes about the account's language: nothing, or one
    attribute."""
    language = preferred(accept_language, language_of(user))
    if user.is_language_chosen or language == language_of(user):
        return []
    return [User.language.set(language)]
