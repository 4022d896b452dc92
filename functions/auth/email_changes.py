"""Changes of e-mail addresses: requested with the password, confirmed from the new address.

The challenge belongs to the account, so an account has at most one pending change. A client that
knows only the new address finds it through a pointer: the account that last requested that address.
"""

from auth.challenges import (
    RESEND_GAP,
    allow_resend_on_failure,
    decoy_subject,
    find_challenge,
    new_challenge,
    renew,
    resend_too_soon,
    spend,
    try_code,
)
from auth.mails import mail_code
from auth.models import Credentials, PendingAddress
from auth.password_confirmation import new_revision
from emails.public import lift_suppression
from shared.clock import now_ms
from shared.dynamodb.tables import transaction
from shared.errors import InvalidOtp, WrongPassword
from users.public import NOBODY, User, account_status, change_email, find_user


def begin_change(user: User, credentials: Credentials, email: str) -> str:
    """Begin a change, in place of a pending one; return its code. Raises `ResendTooSoon` if a code
    was mailed to this address less than a minute ago, for this account or another."""
    challenge, code = new_challenge(
        "change_email", user.user_id, user.user_id, credentials.revision, email
    )
    pointer = PendingAddress(
        _pointer_key(email),
        user_id=user.user_id,
        sent_at=challenge.sent_at,
        expires_at=challenge.expires_at,
    )
    long_ago = PendingAddress.sent_at <= now_ms() - RESEND_GAP * 1000
    with transaction() as write:
        write.put(challenge)
        write.put(pointer, PendingAddress.is_new() | long_ago, resend_too_soon(pointer.challenge))
        write.update(
            credentials,
            Credentials.pending_email.set(email),
            Credentials.pending_until.set(challenge.expires_at),
            condition=Credentials.revision == credentials.revision,
            otherwise=WrongPassword(),
        )
    return code


def confirm_change(user_id: str | None, email: str | None, code: str) -> None:
    """Apply the change that this code confirms; it also verifies an unverified account. Raises
    `InvalidOtp`, `OtpExpired`, or `EmailTaken` if another account took the address first."""
    subject = user_id or _requester(email or "")
    challenge = try_code("change_email", subject, code, InvalidOtp())
    if user_id is None and challenge.email != email:
        raise InvalidOtp  # the account has requested another address since
    user = find_user(challenge.user_id, consistent=True)
    if user is None or account_status(user) in ("banned", "deleted"):
        raise InvalidOtp
    if user.email == challenge.email:
        raise InvalidOtp  # the same code was sent twice at once, and the other request was first
    with transaction() as write:
        spend(write, challenge, InvalidOtp())
        change_email(write, user, challenge.email)
        lift_suppression(write, challenge.email, user.user_id)
        write.update(
            Credentials(user.user_id),
            *new_revision(),
            *([Credentials.expires_at.remove()] if user.status == "unverified" else []),
            condition=Credentials.revision == challenge.revision,
            otherwise=InvalidOtp(),
        )


def renew_change(user_id: str | None, email: str | None, accept_language: str) -> None:
    """Mail another code for the pending change; if there is none, do the same work without a mail.
    This does not extend the day within which a change must be confirmed."""
    pending = find_challenge("change_email", user_id or _requester(email or ""))
    if pending and user_id is None and pending.email != email:
        pending = None
    user = find_user(pending.user_id if pending else NOBODY, consistent=True)
    credentials = Credentials.find(user.user_id if user else NOBODY, consistent=True)
    if pending and user and credentials and credentials.revision == pending.revision:
        subject = user.user_id
        challenge, code = new_challenge(
            "change_email", subject, subject, pending.revision, pending.email
        )
        challenge.expires_at = pending.expires_at
    else:
        user, subject = None, decoy_subject(user_id or email or "")
        challenge, code = new_challenge("change_email", subject, subject)
    renew(challenge)
    with allow_resend_on_failure(challenge):
        mail_code("change_email", user, code, accept_language, to=challenge.email)


def _requester(email: str) -> str:
    """The subject of the account that last requested this address."""
    pointer = PendingAddress.find(_pointer_key(email), consistent=True)
    return pointer.user_id if pointer else decoy_subject(email)


def _pointer_key(email: str) -> str:
    return f"change_email_to#{email}"
