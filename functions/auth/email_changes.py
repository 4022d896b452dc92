"""Changes of e-mail addresses: asked for with the password, confirmed from the new address.

The challenge is the account's, so that an account has one change under way. Whoever knows only the
new address finds it by a pointer: the account that asked for that address last.
"""

from auth.challenges import (
    RESEND_GAP,
    counted_if_sent,
    find_challenge,
    new_challenge,
    nobody,
    renew,
    spend,
    try_code,
)
from auth.mails import mail_code
from auth.models import Credentials, PendingAddress
from auth.password_confirmation import new_revision
from shared.clock import now_ms
from shared.dynamodb.tables import transaction
from shared.errors import InvalidOtp, ResendTooSoon, WrongPassword
from users.public import NOBODY, User, account_status, change_email, find_user


def ask_for_change(user: User, credentials: Credentials, email: str) -> str:
    """Begin a change that replaces the one before it; returns its code. Raises `ResendTooSoon` if
    this address was sent a code just now, whoever asked for it."""
    challenge, code = new_challenge(
        "change_email", user.user_id, user.user_id, credentials.revision, email
    )
    pointer = PendingAddress(
        _pointer(email),
        user_id=user.user_id,
        sent_at=challenge.sent_at,
        expires_at=challenge.expires_at,
    )
    long_ago = PendingAddress.sent_at <= now_ms() - RESEND_GAP * 1000
    too_soon = ResendTooSoon(retry_after=str(RESEND_GAP))
    with transaction() as write:
        write.put(challenge)
        write.put(pointer, PendingAddress.is_new() | long_ago, too_soon)
        write.update(
            credentials,
            Credentials.pending_email.set(email),
            Credentials.pending_until.set(challenge.expires_at),
            condition=Credentials.revision == credentials.revision,
            otherwise=WrongPassword(),
        )
    return code


def confirm_change(user_id: str | None, email: str | None, code: str) -> None:
    """Make the change whose code this is; it also verifies an unverified account. Raises
    `InvalidOtp`, `OtpExpired`, or `EmailTaken` if another account was quicker."""
    subject = user_id or _asker(email or "")
    challenge = try_code("change_email", subject, code, InvalidOtp())
    if user_id is None and challenge.email != email:
        raise InvalidOtp  # the account has asked for yet another address since
    user = find_user(challenge.user_id, consistent=True)
    if user is None or account_status(user) in ("banned", "deleted"):
        raise InvalidOtp
    if user.email == challenge.email:
        raise InvalidOtp  # the same code was given twice at once, and this is the later one
    with transaction() as write:
        spend(write, challenge, InvalidOtp())
        change_email(write, user, challenge.email)
        write.update(
            Credentials(user.user_id),
            *new_revision(),
            *([Credentials.expires_at.remove()] if user.status == "unverified" else []),
            condition=Credentials.revision == challenge.revision,
            otherwise=InvalidOtp(),
        )


def renew_change(user_id: str | None, email: str | None) -> None:
    """Mail another code for the change that is under way, if there is one; for nobody at the same
    cost. It does not prolong the day within which a change is to be confirmed."""
    begun = find_challenge("change_email", user_id or _asker(email or ""))
    if begun and user_id is None and begun.email != email:
        begun = None
    user = find_user(begun.user_id if begun else NOBODY, consistent=True)
    credentials = Credentials.find(user.user_id if user else NOBODY, consistent=True)
    if begun and user and credentials and credentials.revision == begun.revision:
        subject = user.user_id
        challenge, code = new_challenge(
            "change_email", subject, subject, begun.revision, begun.email
        )
        challenge.expires_at = begun.expires_at
    else:
        user, subject = None, nobody(user_id or email or "")
        challenge, code = new_challenge("change_email", subject, subject)
    renew(challenge)
    with counted_if_sent(challenge):
        mail_code("change_email", user, code, to=challenge.email)


def _asker(email: str) -> str:
    pointer = PendingAddress.find(_pointer(email), consistent=True)
    return pointer.user_id if pointer else nobody(email)


def _pointer(email: str) -> str:
    return f"change_email_to#{email}"
