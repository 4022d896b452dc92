"""user.deleted and user.restored: mail the account's owner, who may not be who did it; user.erased:
forget whether mails reached the account's addresses."""

from emails.models import Suppression
from emails.public import send_mail
from shared.events.envelopes import Envelope
from shared.events.users import UserDeleted, UserRestored
from shared.lifecycle.erasure import delete_page, erasure
from users.public import find_user, recipient

app = erasure("emails", queue="emails-user-deleted")


@app.on(UserDeleted)
def on_user_deleted(envelope: Envelope, event: UserDeleted) -> None:
    """Mail until when a log-in restores the account, unless it was restored meanwhile."""
    user = find_user(event.user_id)
    if user and user.purge_at == event.purge_at:
        once = envelope.event_id
        send_mail("account_deletion", **recipient(user), once=once, date=event.purge_at)


@app.on(UserRestored)
def on_user_restored(envelope: Envelope, event: UserRestored) -> None:
    """Mail that the account was restored, unless it was deleted again meanwhile."""
    user = find_user(event.user_id)
    if user and not user.purge_at:
        send_mail("account_restored", **recipient(user), once=envelope.event_id)


@app.step
def erase_suppressions(user_id: str) -> bool:
    """Delete a page of what is known of the account's addresses."""
    return delete_page(Suppression.by_user, user_id)
