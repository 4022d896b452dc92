"""The sentences of a caption, in any language: where they end, and how a text is cut short."""

import re
import unicodedata
from collections.abc import Iterator

from shared.characters import UNSPACED

# With skin tones, joiners, selectors, flags and keycaps.
_EMOJI = (
    "\u200d\ufe0f\u20e3\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
    "\U000e0020-\U000e007f"
)
_WIDE = "。！？．｡؟۔।॥။\u17d4\u17d5።‼⁇⁈⁉"  # end a sentence without a space behind them
_NARROW = ".!?…"
_CLOSING = "\"'”’»)\\]}」』）】》〉"
_END = re.compile(
    rf"(?P<mark>[{_WIDE}{_NARROW}]+)(?P<close>[{_CLOSING}]*)(?P<emoji>(?:\s*[{_EMOJI}]+)*)"
    rf"|(?P<alone>[{_EMOJI}]+)"
)
_UNSPACED = re.compile(f"[{UNSPACED}]")
_FIRST_LETTER = re.compile(r"([^\W_])")
_LAST_LETTER = re.compile(r"([^\W_])[\W_]*$")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")  # U.S, a.m

# Of English and Indonesian, as people write them in captions; without the last point.
_NEVER_LAST = re.compile(
    r"adm|approx|ave|capt|cf|col|drs?|e\.g|est|fig|gen|gov|h\.c|hj|hon|i\.e|ir|jl|kab|kec|ket|km|lt|"
    "mrs?|ms|mt|no|nr|pp|pres|prof|pt|rev|sdr|sen|sgt|st|tgl|vol|vs|yth"
)
# End a sentence only if a capital letter, or a letter without case, follows.
_SOMETIMES_LAST = re.compile(
    r"[ap]\.m|bros|co|corp|dkk|dll|dsb|dst|etc|inc|[js]r|ltd|jan|feb|mar|apr|jun|jul|aug|sept?|oct|"
    "nov|dec|mon|tue|wed|thu|fri|sat|sun"
)
_WORDS_BEFORE_EMOJI = 2  # emoji behind the first word ("I ❤️ Rome") end no sentence
_CHARACTERS_BEFORE_EMOJI = 5  # the same without spaces


def sentences_of(text: str) -> list[str]:
    """The sentences, each with single spaces, its closing quotes and the emoji behind it."""
    return [
        " ".join(sentence.split())
        for line in text.splitlines()
        for sentence in _cut(line)
        if not sentence.isspace()
    ]


def joined(sentences: list[str]) -> str:
    """The sentences as one line, with spaces where their scripts have them."""
    line = ""
    for sentence in sentences:
        last, first = _LAST_LETTER.search(line), _FIRST_LETTER.search(sentence)
        is_unspaced = last and first and all(map(_UNSPACED.match, (last[1], first[1])))
        line += sentence if is_unspaced or not line else f" {sentence}"
    return line


def shortened(text: str, maximum: int) -> str:
    """The text in at most `maximum` characters: cut between words if it can be, with an ellipsis,
    and never within an emoji or between a letter and its accents."""
    if len(text) <= maximum:
        return text
    end = maximum - 1
    space = text.rfind(" ", maximum // 2, end + 1)
    if space > 0:
        end = space
    while end > 0 and (_extends(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end].rstrip() + "…"


def _cut(line: str) -> Iterator[str]:
    start = 0
    for found in _END.finditer(line):
        if _is_end(line, start, found):
            yield line[start : found.end()]
            start = found.end()
    if start < len(line):
        yield line[start:]


def _is_end(line: str, start: int, found: re.Match[str]) -> bool:
    rest = line[found.end() :]
    following = rest.lstrip()
    if not following:
        return True
    is_spaced = rest[0].isspace()
    if found["alone"]:
        return _is_end_by_emoji(line[start : found.start()], is_spaced, following)
    mark, close = found["mark"], found["close"]
    if close and is_spaced and following[0].islower():
        return False  # "Stop!" and ran
    if any(character in _WIDE for character in mark):
        # 「…！」と言った goes on behind the quotation.
        return not (close[-1:] in ("」", "』") and following[0] in "とっ")
    if len(mark.replace("…", "...")) > 1 and not mark.strip(".…"):
        return (is_spaced or bool(found["emoji"])) and not following[0].islower()
    if not (is_spaced or found["emoji"] or close):
        return bool(_UNSPACED.match(following))
    if mark == "." and not close and not found["emoji"]:
        return _is_last_word(line[start : found.start()], following)
    return is_spaced or bool(found["emoji"]) or bool(_UNSPACED.match(following))


def _is_last_word(before: str, following: str) -> bool:
    """Whether a point ends a sentence, as far as the word before it says."""
    words = before.split()
    word = words[-1].lstrip("(\"'“‘«[") if words else ""
    folded = word.casefold()
    if len(words) == 1 and word.isdigit():
        return False  # "1. Eggs": an item of a list
    if _SOMETIMES_LAST.fullmatch(folded):
        return not following[0].islower() and not following[0].isdigit()
    is_initial = len(word) == 1 and word.isalpha() and word.isupper()
    return not (is_initial or _NEVER_LAST.fullmatch(folded) or _DOTTED.fullmatch(word))


def _is_end_by_emoji(before: str, is_spaced: bool, following: str) -> bool:
    """Whether emoji without a mark before them end a sentence: "So happy today 😍 See you soon"."""
    begins = following[0].isupper() or unicodedata.category(following[0]) == "Lo"
    if _UNSPACED.match(following):
        return len(before.strip()) >= _CHARACTERS_BEFORE_EMOJI
    return begins and is_spaced and len(before.split()) >= _WORDS_BEFORE_EMOJI


def _extends(character: str) -> bool:
    """Whether a character belongs to the one before it."""
    is_mark = unicodedata.category(character).startswith("M")
    is_tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    is_flag = "\U0001f1e6" <= character <= "\U0001f1ff" or "\U000e0020" <= character <= "\U000e007f"
    return is_mark or is_tone or is_flag or character in "\u200d\ufe0f\u20e3"
