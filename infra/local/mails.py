"""`make mails`: every mail in every language with sample values, on one page for a browser and, if
there is a Chromium, as pictures: light and dark, on a desktop and on a phone."""

import os
import shutil
import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from infra.generated import FUNCTIONS, ROOT
from infra.local.mail_pictures import NoBrowser, take_pictures
from infra.templates import TEMPLATE, load

if TYPE_CHECKING:
    from emails.templates import Mail

FOLDER = ROOT / ".local" / "mails"
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
    "token": "01KAEJ8V0X2Y4Z6A8B0C1D3E5F.c2FtcGxlLXRva2VuLXRoYXQtaXMtYXMtbG9uZy1hcy1vdXJz",
    "link": _LINK,
    "device": "Firefox on Linux",
    "ip": "2001:db8:85a3:8d3:1319:8a2e:370:7348",
    "time": "2026-01-05T12:00:00Z",
    "date": "2026-02-04T12:00:00Z",
    "until": "2026-01-12T12:00:00Z",
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
    """Write the page and the pictures."""
    console = Console(soft_wrap=True)
    mails = every_mail()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    page = FOLDER / "index.html"
    page.write_text(page_of(mails))
    console.print(f"Open {page} in a browser.")
    try:
        count = take_pictures({name: mail.html for name, mail in mails.items()}, FOLDER)
    except NoBrowser as reason:
        console.print(f"There are no pictures of the mails: {reason}.")
    else:
        console.print(f"{count} pictures are beside it.")


def every_mail() -> "dict[str, Mail]":
    """Every mail with sample values, by template and language: `login_code-ja`."""
    sys.path.insert(0, str(FUNCTIONS))
    parameters = load(Path(TEMPLATE))["Parameters"]
    for name, parameter in (("BRAND_NAME", "BrandName"), ("BRAND_COLOR", "BrandColor")):
        os.environ.setdefault(name, parameters[parameter]["Default"])
    from emails.newsletter_texts import content_of
    from emails.templates import TEMPLATES, render
    from shared.translations import LANGUAGES

    values = {**SAMPLES, "content": content_of(_MARKDOWN)}
    return {
        f"{name}-{language}": render(name, values, language)
        for name in sorted(TEMPLATES)
        for language in LANGUAGES
    }


def page_of(mails: "dict[str, Mail]") -> str:
    """The page with these mails."""
    sections = []
    for name, mail in mails.items():
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
