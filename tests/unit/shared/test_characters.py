"""What is seen of a text, in which scripts words are written without spaces."""

import sys

import pytest
import regex

from shared.characters import is_ignorable, is_unspaced, is_visible, joins_sign

ALL = "".join(chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u3164",
        "\u2800",
        "\u200b",
        "\u00ad",
        "\x00",
        "\u2060\ufeff",
        "\u200e\u200f",
        "\u115f",
        "\uffa0",
        "\u3000\u00a0",
        "\u202e",
        "\ufe0f",
        "\U000e0041",
        "\u17b4",
        "\u034f",
        "\u0301",
        "\u180e",
        "\U0001d159",
        "\U00013441",
        "\ufff0",
        "\uffff",
        " \t\n\x0b\u2028",
        "\u061c",
        "\ufe00\u200d",
        "\U0001d173",
        "\x7f\x80",
    ],
    ids=ascii,
)
def test_nothing_is_seen(text: str) -> None:
    assert not is_visible(text)
    assert is_visible(f"{text}a")


@pytest.mark.parametrize(
    "text",
    [
        "a",
        ".",
        "é",
        "字",
        "ㅎ",
        "한",
        "ไ",
        "ﷺ",
        "😀",
        "❤\ufe0f",
        "👩\u200d👩",
        "1\ufe0f\u20e3",
        "\U0001fae9",
        "\U0001faea",
        "\u2801",
        "̈a",
        "€",
        "¿",
        "ـ",
        "\u0e33",
        "क्",
    ],
    ids=ascii,
)
def test_something_is_seen(text: str) -> None:
    assert is_visible(text)
    assert is_visible(f"\u200b{text}\u2060")


def characters(pattern: str) -> set[str]:
    """All characters that a pattern of `regex` matches."""
    return set(regex.findall(pattern, ALL, regex.VERSION1))


def test_the_table_of_ignorable_characters_is_unicodes() -> None:
    theirs = characters(r"\p{Default_Ignorable_Code_Point}")
    assert {each for each in ALL if is_ignorable(each)} == theirs


def test_letters_of_scripts_without_spaces() -> None:
    scripts = (
        *("Hiragana", "Katakana", "Han", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"),
        *("Bopomofo", "Tai_Tham", "New_Tai_Lue"),
    )
    for script in scripts:
        letters = characters(rf"[\p{{{script}}}&&[\p{{L}}\p{{M}}]]")
        assert len(letters) > 50, script
        assert [each for each in letters if not is_unspaced(each)] == [], script


def test_letters_of_scripts_with_spaces() -> None:
    for script in ("Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Hangul", "Devanagari"):
        letters = characters(rf"\p{{{script}}}")
        assert [each for each in letters if is_unspaced(each)] == [], script


@pytest.mark.parametrize(
    ("before", "joins"),
    [
        ("", False),
        (" ", False),
        ("a", True),
        ("_", True),
        ("7", True),
        ("é", True),
        ("e\u0301", True),
        ("слово", True),
        ("한", True),
        ("字", False),
        ("ที่", False),
        ("❤\ufe0f", False),
        ("a\u00ad", True),
        ("a\u2060\u200d", True),
        ("a\u200b", False),
        (".", False),
    ],
    ids=ascii,
)
def test_what_a_sign_may_follow(before: str, joins: bool) -> None:
    assert joins_sign(f"{before}#", len(before)) is joins
