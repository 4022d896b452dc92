"""Every mail: both parts say the same, and no value becomes HTML, a header or another link."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import get_args

import pytest

from emails.newsletter_texts import Content, content_of
from emails.public import TemplateName
from emails.templates import TEMPLATES, Mail, render
from shared.translations import LANGUAGES

LINK = "https://s3.example.com/a.zip?a=1&b=2"
VALUES = {
    "username": "<b>yuki</b>",
    "code": "012345",
    "minutes": "10",
    "link_minutes": "15",
    "token": "some-token",
    "link": LINK,
    "device": "Fire<fox>",
    "ip": "203.0.113.7",
    "time": "noon",
    "date": "1 May 2026",
    "until": "2 May 2026",
    "kind": "post",
    "reason": "Spam\n<script>alert(1)</script>",
    "appeal_days": "30",
    "title": "May",
    "message": "First line\n<i>second</i> line",
    "unsubscribe_url": "https://api.example.com/emails/unsubscribe?token=abc",
    "content": content_of("plain words"),
}
WITH_CODE = ["email_change_code", "login_code", "password_reset", "verification_code"]
WITH_LINK = ["export_ready", "password_reset"]
OFFERED = sorted(TEMPLATES - {"newsletter"})
GREETINGS = {"en": "Hello @{},", "ja": "@{} さん", "id": "Halo @{},"}
LONG = "あ" * 300 + "x" * 3000
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ brand }}{% raw %}{0}{username}%(username)s%s%",
    "Bcc: a@example.com\r\nBcc: b@example.com\r\n\r\nbody",
    "line\u2028line\x0bline\x00\u202eturned\u2066aside",
    "名" * 1000,
    LONG,
]


def words(text: str) -> list[str]:
    """The words of a text, without the marks that only plain text has."""
    return re.findall(r"[^\s:>#*-]+", text)


def read(html: str) -> str:
    """The text and the links that a mail's HTML shows."""
    body = re.search(r"<body.*</body>", html, re.DOTALL)
    assert body
    shown = re.sub(r'<a [^>]*href="([^"]*)"[^>]*>', r" \1 ", body[0])
    return unescape(re.sub(r"<[^>]+>", " ", shown))


