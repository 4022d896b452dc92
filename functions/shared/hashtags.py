"""The hashtags of a text, in any script, as people write them.

Upper and lower case give the same tag, and so do texts that are equal in Unicode's compatibility
normal form: composed and decomposed, full-width and plain letters. Invisible characters are not
part of a tag.
"""

import re
import unicodedata
from collections.abc import Iterator

MAX_LENGTH = 100  # characters (docs/api.md section 1)

_SIGNS = frozenset("#\uff03\ufe5f")  # plain, full-width and small
# Vowel signs and accents: parts of words in many scripts, but not letters for `str.isalnum`.
_MARKS = ("Mn", "Mc")
# Joiners, fillers and variation selectors: letters or marks that are invisible by themselves.
_FILLERS = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x200C, 0x200D, 0x3164, 0xFFA0)
_SELECTORS = (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_other = re.compile(r"\W").search  # not a letter, a digit (as `str.isalnum` says) or an underscore
_INVISIBLE = dict.fromkeys((*_FILLERS, *_SELECTORS))
_LINK = re.compile(r"""(?i:https?)://[^\s"()<>\u0080-\U0010ffff]+""")


def hashtags_in(text: str) -> list[str]:
    """The tags of a text, each once, in the order of the text."""
    if _SIGNS.isdisjoint(text):
        return []
    tags = map(_folded, _raw_tags(_plain(without_links(text))))
    return list(dict.fromkeys(tag for tag in tags if len(tag) <= MAX_LENGTH))


def without_links(text: str) -> str:
    """The text without its links, in which there are no hashtags and no mentions."""
    return _LINK.sub(" ", text) if "://" in text else text


def tag_from(text: str) -> str | None:
    """The tag for a text with or without its sign; None if it is not a tag."""
    tag = _folded(_plain(text).strip().removeprefix("#"))
    is_one = 0 < len(tag) <= MAX_LENGTH and _begins(tag[0]) and all(map(_belongs, tag))
    return tag if is_one else None


def _raw_tags(text: str) -> Iterator[str]:
    end = at = 0
    while (sign := text.find("#", at)) >= 0:
        at = _end_of_tag(text, sign + 1)
        before, tag = text[sign - 1 : sign], text[sign + 1 : at]
        # "a#b", "##b" and "&#39;" have none; "#a#b" has two.
        is_free = sign == end or not (before in ("#", "&") or _belongs(before))
        if tag and _begins(tag[0]) and is_free:
            end = at
            yield tag


def _end_of_tag(text: str, at: int) -> int:
    while (other := _other(text, at)) and _belongs(other.group()):  # a mark
        at = other.end()
    return other.start() if other else len(text)


def _begins(character: str) -> bool:
    return character.isalnum() or character == "_"


def _belongs(character: str) -> bool:
    return _begins(character) or unicodedata.category(character) in _MARKS


def _plain(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE))


def _folded(tag: str) -> str:
    # Normalised again, because letters may compose differently in lower case.
    return tag.lower() if tag.isascii() else unicodedata.normalize("NFKC", tag.lower())
