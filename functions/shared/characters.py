"""What characters are in a text: visible or not, parts of words, of scripts without spaces.

Python has no table of Default_Ignorable_Code_Point; this one is that of Unicode 17.0
(DerivedCoreProperties.txt). It reserves whole blocks, so it seldom changes; a test compares it with
the package `regex`.
"""

import re
import unicodedata

_IGNORABLE_RANGES = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5)),
    *((0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164)),
    *((0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8)),
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
_IGNORABLE = "".join(f"{chr(first)}-{chr(last)}" for first, last in _IGNORABLE_RANGES)
# Letters and symbols that are drawn as empty space.
_BLANK = "\u2800\U00013441\U00013442\U0001d159"
# The scripts of Thai, Lao, Tibetan, Burmese, Khmer, Tai, Japanese and Chinese, with their marks.
UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u3005-\u3007\u3031-\u3035\u303b\u3040-\u30ff"
    "\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaadf"
    "\uf900-\ufaff\uff66-\uff9f\U00016fe0-\U00016fff\U0001aff0-\U0001b16f\U00020000-\U0003347f"
)
# Vowel signs and accents: parts of words in many scripts, but not letters for `str.isalnum`.
_MARKS = ("Mn", "Mc")
# Spaces, controls, format characters, halves of surrogate pairs. Of marks none is seen by itself.
_UNSEEN = ("Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Mn", "Mc", "Me")

is_ignorable = re.compile(f"[{_IGNORABLE}]").fullmatch
is_unspaced = re.compile(f"[{UNSPACED}]").fullmatch
_without_ignorable = re.compile(f"[{_IGNORABLE}]+").sub
_is_plainly_visible = re.compile("[!-~]").search  # spares most texts the search below


def is_visible(text: str) -> bool:
    """Whether anything of the text is seen. Characters that are newer than Python's tables are."""
    return bool(_is_plainly_visible(text)) or any(map(_is_seen, text))


def without_ignorable(text: str) -> str:
    """The text without the characters that are not seen and separate nothing: joiners, selectors,
    soft hyphens, marks of direction. A zero-width space is one of them, too."""
    return text if text.isascii() else _without_ignorable("", text)


def belongs_to_word(character: str) -> bool:
    """Whether this is a letter, a digit, an underscore, or a mark on one of them."""
    return (
        character.isalnum() or character == "_" or unicodedata.category(character) in _MARKS
    ) and not is_ignorable(character)


def joins_sign(text: str, at: int) -> bool:
    """Whether the character before `at` keeps a # or @ at this place from beginning a tag or a
    mention: a part of a word, unless its script is written without spaces."""
    while at > 0 and is_ignorable(text[at - 1]) and text[at - 1] != "\u200b":
        at -= 1
    before = text[at - 1 : at]
    return bool(before) and belongs_to_word(before) and not is_unspaced(before)


def _is_seen(character: str) -> bool:
    if character in _BLANK or is_ignorable(character) or ord(character) & 0xFFFE == 0xFFFE:
        return False
    return unicodedata.category(character) not in _UNSEEN
