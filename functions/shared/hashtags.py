"""The hashtags of a text, in any script, as people write them.

Upper and lower case are one tag, and so is what Unicode holds for the same: composed and decomposed
letters, full-width and plain ones. Characters that nobody sees are no part of a tag.
"""

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 100  # characters (docs/api.md section 1)

_SIGNS = frozenset("#\uff03\ufe5f")  # the plain, the full-width and the small one
# Vowel signs and accents: part of a word in many scripts, but no letters to `str.isalnum`.
_MARKS = ("Mn", "Mc")
# Joiners, fillers and selectors of variants: letters or marks that leave no trace of their own.
_FILLERS = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x200C, 0x200D, 0x3164, 0xFFA0)
_SELECTORS = (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_other = re.compile(r"\W").search  # than letters, digits (as `str.isalnum` says) and underscores
_INVISIBLE = dict.fromkeys((*_FILLERS, *_SELECTORS))
_LINK = re.compile(r"""(?i:https?)://[^\s"()<>\u0080-\U0010ffff]+""")


def hashtags_in(text: str) -> list[str]:
    """The tags of a text, each once, in the order of the text."""
    if _SIGNS.isdisjoint(text):
        return []
    tags = map(_folded, _written_in(_plain(without_links(text))))
    return list(dict.fromkeys(tag for tag in tags if len(tag) <= LONGEST))


def without_links(text: str) -> str:
    """The text without its links: what stands in an address is no tag and names nobody."""
    return _LINK.sub(" ", text) if "://" in text else text


def tag_from(text: str) -> str | None:
    """The tag that a text names, with or without its sign; None if it cannot be one."""
    tag = _folded(_plain(text).strip().removeprefix("#"))
    is_one = 0 < len(tag) <= LONGEST and _begins(tag[0]) and all(map(_belongs, tag))
    return tag if is_one else None


def _written_in(text: str) -> Iterator[str]:
    end = at = 0
    while (sign := text.find("#", at)) >= 0:
        at = _end_of_tag(text, sign + 1)
        before, tag = text[sign - 1 : sign], text[sign + 1 : at]
        # "a#b", "##b" and "&#39;" hold none; "#a#b" holds two.
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
    # Normal once more, because letters may compose otherwise in lower case.
    return tag.lower() if tag.isascii() else unicodedata.normalize("NFKC", tag.lower())
