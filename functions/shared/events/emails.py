"""Events of mails."""

from dataclasses import dataclass

from shared.events.envelopes import Event


@dataclass(frozen=True, slots=True)
class MailFailed(Event):
    """A mail, or a page of a newsletter, could not be sent and waits among the dead letters; the
    one event that no stream publishes."""

    type = "mail.failed"
    topic = "emails"

    queue: str  # emails | newsletters
    hour: str  # when it began: an hour's failures are one notification
    admin_ids: list[str]  # the administrators at that time
