"""The hashtags of a text, in any script, as people write them.

A tag is cut from the text as it is written, then normalised, then folded: upper and lower case give
the same tag, and so do texts that are equal in Unicode's compatibility normal form (composed and
decomposed, full-width and plain letters). Invisible characters are not part of a tag.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from shared.addresses import without_addresses
from shared.characters import belongs_to_word, is_ignorable, joins_sign, without_ignorable

MAX_LENGTH = 100  # characters (docs/api.md section 1)

SIGNS = ("#", "\uff03", "\ufe5f")  # plain, full-width and small
_next_sign = re.compile("[#\uff03\ufe5f]").search
_ZERO_WIDTH_SPACE = "\u200b"  # separates words where no space is seen


def hashtags_in(text: str) -> list[str]:
    """The tags of a text, each once, in the order of the text."""
    if not _next_sign(text):
        return []
    tags = map(_folded, _raw_tags(without_addresses(text)))
    return list(dict.fromkeys(tag for tag in tags if 0 < len(tag) <= MAX_LENGTH))


def tag_from(text: str) -> str | None:
    """The tag for a text with or without its sign; None if it is not a tag."""
    raw = text.strip().strip(_ZERO_WIDTH_SPACE)
    raw = raw[1:] if raw[:1] in SIGNS else raw
    if not all(map(_continues, raw)):
        return None
    tag = _folded(raw)
    return tag if 0 < len(tag) <= MAX_LENGTH and _begins(tag[0]) else None


def _raw_tags(text: str) -> Iterator[str]:
    """The tags as they are written, without their signs."""
    end = at = 0
    while found := _next_sign(text, at):
        sign, at = found.start(), found.end()
        while at < len(text) and _continues(text[at]):
            at += 1
        tag = without_ignorable(text[sign + 1 : at])
        # "a#b", "##b" and "&#39;" have none; "#a#b" has two.
        before = text[sign - 1 : sign]
        is_free = sign == end or not (before in (*SIGNS, "&") or joins_sign(text, sign))
        if tag and _begins(tag[0]) and is_free:
            end = at
            yield tag


@lru_cache(4096)
def _continues(character: str) -> bool:
    """Whether a tag continues with this character. One that is other than letters, digits and marks
    in its normal form (a fraction, a digit in brackets) ends it."""
    if is_ignorable(character):
        return character != _ZERO_WIDTH_SPACE
    return belongs_to_word(character) and (
        character.isascii() or all(map(belongs_to_word, unicodedata.normalize("NFKC", character)))
    )


def _begins(character: str) -> bool:
    return character.isalnum() or character == "_"


def _folded(tag: str) -> str:
    if tag.isascii():
        return tag.lower()
    plain = unicodedata.normalize("NFKC", without_ignorable(tag))
    lower = plain.lower().replace("i\u0307", "i").replace("ς", "σ")
    # Normalised again, because letters may compose differently in lower case.
    return unicodedata.normalize("NFKC", lower)
