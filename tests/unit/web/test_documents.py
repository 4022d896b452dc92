"""The pages load nothing from elsewhere and run only their own scripts."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from web.documents import json_document, page

PAGES = ["docs.html", "home.html"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing(name: str) -> None:
    body = page(name).body
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", body)
    assert not re.search(r"@import|url\(", body)


@pytest.mark.parametrize("name", PAGES)
def test_links_hold_below_any_base(name: str) -> None:
    """A page may be at /docs, or at /live/docs."""
    assert not re.search(r"""(href|src|fetch\()=?["']/""", page(name).body)


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_allows_just_the_inline_blocks(name: str) -> None:
    answer = page(name)
    policy = answer.headers["Content-Security-Policy"]
    blocks = re.findall(r"<(script|style)>(.*?)</\1>", answer.body, re.DOTALL)
    assert blocks
    for element, text in blocks:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")


class Inline(HTMLParser):
    """Collects what the policy of a page forbids: inline handlers and style attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [name for name, _ in attrs if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_contains_nothing_that_its_policy_forbids(name: str) -> None:
    parser = Inline()
    parser.feed(page(name).body)
    assert parser.found == []


def test_a_json_document_is_served_as_it_was_generated() -> None:
    answer = json_document("methods.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.body.startswith("{")
