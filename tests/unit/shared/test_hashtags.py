"""Hashtags as people write them: in every script, and one tag for all its spellings."""

import unicodedata

import pytest

from shared.hashtags import hashtags_in, tag_from


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", []),
        ("#one #Two #ONE", ["one", "two"]),
        ("(#in) #a_b, #été! #日本 #2026.", ["in", "a_b", "été", "日本", "2026"]),
        ("no#tag ##double # alone &#39;", []),
        ("#one#two no#three#four", ["one", "two"]),
        ("#" + "x" * 100, ["x" * 100]),
        ("#" + "x" * 101, []),
        ("#हिन्दी #ไทยแลนด์ #தமிழ் #العربية #עִבְרִית", ["हिन्दी", "ไทยแลนด์", "தமிழ்", "العربية", "עִבְרִית"]),
        ("#\u0301accent", []),  # a mark begins no word
        ("https://example.com/#part (http://example.com/?a=b/#c)#d", ["d"]),
    ],
)
def test_tags_of_a_text(text: str, tags: list[str]) -> None:
    assert hashtags_in(text) == [unicodedata.normalize("NFC", tag) for tag in tags]


@pytest.mark.parametrize(
    "text",
    [
        "#Café",
        "#cafe\N{COMBINING ACUTE ACCENT}",
        "#CAFÉ",
        "\N{FULLWIDTH NUMBER SIGN}\N{FULLWIDTH LATIN SMALL LETTER C}afé",
        "#ca\N{ZERO WIDTH JOINER}fé",
        "#café\N{VARIATION SELECTOR-16}",
        "#c\N{HANGUL FILLER}afé\N{ZERO WIDTH NON-JOINER}",
    ],
)
def test_texts_that_look_the_same_are_the_same_tag(text: str) -> None:
    assert hashtags_in(text) == ["café"]
    assert tag_from(text) == "café"


def test_emoji_that_begin_with_the_sign_are_no_tags() -> None:
    keycap = "\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"
    assert hashtags_in(f"#{keycap} and *{keycap}") == []
    assert hashtags_in("#\N{HANGUL FILLER} #\N{ZERO WIDTH JOINER}") == []


@pytest.mark.parametrize("text", ["winter", "#winter", " Winter ", "#WINTER"])
def test_a_tag_is_named_with_or_without_its_sign(text: str) -> None:
    assert tag_from(text) == "winter"


@pytest.mark.parametrize(
    "text", ["", "#", "##a", "two words", "a-b", "a#b", "x" * 101, "%23", "🦀", "\N{HANGUL FILLER}"]
)
def test_other_texts_are_not_tags(text: str) -> None:
    assert tag_from(text) is None


def test_a_tag_is_read_again_as_itself() -> None:
    """In all letters (except the many of one kind): otherwise the tag that a post shows would not
    lead to its page."""
    letters = (
        chr(code)
        for code in (*range(0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x12000))
        if unicodedata.category(chr(code))[0] in "LMN"
    )
    tags = [tag for letter in letters for tag in hashtags_in(f"#a{letter}b")]
    assert len(tags) > 10_000
    assert [tag for tag in tags if tag_from(tag) != tag or hashtags_in(f"#{tag}") != [tag]] == []
