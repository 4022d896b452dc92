"""Templates: a mail's source in `emails/mails`, rendered by Jinja twice, as HTML and as plain text.

A source names its parts (`parts.paragraph`, `parts.code` …), which `parts.html` and `parts.txt`
define. So both parts of a mail have the same content. Its sentences (`trans`) are English, and
read from the catalogue of the mail's language. Values are text: HTML in them is escaped.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError

from emails.formats import day, duration, moment
from shared.config import config
from shared.translations import LANGUAGES, preferred, translations

_SOURCES = Path(__file__).with_name("mails")
_LONGEST_SUBJECT = 200  # characters
# They turn the direction in which the text around them is shown.
_TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
# Mail programs support few style sheets, so every rule goes to the elements that it is for; only
# the rules of the dark mode stay.
_INLINER = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)

TEMPLATES = frozenset(path.stem for path in _SOURCES.glob("*.j2"))


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that can be sent."""

    subject: str
    text: str
    html: str


def render(name: str, values: Mapping[str, Any], language: str = LANGUAGES[0]) -> Mail:
    """The mail of a template, in English for a language that is not ours.

    Raises `KeyError` for an unknown template or a missing value.
    """
    if name not in TEMPLATES:
        raise KeyError(name)
    language = preferred(language)
    known = {key: _visible(each) if isinstance(each, str) else each for key, each in values.items()}
    known |= {"brand": config.brand_name, "color": config.brand_color, "language": language}
    known["text_color"] = _readable_on(config.brand_color)
    try:
        as_text, as_html = (_rendered(kind, name, known) for kind in ("txt", "html"))
        subject = _subject(name, known)
    except UndefinedError as error:
        raise KeyError(str(error)) from None
    return Mail(
        subject, re.sub(r"\n{3,}", "\n\n", as_text).strip() + "\n", _INLINER.inline(as_html)
    )


def _rendered(kind: str, name: str, values: Mapping[str, Any]) -> str:
    environment = _environment(kind, values["language"])
    layout = environment.get_template(f"layout.{kind}")
    return environment.get_template(f"{name}.j2").render(values, layout=layout)


def _subject(name: str, values: Mapping[str, Any]) -> str:
    """The subject as one line, whatever is in the values: a line break would begin a header."""
    template = _environment("txt", values["language"]).get_template(f"{name}.j2")
    text = "".join(template.blocks["subject"](template.new_context(dict(values))))
    return _flat(text)[:_LONGEST_SUBJECT]


@cache
def _environment(kind: str, language: str) -> Environment:
    """The Jinja environment of HTML or text in a language."""
    made = Environment(
        loader=FileSystemLoader(_SOURCES),
        autoescape=kind == "html",  # noqa: S701  # plain text has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    # The sentences may have markup, and their values are escaped: that is "newstyle".
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {"flat": _flat, "lines": _lines, "web_address": _web_address}
    for each in (day, duration, moment):
        made.filters[each.__name__] = partial(each, language=language)
    made.globals["parts"] = made.get_template(f"parts.{kind}").module
    return made


def _flat(text: str) -> str:
    """The text in one line; safe HTML stays what it is."""
    return type(text)(" ").join(text.split())


def _lines(text: str) -> list[str]:
    """The lines of a text that are not empty."""
    return [line for each in text.splitlines() if (line := each.strip())]


def _visible(text: str) -> str:
    """The text without control characters but line breaks."""
    return "".join(
        each
        for each in text
        if each not in _TURNING and (each.isspace() or unicodedata.category(each) != "Cc")
    )


def _web_address(url: str) -> str:
    """The URL; raises `ValueError` for one that runs something instead of opening a page."""
    if not re.match(r"https?://[^\s\"'<>]+\Z", url):
        raise ValueError("no web address")
    return url


def _readable_on(color: str) -> str:
    """White or black, whichever has more contrast with `color` (`#rrggbb`)."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue  # WCAG 2.2, relative luminance
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"
