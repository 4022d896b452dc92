"""The part of a data export that is emails': whether a user's address gets mails."""

from collections.abc import Iterator

from emails.models import Suppression
from shared.clock import now
from shared.lifecycle.personal_data import Topic, plain, walk


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data."""
    found = walk(Suppression.by_user, user_id, matching=Suppression.expires_at > int(now()))
    about = (
        "When mails to your addresses came back or were called spam, so that they get codes alone, "
        "and when you typed in a code that was mailed there."
    )
    names = ("suppressed_at", "reason", "lifted_at")
    yield Topic("mail_suppressions", about, (plain(each, *names) for each in found))
