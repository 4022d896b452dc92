"""`make mails`: every mail with sample values, on one page for a browser: light and dark, on a
desktop and on a phone, and as plain text."""

import os
import sys
from html import escape
from pathlib import Path

from rich.console import Console

from infra.generated import FUNCTIONS, ROOT
from infra.templates import TEMPLATE, load

PAGE = ROOT / ".local" / "mails.html"
_LINK = "https://hoshi.example/continue?token=Zm9yIGEgbG9uZyBhZGRyZXNzIHRoYXQgbmVlZHMgdHdvIGxpbmVz"
_REASON = "Advertising for <b>another</b> network.\nSee our rules about advertising & links."
_MARKDOWN = """# What is new in May

Stories have **highlights** now, and *captions* have no <limits>.

- Posts with several pictures
- [Read more](https://hoshi.example/may)

> Thank you for all the pictures!

| Pictures | People |
|---|---|
| 12,345 | 678 |
"""
SAMPLES = {
    "username": "a_very_long_username_of_thirty",
    "code": "012345",
    "minutes": "10",
    "link_minutes": "15",
    "token": "c2FtcGxlLXRva2Vu",
    "link": _LINK,
    "device": "Firefox on Linux",
    "time": "5 January 2026, 12:00 UTC",
    "date": "4 February 2026",
    "until": "12 January 2026",
    "kind": "post",
    "reason": _REASON,
    "appeal_days": "30",
    "title": "What is new in May",
    "message": "Something happened that has no mail of its own.\nThis is its second line.",
    "unsubscribe_url": _LINK,
}
_FRAME = (
    '<iframe style="color-scheme: {scheme}; width: {width}px" sandbox srcdoc="{html}"></iframe>'
)
_STYLE = "iframe { height: 620px; margin: 4px } pre { white-space: pre-wrap }"


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page())
    Console().print(f"Open {PAGE} in a browser.")


def page() -> str:
    """The page with every mail."""
    sys.path.insert(0, str(FUNCTIONS))
    parameters = load(Path(TEMPLATE))["Parameters"]
    for name, parameter in (("BRAND_NAME", "BrandName"), ("BRAND_COLOR", "BrandColor")):
        os.environ.setdefault(name, parameters[parameter]["Default"])
    from emails.newsletter_texts import content_of
    from emails.templates import TEMPLATES, render

    values = {**SAMPLES, "content": content_of(_MARKDOWN)}
    sections = []
    for name in sorted(TEMPLATES):
        mail = render(name, values)
        frames = [
            _FRAME.format(scheme=scheme, width=width, html=escape(mail.html))
            for scheme in ("light", "dark")
            for width in (720, 375)
        ]
        title = f"<h2>{name}: {escape(mail.subject)}</h2>"
        sections.append(f"{title}\n{''.join(frames)}\n<pre>{escape(mail.text)}</pre>")
    head = f'<!doctype html><meta charset="utf-8"><title>Mails</title><style>{_STYLE}</style>'
    return "\n".join([head, *sections, ""])


if __name__ == "__main__":
    main()