def rendered(name: str, language: str = "en", **values: object) -> Mail:
    return render(name, {**VALUES, **values}, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_text_and_html_have_the_same_content(name: str, language: str) -> None:
    harmless = {"username": "yuki", "device": "Firefox", "reason": "Spam", "message": "Hello"}
    mail = rendered(name, language, **harmless)
    text, html = words(mail.text), words(read(mail.html))
    assert set(html) == set(text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_mail_greets_by_name_in_its_language_in_text_and_in_html(
    name: str, language: str
) -> None:
    mail, greeting = rendered(name, language), GREETINGS[language]
    assert greeting.format("<b>yuki</b>") in mail.text
    assert greeting.format("&lt;b&gt;yuki&lt;/b&gt;") in mail.html
    assert "<b>yuki" not in mail.html
    assert mail.html.startswith(f'<!DOCTYPE html><html lang="{language}">')


@pytest.mark.parametrize("name", sorted(TEMPLATES - {"newsletter", "generic"}))
def test_a_mail_has_a_subject_and_a_text_of_its_own_in_each_language(name: str) -> None:
    mails = [rendered(name, language) for language in LANGUAGES]
    assert len({mail.subject for mail in mails}) == len(LANGUAGES)
    assert len({mail.text for mail in mails}) == len(LANGUAGES)


def test_a_language_that_is_not_ours_is_english() -> None:
    assert rendered("login_code", "fr") == rendered("login_code", "en")
    assert rendered("login_code", "../ja") == rendered("login_code", "en")


def test_times_and_durations_are_written_as_in_the_language() -> None:
    times = {"until": "2026-01-12T12:00:00Z", "date": "2026-02-04T12:00:00Z"}
    assert "12 January 2026, 12:00 UTC" in rendered("ban_notice", **times).text
    assert "2026年1月12日 12:00 UTC" in rendered("ban_notice", "ja", **times).text
    assert "4 Februari 2026" in rendered("account_deletion", "id", **times).text
    assert "10 minutes" in rendered("login_code").text
    assert "10分" in rendered("login_code", "ja").text
    assert "30 hari" in rendered("content_removed", "id").text


@pytest.mark.parametrize(("kind", "word"), [("post", "投稿"), ("comment", "コメント")])
def test_what_was_removed_is_named_in_the_language(kind: str, word: str) -> None:
    assert f"あなたの{word}を" in rendered("content_removed", "ja", kind=kind).text
    assert "あなたのthingを" in rendered("content_removed", "ja", kind="thing").text


@pytest.mark.parametrize("name", WITH_LINK)
def test_a_link_can_be_clicked_and_copied(name: str) -> None:
    mail = rendered(name)
    assert f"\n{LINK}\n" in mail.text
    assert '<a href="https://s3.example.com/a.zip?a=1&amp;b=2"' in mail.html


@pytest.mark.parametrize("name", WITH_CODE)
def test_a_code_stands_alone_in_text_and_in_html(name: str) -> None:
    mail = rendered(name)
    assert "012345" not in mail.subject, "subjects are shown on locked screens"
    assert "\n012345\n" in mail.text
    assert "<strong>012345</strong>" in mail.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_no_value_becomes_html_a_header_or_part_of_a_template(
    name: str, hostile: str, language: str
) -> None:
    mail = with_values(name, hostile, language)
    assert len(mail.subject.splitlines()) == 1
    assert len(mail.subject) <= 200
    assert not set(mail.subject) & set("\x00\u202e\u2066\u2028\r\n")
    assert not set(mail.text + mail.html) & set("\x00\u202e\u2066")
    found, harmless = Elements(mail.html), Elements(with_values(name, "x", language).html)
    assert found.names <= harmless.names | {"br"}
    assert found.attributes == harmless.attributes
    assert found.links == harmless.links


def with_values(name: str, value: str, language: str) -> Mail:
    """The mail with this text for every value but links and Markdown."""
    fixed = {"link": LINK, "unsubscribe_url": LINK, "content": content_of("plain")}
    return render(name, dict.fromkeys(VALUES, value) | fixed, language)


class Elements(HTMLParser):
    """What a browser finds in a mail: elements, attributes that are no styles, links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.links: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes.update((tag, name) for name, _ in attrs if name != "style")
        self.links += [value for name, value in attrs if name in ("href", "src")]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_markdown_becomes_an_element_that_runs_or_loads_something(hostile: str) -> None:
    mail = rendered("newsletter", content=content_of(hostile))
    found, harmless = Elements(mail.html), Elements(rendered("newsletter").html)
    assert found.names <= harmless.names | {"p", "br"}
    assert found.attributes == harmless.attributes
    assert found.links == harmless.links


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", 'https://a"b', ""])
def test_a_link_that_opens_no_page_is_an_error(address: str) -> None:
    with pytest.raises(ValueError, match="no web address"):
        rendered("export_ready", link=address)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_styles_are_inline_and_the_dark_mode_stays_a_rule(name: str) -> None:
    html = rendered(name).html
    assert html.count("<style>") == 1
    [style] = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style.strip().startswith("@media (prefers-color-scheme: dark)")
    assert re.search(r'<div class="card" style="[^"]*background-color', html)
    assert '<meta name="color-scheme" content="light dark">' in html


def test_brand_and_colour_come_from_the_configuration(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("BRAND_NAME", "Stars & Co")
    settings.setenv("BRAND_COLOR", "#ffe680")
    mail = rendered("export_ready")
    assert mail.subject == "Your Stars & Co data is ready"
    assert "Stars &amp; Co" in mail.html
    button = re.search(r'<a class="button"[^>]*style="([^"]*)"', mail.html)
    assert button
    assert "background-color: #ffe680" in button[1]
    assert "color: #000000" in button[1], "white on yellow cannot be read"


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        render("login_code", {"username": "yuki"})


@pytest.mark.parametrize("name", ["ban_notice", "content_removed", "appeal_upheld"])
def test_a_reason_is_quoted_if_there_is_one(name: str) -> None:
    values = {"username": "yuki", "kind": "post"}
    assert "reason" not in render(name, values).text
    assert "reason" not in render(name, {**values, "reason": ""}).text
    assert "\n> Spam\n> <script>alert(1)</script>\n" in rendered(name).text


@pytest.mark.parametrize("name", ["layout", "parts", "../mails/newsletter", "unknown"])
def test_only_mails_are_templates(name: str) -> None:
    with pytest.raises(KeyError):
        rendered(name)


def test_every_template_but_the_newsletter_is_offered_to_other_services() -> None:
    assert set(get_args(TemplateName.__value__)) == set(OFFERED)


def test_a_newsletter_is_markdown_as_text_and_as_html() -> None:
    mail = rendered(
        "newsletter", content=content_of("# New\n\n- **one**\n- [two](https://a.example)")
    )
    assert "# New\n\n- **one**" in mail.text
    assert ">New</h1>" in mail.html
    assert 'href="https://a.example"' in mail.html


MARKDOWN = {
    "<script>alert(1)</script>": "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "[x](javascript:alert(1))": "<p>[x](javascript:alert(1))</p>",
    "![x](data:image/svg+xml;base64,AA==)": "<p>![x](data:image/svg+xml;base64,AA==)</p>",
    "[x](https://a.example 'T')": (
        '<p><a href="https://a.example" title="T" rel="noopener noreferrer">x</a></p>'
    ),
    "<a href='x' onclick='y'>z</a>": "<p>&lt;a href='x' onclick='y'&gt;z&lt;/a&gt;</p>",
}


@pytest.mark.parametrize("markdown", MARKDOWN)
def test_markdown_is_safe(markdown: str) -> None:
    assert content_of(markdown).html.strip() == MARKDOWN[markdown]


def test_what_the_parser_lets_through_is_sanitised(monkeypatch: pytest.MonkeyPatch) -> None:
    from emails import newsletter_texts

    class Careless:
        def render(self, text: str) -> str:
            return text

    monkeypatch.setattr(newsletter_texts, "_parser", Careless)
    found = content_of('<p onclick="x">a</p><script>b</script><a href="javascript:c">d</a>')
    assert found == Content(found.html, found.text)
    assert found.html == '<p>a</p><a rel="noopener noreferrer">d</a>'


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["[", "![", "> ", "_*"])
def test_deeply_nested_markdown_takes_no_long_time(piece: str) -> None:
    assert content_of((piece * 100_000)[:100_000]).html
