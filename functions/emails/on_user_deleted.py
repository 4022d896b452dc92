"""user.deleted, user.restored, user.banned and user.unbanned: mail the account's owner, unless the
account has changed since; user.erased: forget whether mails reached its addresses."""

from emails.models import Suppression
from emails.public import send_mail
from moderation.public import appeal_days
from shared.events.envelopes import Envelope
from shared.events.users import UserBanned, UserDeleted, UserRestored, UserUnbanned
from shared.lifecycle.erasure import erasure
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place
from users.public import User, account_status, find_user, recipient

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


@app.on(UserBanned)
def on_user_banned(envelope: Envelope, event: UserBanned) -> None:
    """Mail the reason and the end of a ban, and whether it can be appealed, unless it was changed
    or ended meanwhile."""
    user = find_user(event.user_id)
    if user and account_status(user) == "banned" and _terms_of(user) == _terms_of(event):
        terms = {"reason": event.reason or "", "until": event.banned_until or ""}
        terms["appeal_days"] = str(appeal_days(user) or "")
        send_mail("ban_notice", **recipient(user), once=envelope.event_id, **terms)


@app.on(UserUnbanned)
def on_user_unbanned(envelope: Envelope, event: UserUnbanned) -> None:
    """Mail that a ban ended, unless the account was banned again or deleted meanwhile."""
    user = find_user(event.user_id)
    if user and account_status(user) not in ("banned", "deleted"):
        send_mail("ban_ended", **recipient(user), once=envelope.event_id)


@app.step
def erase_suppressions(user_id: str) -> Place:
    """Delete a page of what is known of the account's addresses."""
    return delete_page(Suppression.by_user, user_id)


def _terms_of(ban: User | UserBanned) -> tuple[str | None, str | None]:
    """The end and the reason of a ban."""
    reason = ban.reason if isinstance(ban, UserBanned) else ban.ban_reason
    return ban.banned_until, reason
