"""The sentences that people read, in their languages.

English sentences are the keys. Translations are kept in `locale/<language>/LC_MESSAGES/hoshi.po`,
and read from the `.mo` beside it, which `make translations` compiles. What a catalogue lacks is
English. Places are `{name}` in notifications and `%(name)s` in mails, as Jinja writes them.
"""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from gettext import NullTranslations

type Language = Literal["en", "ja", "id"]

LANGUAGES: tuple[Language, ...] = get_args(Language.__value__)
DOMAIN = "hoshi"
FOLDER = Path(__file__).parent / "locale"
_MOST = 500  # characters of Accept-Language that are read
_RANGE = re.compile(
    r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?"
)


def translations(accept_language: str = "") -> "NullTranslations":
    """The sentences in the language that a header Accept-Language prefers among ours; English if
    there is none."""
    return _catalogue(preferred(accept_language))


def preferred(accept_language: str, otherwise: str = LANGUAGES[0]) -> str:
    """The language of ours that the header prefers (RFC 9110, section 12.5.4), or `otherwise`."""
    best, most = otherwise, 0.0
    for each in accept_language[:_MOST].split(","):
        found = _RANGE.fullmatch(each)
        if found and found[1].lower() in LANGUAGES:
            quality = float(found[2] or 1)
            if quality > most:
                best, most = found[1].lower(), quality
    return best


@cache
def _catalogue(language: str) -> "NullTranslations":
    from gettext import translation  # late: most importers speak to no person

    return translation(DOMAIN, FOLDER, [language], fallback=True)
