"""What mails say: plain text, from which the HTML is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Template:
    """A subject and paragraphs with `{values}`; a `{code}` stands in a paragraph of its own."""

    subject: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that can be sent."""

    subject: str
    text: str
    html: str


TEMPLATES = {
    "verification_code": Template(
        "Your Hoshi code",
        (
            "Hello @{username},",
            "this code verifies your e-mail address:",
            "{code}",
            "It holds for {minutes} minutes. If you did not sign up, ignore this mail: the account"
            " vanishes by itself.",
        ),
    ),
    "login_code": Template(
        "Your Hoshi log-in code",
        (
            "Hello @{username},",
            "this code finishes your log-in:",
            "{code}",
            "It holds for {minutes} minutes. If you are not logging in, somebody knows your"
            " password: change it.",
        ),
    ),
}
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: sans-serif; line-height: 1.5">
{body}
</body>
</html>
"""
_CODE = '<p style="font-size: 2em; letter-spacing: 0.2em"><strong>{}</strong></p>'


def render(template: Template, values: Mapping[str, str]) -> Mail:
    """The mail of a template; raises `KeyError` for a value that is missing."""
    paragraphs = [paragraph.format_map(values) for paragraph in template.paragraphs]
    html = [
        (_CODE if paragraph == "{code}" else "<p>{}</p>").format(
            escape(paragraph.format_map(values))
        )
        for paragraph in template.paragraphs
    ]
    return Mail(
        subject=template.subject.format_map(values),
        text="\n\n".join(paragraphs) + "\n",
        html=_PAGE.format(title=escape(template.subject.format_map(values)), body="\n".join(html)),
    )
