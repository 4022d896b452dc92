"""Addresses, with and without a scheme: what is in them is no tag and no mention, and what stands
around them is.
"""

import pytest

from posts.mentions import names_in
from shared.addresses import without_addresses
from shared.hashtags import hashtags_in

ADDRESSES = [
    "https://example.com/@name#part",
    "http://example.com/?q=@name#part",
    "ws://example.com/@name",
    "wss://h/#part",
    "ftp://example.com/#part",
    "git+ssh://example.com/@name",
    "host.tld/@name",
    "www.host.tld/a/b/@name#part",
    "host.co.uk:8080/#part",
    "host.tld?q=@name",
    "localhost:3000/#part",
    "127.0.0.1/@name",
    "127.0.0.1:80/#part",
    "müller.de/@name",
    "例え.jp/@name",
    "пример.рф/#часть",
    "https://en.wikipedia.org/wiki/Foo_(bar)#part",
    "https://en.wikipedia.org/wiki/[a]{b}#part",
    "https://de.wikipedia.org/wiki/Köln#Geschichte",
    "https://ru.wikipedia.org/wiki/Москва#Транспорт",
    "https://ja.wikipedia.org/wiki/東京#歴史",
    "https://日本語.jp/@name",
    "https://fa.wikipedia.org/wiki/می\u200cخواهم/@name",
    "me@example.com",
    "me+tag@example.com",
    "first.last@example.co.uk#part",
    "josé@example.com",
    "имя@пример.рф",
    "me+@name",
    "me@name",
    "mailto:me@name?subject=#part",
    "@name@other.host",
    "@name@other.host/@name",
    "@first.last@other.host",
    "@name@例え.jp",
    "\uff20name\uff20other.host",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("around", ["{}", "see {} ", "({})", "“{}”", "見て {}、"])
def test_an_address_holds_neither_tags_nor_mentions(address: str, around: str) -> None:
    text = around.format(address)
    assert (hashtags_in(text), names_in(text)) == ([], [])


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_follows_an_address_counts(address: str) -> None:
    text = f"#one @abc {address} #two @def"
    assert (hashtags_in(text), names_in(text)) == (["one", "two"], ["abc", "def"])


@pytest.mark.parametrize(
    ("text", "tags", "names"),
    [
        ("(https://example.com/a)#tag", ["tag"], []),
        ("https://example.com/a(#tag)", ["tag"], []),
        ("https://example.com/aを見て#タグ", ["タグ"], []),
        ("https://example.comを見て@abc", [], ["abc"]),
        ("me@example.comを見て#タグ", ["タグ"], []),
        ("https://example.com/a、#タグ", ["タグ"], []),
        ("https://example.com/a😀#tag @abc", ["tag"], ["abc"]),
        ("https://example.com/a\n#tag", ["tag"], []),
        ("and/or.@abc @abc/@def", [], ["abc", "def"]),
        ("v1.2/@abc 12.5.2024/@def", [], ["abc", "def"]),
        ("Who.me?@abc", [], ["abc"]),
        ("Thanks.@abc .@def", [], ["abc", "def"]),
        ("@abc. @def: @ghi, a+ @jkl - @mno", [], ["abc", "def", "ghi", "jkl", "mno"]),
        ("谢谢@abc和@def", [], ["abc", "def"]),
        ("谢谢@abc@other.host", [], []),
        ("@abc @ def", [], ["abc"]),
        ("note: #tag", ["tag"], []),
    ],
)
def test_what_is_no_address_counts(text: str, tags: list[str], names: list[str]) -> None:
    assert (hashtags_in(text), names_in(text)) == (tags, names)


def test_the_rest_of_a_text_stays_where_it_is() -> None:
    text = "see https://example.com/a and me@example.com, @abc"
    plain = without_addresses(text)
    assert len(plain) == len(text)
    assert plain.split() == ["see", "and", "@abc"]
    assert plain.index("@abc") == text.index("@abc")
