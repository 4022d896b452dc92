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


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("日本#東京 です#東京", ["東京"]),
        ("中文#標籤", ["標籤"]),
        ("ภาษาไทย#ไทย ที่#แท็ก", ["ไทย", "แท็ก"]),
        ("ລາວ#ລາວ", ["ລາວ"]),
        ("ភាសាខ្មែរ#ខ្មែរ", ["ខ្មែរ"]),
        ("မြန်မာ#မြန်မာ", ["မြန်မာ"]),
        ("ｶﾀｶﾅ#tag", ["tag"]),
        ("日本＃東京", ["東京"]),
        ("слово#тег word#tag 한국#태그 مرحبا#وسم cafe\u0301#tag", []),
        ("soft\u00ad#tag ###", []),
        ("zero\u200b#tag ❤\ufe0f#love", ["tag", "love"]),
    ],
)
def test_a_tag_may_follow_a_word_of_a_script_without_spaces(text: str, tags: list[str]) -> None:
    assert hashtags_in(text) == [unicodedata.normalize("NFKC", tag) for tag in tags]


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("İstanbul", "istanbul"),
        ("I\u0307STANBUL", "istanbul"),
        ("i\u0307stanbul", "istanbul"),
        ("ısı", "ısı"),
        ("ΟΔΟΣ", "οδοσ"),
        ("οδος", "οδοσ"),
        ("οδοσ", "οδοσ"),
        ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
        ("Straße", "straße"),
        ("STRAẞE", "straße"),
        ("m²", "m2"),
        ("soft\u00adhyphen", "softhyphen"),
        ("word\u2060joiner", "wordjoiner"),
        ("\u200fright\u202cto\u2067left\u2069", "righttoleft"),
        ("\ufefffile", "file"),
    ],
    ids=ascii,
)
def test_a_tag_is_folded(written: str, tag: str) -> None:
    """The same for a text and for what is searched."""
    assert hashtags_in(f"#{written}") == [tag]
    assert tag_from(written) == tag_from(f"\uff03{written}") == tag
    assert hashtags_in(f"#{tag}") == [tag]


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#hoshi™", ["hoshi"]),
        ("#™ #℠ #㎏", []),
        ("#a½ #a⑴b #aﷺ", ["a"]),
        ("#zero\u200bwidth", ["zero"]),
        ("#\u200bzero", []),
    ],
    ids=ascii,
)
def test_a_tag_is_cut_as_it_is_written(text: str, tags: list[str]) -> None:
    """Before it is normalised: a sign does not become letters."""
    assert hashtags_in(text) == tags
    assert tag_from("hoshi™") is None
    assert tag_from("zero\u200bwidth") is None


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
