"""Newsletter texts: what an administrator wrote in Markdown, as HTML that is safe to mail."""

from dataclasses import dataclass
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {
    *("a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img"),
    *("li", "ol", "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"alt", "src", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True, slots=True)
class Content:
    """The body of a newsletter; Markdown itself is its plain text."""

    html: Markup
    text: str


def content_of(markdown: str) -> Content:
    """Render Markdown: HTML in it is shown as text, and links lead to the web or to mail only."""
    html = nh3.clean(
        _parser().render(markdown),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )
    return Content(Markup(html), markdown)  # noqa: S704  # nh3 sanitised it


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")
