"""Where sentences end, in the scripts and habits of captions, and how texts are cut short."""

import unicodedata

import pytest

from ai.sentences import joined, sentences_of, shortened


@pytest.mark.parametrize(
    "sentences",
    [
        ["We went home.", "It rained!", "Why?", "Who knows?!", "Bye"],
        ["we went to the lake.", "it was cold.", "brr"],
        ["Dr. Smith met J. K. Rowling at 5 p.m. in St. Ives.", "Mrs. Hill vs. Mr. Dale came too."],
        ["We bought eggs, milk, etc. and left at 3 p.m. on Mon. with nothing.", "See U.S. trains."],
        ["The lake had ice.", "We had a ham.", "My apam."],
        ["We met at 5 p.m.", "It was late.", "Bread, butter, etc.", "Then home."],
        ["It cost 3.50 dollars at shop.example.com today.", "Version 1.2.3 is out."],
        ["Well... maybe… not.", "Yes...", "But why?"],
        ['He said "Stop!" and ran.', '"Go."', "(She left.)", "“Fine.”", "End"],
        ["Saya di Jl. Sudirman no. 5 dkk.", "Kami makan dll. dan pulang."],
        [
            "今日は渋谷に行きました。",
            "楽しかった！！",
            "「すごい！」と彼は言った。",
            "次は？",
            "夏",
        ],
        ["今天天气很好。", "我们去公园玩了！", "你呢？", "很好"],
        ["これはいいです.", "また来ます!", "さようなら"],
        ["यह अच्छा है।", "बहुत अच्छा!"],
        ["هل أنت بخير؟", "نعم۔", "شكرا"],
        ["오늘 날씨가 좋다.", "그래서 산책했다!", "끝"],
        ["ខ្ញុំទៅផ្ទះ។", "សួស្តី"],
        ["Was für ein Tag!", "Älter werden wir später.", "Ça va?", "Да.", "Нет."],
        ["Great day! 🎉🎉", "Next we go home 👨‍👩‍👧", "See you soon 🇯🇵"],
        ["So happy today 😍", "Going back tomorrow"],
        ["I ❤️ Rome and you"],
        ["とても楽しかった😊", "また行きたい"],
        ["東京🗼タワー"],
    ],
)
def test_sentences_end_where_a_reader_says(sentences: list[str]) -> None:
    assert sentences_of(joined(sentences)) == sentences


def test_lines_end_sentences_and_items_of_lists_keep_their_numbers() -> None:
    text = "1. Eggs\n2. Milk and bread.  Butter\r\n\n\n  Nothing   else \u2028 \n"
    assert sentences_of(text) == ["1. Eggs", "2. Milk and bread.", "Butter", "Nothing else"]


@pytest.mark.parametrize("text", ["", " \n ", "\u3000"])
def test_nothing_has_no_sentences(text: str) -> None:
    assert sentences_of(text) == []


@pytest.mark.parametrize("text", ["...", "!?", "😍", ".😍.", "」。", "。" * 2200, ". " * 1100])
def test_marks_alone_are_no_trouble(text: str) -> None:
    assert "".join("".join(sentences_of(text)).split()) == "".join(text.split())


def test_only_scripts_with_spaces_are_joined_by_them() -> None:
    assert joined(["Nice.", "今日は。", "「夏」。", "Bye"]) == "Nice. 今日は。「夏」。 Bye"


def test_a_text_is_cut_between_words() -> None:
    assert shortened("one two three four", 18) == "one two three four"
    assert shortened("one two three four", 15) == "one two three…"
    assert shortened("one two three four", 14) == "one two three…"
    assert shortened("x" * 30, 10) == "x" * 9 + "…"
    assert shortened("あ" * 30, 10) == "あ" * 9 + "…"


@pytest.mark.parametrize("whole", ["👨‍👩‍👧", "👍🏽", "🇯🇵", "❤️", "e\u0301", "क्‍ष", "1️⃣"])
@pytest.mark.parametrize("before", [7, 8, 9])
def test_no_emoji_and_no_letter_is_cut_in_two(whole: str, before: int) -> None:
    text = "x" * before + whole * 6
    cut = shortened(text, 12)
    assert len(cut) <= 12
    parts = cut[before:-1].split(whole)
    # What is left of the last one is a whole character without what follows it, or nothing.
    assert all(part == "" for part in parts), [unicodedata.name(each) for each in cut]
