"""The stream of moderation: events, mails, and the removal of face pictures."""

from collections.abc import Iterable, Sequence

from emails.public import send_mail
from moderation.identity_papers import remove_picture
from moderation.verification_models import Verification
from shared.dynamodb.changes import Change
from shared.events.envelopes import Event
from shared.events.moderation import VerificationApproved, VerificationRejected
from shared.messaging.streams import stream
from users.public import find_user

app = stream("moderation")


@app.publishes(Verification)
def verification_events(change: Change[Verification]) -> Iterable[tuple[str | None, Event]]:
    """Publish verification.approved and verification.rejected."""
    request = change.new
    if request is None or not change.changed("status"):
        return
    if request.status == "approved":
        yield None, VerificationApproved(request.user_id, request.request_id, request.resolved_at)
    if request.status == "rejected":
        yield None, VerificationRejected(request.user_id, request.request_id, request.resolved_at)


@app.react(Verification)
def follow_up(changes: Sequence[Change[Verification]]) -> None:
    """Delete the pictures of requests that were decided, replaced, erased or forgotten, and mail
    decisions. Idempotent: repeated changes send no second mail."""
    for change in changes:
        old, new = change.old, change.new
        if old and old.picture_key and not (new and new.picture_key == old.picture_key):
            remove_picture(old.picture_key)
        if new and new.status != "pending" and change.changed("status"):
            _mail(new)


def _mail(request: Verification) -> None:
    user = find_user(request.user_id)
    if user is None or user.status == "deleted":
        return
    once = f"verification-{request.request_id}"
    if request.status == "approved":
        send_mail("verification_approved", user.email, once=once, username=user.username)
    else:
        send_mail(
            "verification_rejected",
            user.email,
            once=once,
            username=user.username,
            reason=request.rejection_reason or "",
        )
