"""Addresses in a text: links, mail addresses and handles of other networks, with or without a
scheme. What looks like a hashtag or a mention in one of them is none.
"""

import re
import unicodedata

from shared.characters import UNSPACED, is_unspaced

_LABEL = r"[\w\-]++"
_TOP = r"(?:xn--[\w\-]++|[A-Za-z]{2,}+|[^\W\d_A-Za-z]{2,}+)"
_LOCAL = r"\w.+\-%&=~"
# Each alternative ends where `_end_of_link` continues. A run of characters is read once: it is
# tried only at its beginning, and taken as a whole.
_BEGINNING = re.compile(
    # https://, ftp://, ws:// …
    r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.\-]{0,30}+://|(?<=[A-Za-z0-9])://"
    r"|(?<![A-Za-z0-9])(?i:mailto|xmpp|sips?|acct|magnet|urn):(?=[^\s:])"
    # @name@other.host
    rf"|(?<![^\W{UNSPACED}])(?<![@＠])[@＠][A-Za-z0-9_](?:[.\-]*+[A-Za-z0-9_]++)*+[@＠](?=\w)[\w.\-]++"
    # name@host.tld
    rf"|(?<![{_LOCAL}])[{_LOCAL}]++(?<!\.)[@＠](?:{_LABEL}\.)+{_TOP}"
    # host.tld/path, host.tld?name=value, 127.0.0.1/path
    rf"|(?<![\w.\-@＠#＃])(?:(?:{_LABEL}\.)+{_TOP}|\d{{1,3}}(?:\.\d{{1,3}}){{3}}|localhost)"
    r"(?::\d{1,5})?(?=/|\?[\w\-]+=)"
)
_may_have_one = re.compile("[:.@＠/]").search
_ENDS = frozenset('"<>`\\ ')
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_ASCII_PART = re.compile(r"[A-Za-z0-9]").fullmatch


def without_addresses(text: str) -> str:
    """The text with spaces in place of its addresses, so that all else stays where it is."""
    if not _may_have_one(text):
        return text
    parts: list[str] = []
    at = 0
    while found := _BEGINNING.search(text, at):
        end = _end_of_link(text, found.end())
        parts += (text[at : found.start()], " " * (end - found.start()))
        at = end
    return "".join((*parts, text[at:])) if parts else text


def _end_of_link(text: str, at: int) -> int:
    """Where a link ends that is known up to `at`: at a space, at a quote, at a bracket that it did
    not open, at punctuation or symbols of other scripts, and where words without spaces follow a
    Latin letter or a digit directly."""
    opened: list[str] = []
    for place in range(at, len(text)):
        character = text[place]
        if character in _ENDS or character < " ":
            return place
        if character in "([{":
            if text[place + 1 : place + 2] in ("#", "@"):
                return place
            opened.append(character)
        elif opening := _BRACKETS.get(character):
            if not opened or opened.pop() != opening:
                return place
        elif not character.isascii():
            if unicodedata.category(character)[0] not in "LMN" and character not in "\u200c\u200d":
                return place
            if is_unspaced(character) and _ASCII_PART(text[place - 1]):
                return place
    return len(text)
