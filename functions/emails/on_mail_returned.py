"""Bounces and complaints, as SES reports them: their addresses get no more mails but codes."""

from typing import Any

from emails.suppressions import Reason, suppress_address
from shared.clock import seconds, timestamp
from shared.messaging.queues import consumer

app = consumer()


@app.on_job
def on_mail_returned(report: dict[str, Any], record: dict[str, Any]) -> None:
    """Suppress the address of a mail that bounced for good, or that its reader called spam."""
    found = read_report(report)
    if found:
        suppress_address(*found)


def read_report(report: dict[str, Any]) -> tuple[str, Reason, str] | None:
    """The address that a report is about, the reason and the time; None if mails go on.

    A bounce says how the address was when the mail was sent, a complaint what its reader wants now.
    The address is ours, of the mail that was sent: the one in the report may be another, to which
    mails are forwarded.
    """
    [address] = report["mail"]["destination"]
    match report:
        case {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}}:
            return address, "bounce", _time(report["mail"]["timestamp"])
        case {"eventType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam"}}:
            return None
        case {"eventType": "Complaint", "complaint": {"timestamp": at}}:
            return address, "complaint", _time(at)
    return None


def _time(text: str) -> str:
    return timestamp(seconds(text))
