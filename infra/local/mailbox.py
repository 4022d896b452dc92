"""The mails that an emulator has sent: MiniStack's mailbox, or LocalStack's."""

import json
import urllib.error
import urllib.request
from typing import Any, TypedDict


class SentMail(TypedDict):
    """A mail as MiniStack shows it."""

    To: list[str]
    Subject: str
    BodyText: str
    BodyHtml: str


def sent_mails(endpoint: str) -> list[SentMail]:
    """All of them, oldest first; raises `URLError` if no emulator is there."""
    try:
        accounts = _read(f"{endpoint}/_ministack/ses/messages")
    except urllib.error.HTTPError:
        return [_of_localstack(mail) for mail in _read(f"{endpoint}/_aws/ses")]
    return [_mail(**mail) for mails in accounts.values() for mail in mails]


def _read(url: str) -> Any:
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)["messages"]


def _of_localstack(mail: dict[str, Any]) -> SentMail:
    body = mail.get("Body", {})
    return _mail(
        To=mail.get("Destination", {}).get("ToAddresses"),
        Subject=mail.get("Subject"),
        BodyText=body.get("text_part"),
        BodyHtml=body.get("html_part"),
    )


def _mail(**given: Any) -> SentMail:
    return {
        "To": list(given.get("To") or []),
        "Subject": given.get("Subject") or "",
        "BodyText": given.get("BodyText") or "",
        "BodyHtml": given.get("BodyHtml") or "",
    }
