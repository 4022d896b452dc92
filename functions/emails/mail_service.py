"""The mail service: SES, which takes one mail for one address."""

from typing import Any

from botocore.exceptions import ClientError

from emails.attempts import Hopeless
from emails.templates import Mail
from shared.aws.clients import client
from shared.config import config

_REFUSALS = {"BadRequestException", "MessageRejected"}  # another try would end in the same way


class MailRefused(Hopeless):
    """SES will never take this mail, for instance because of its address."""


def send_mail(
    to: str, mail: Mail, *, is_code: bool = False, unsubscribe_url: str | None = None
) -> None:
    """Send a mail through SES; raises `MailRefused`.

    SES counts the bounces of codes (`is_code`), whose addresses may be mistyped, apart from those
    of other mails. With `unsubscribe_url`, mail programs show a button that unsubscribes by one
    POST (RFC 8058).
    """
    headers = [{"Name": name, "Value": value} for name, value in _one_click(unsubscribe_url)]
    simple: Any = {
        "Subject": _text(mail.subject),
        "Body": {"Text": _text(mail.text), "Html": _text(mail.html)},
    }
    if headers:
        simple["Headers"] = headers
    try:
        client("sesv2").send_email(
            FromEmailAddress=config.mail_sender,
            Destination={"ToAddresses": [to]},
            ConfigurationSetName=f"{config.stack}-{'codes' if is_code else 'mails'}",
            Content={"Simple": simple},
        )
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _REFUSALS:
            raise MailRefused from None  # the cause's message could contain the address
        raise


def _one_click(url: str | None) -> list[tuple[str, str]]:
    if url is None:
        return []
    return [
        ("List-Unsubscribe", f"<{url}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def _text(data: str) -> Any:
    return {"Data": data, "Charset": "UTF-8"}
