"""The texts of mails: plain text, from which the HTML is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Template:
    """A subject and paragraphs with `{values}`; `{code}` and `{link}` are paragraphs of their
    own."""

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
            "It is valid for {minutes} minutes. If you did not sign up, ignore this mail: the"
            " account will be deleted.",
        ),
    ),
    "login_code": Template(
        "Your Hoshi log-in code",
        (
            "Hello @{username},",
            "this code finishes your log-in:",
            "{code}",
            "It is valid for {minutes} minutes. If you are not logging in, somebody knows your"
            " password: change it.",
        ),
    ),
    "password_reset": Template(
        "Set a new Hoshi password",
        (
            "Hello @{username},",
            "this code sets a new password:",
            "{code}",
            "It is valid for {minutes} minutes. You can use this link instead, for {link_minutes}"
            " minutes:",
            "{link}",
            "Only one of them works, and only once. If you did not ask for it, ignore this mail:"
            " your password stays as it is.",
        ),
    ),
    "password_reset_without_link": Template(
        "Set a new Hoshi password",
        (
            "Hello @{username},",
            "this code sets a new password:",
            "{code}",
            "It is valid for {minutes} minutes. For {link_minutes} minutes you can use this reset"
            " token instead: {token}",
            "Only one of them works, and only once. If you did not ask for it, ignore this mail:"
            " your password stays as it is.",
        ),
    ),
    "email_change_code": Template(
        "Your Hoshi code for this address",
        (
            "Hello @{username},",
            "this code makes this the e-mail address of your account:",
            "{code}",
            "It is valid for {minutes} minutes. If @{username} is not your account, ignore this"
            " mail and do not give the code to anybody.",
        ),
    ),
    "email_change_notice": Template(
        "Another address for your Hoshi account",
        (
            "Hello @{username},",
            "somebody who is logged in to your account requested another e-mail address for it. The"
            " address changes once the new one is confirmed.",
            "If it was not you, set a new password: that cancels the change and ends all sessions.",
        ),
    ),
    "export_ready": Template(
        "Your Hoshi data is ready",
        (
            "Hello @{username},",
            "the archive of your data that you asked for is ready:",
            "{link}",
            "Everybody who has this link can read it, so keep it to yourself. The archive can be"
            " downloaded for 24 hours. This link may expire sooner: the app gives you a new one in"
            " its settings. If you did not ask for the archive, change your password.",
        ),
    ),
    "verification_approved": Template(
        "You are verified on Hoshi",
        (
            "Hello @{username},",
            "your verification request was approved: your account has its badge now.",
            "The card number and the picture that you sent are deleted.",
        ),
    ),
    "verification_rejected": Template(
        "Your Hoshi verification request",
        (
            "Hello @{username},",
            "your verification request was rejected. The reason:",
            "{reason}",
            "The card number and the picture that you sent are deleted. You may send another"
            " request.",
        ),
    ),
    "export_failed": Template(
        "Your Hoshi data could not be prepared",
        (
            "Hello @{username},",
            "the archive of your data that you asked for could not be made. We have been notified."
            " Please ask for it again in the app's settings.",
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
_LINK = '<p><a href="{0}">{0}</a></p>'
_SPECIAL = {"{code}": _CODE, "{link}": _LINK}  # for paragraphs that consist of that value alone


def render(template: Template, values: Mapping[str, str]) -> Mail:
    """The mail of a template; raises `KeyError` for a missing value."""
    paragraphs = [paragraph.format_map(values) for paragraph in template.paragraphs]
    html = [
        _SPECIAL.get(paragraph, "<p>{}</p>").format(escape(paragraph.format_map(values)))
        for paragraph in template.paragraphs
    ]
    return Mail(
        subject=template.subject.format_map(values),
        text="\n\n".join(paragraphs) + "\n",
        html=_PAGE.format(title=escape(template.subject.format_map(values)), body="\n".join(html)),
    )
