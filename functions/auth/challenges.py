"""One-time codes: six digits, one use, five tries, bound to a purpose and a subject.

The subject of a registration, a reset and a change of address is its user's id, of a log-in's
second step a random id that only the client knows who gave the right password. The table keeps an
HMAC of the code, and keeps it for a day, so that only the right code learns that it came too late.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from auth.models import Challenge
from shared.access import signing_keys
from shared.clock import now, now_ms
from shared.dynamodb.tables import ConditionFailed, Transaction
from shared.errors import HoshiError, OtpExpired, ResendTooSoon

type Purpose = Literal["register", "two_factor", "reset", "change_email"]

# Seconds (docs/api.md section 7).
CODE_LIFE = 600
RESET_CODE_LIFE = 300
RESET_TOKEN_LIFE = 900
RESEND_GAP = 60
_TRIES = 5
_KEPT = 24 * 3600  # seconds


def new_challenge(
    purpose: Purpose, subject: str, user_id: str, revision: int = 0, email: str | None = None
) -> tuple[Challenge, str]:
    """A challenge that is not stored yet, and its code."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    key_id, digest = signing_keys.sign("tokens", purpose, f"{subject}.{code}".encode())
    moment = now_ms()
    challenge = Challenge(
        challenge_key(purpose, subject),
        user_id=user_id,
        key_id=key_id,
        digest=digest,
        tries_left=_TRIES,
        email=email,
        revision=revision,
        sent_at=moment,
        valid_until=moment + code_life(purpose) * 1000,
        expires_at=moment // 1000 + _KEPT,
    )
    return challenge, code


def code_life(purpose: Purpose) -> int:
    """For how many seconds a code holds."""
    return RESET_CODE_LIFE if purpose == "reset" else CODE_LIFE


def find_challenge(purpose: Purpose, subject: str) -> Challenge | None:
    """The challenge that waits for its code, or has done so within the day."""
    challenge = Challenge.find(challenge_key(purpose, subject), consistent=True)
    return challenge if challenge and challenge.expires_at > now() else None


def renew(challenge: Challenge) -> None:
    """Store `challenge` instead of the one before it; `ResendTooSoon` if that was sent just now."""
    long_ago = Challenge.sent_at <= now_ms() - RESEND_GAP * 1000
    try:
        challenge.create(Challenge.is_new() | long_ago)
    except ConditionFailed as error:
        raise ResendTooSoon(retry_after=str(RESEND_GAP)) from error


def try_code(purpose: Purpose, subject: str, code: str, wrong: HoshiError) -> Challenge:
    """The challenge that `code` answers. Each call costs a try before it looks at the code.

    Raises `wrong`, or `OtpExpired` for the right code after its time.
    """
    challenge = Challenge(challenge_key(purpose, subject))
    try:
        challenge.change(
            Challenge.tries_left.add(-1),
            condition=(Challenge.tries_left > 0) & (Challenge.expires_at > int(now())),
        )
    except ConditionFailed as error:
        raise wrong from error
    message = f"{subject}.{code}".encode()
    if not signing_keys.is_signed("tokens", purpose, message, challenge.key_id, challenge.digest):
        raise wrong
    if challenge.valid_until <= now_ms():
        raise OtpExpired
    return challenge


def spend(write: Transaction, challenge: Challenge, otherwise: HoshiError) -> None:
    """Use the challenge up, in the transaction of what its code allows; once only."""
    write.delete(challenge, condition=Challenge.digest == challenge.digest, otherwise=otherwise)


@contextmanager
def counted_if_sent(challenge: Challenge) -> Iterator[None]:
    """Let another mail be asked for at once if the one of `challenge` could not be sent."""
    try:
        yield
    except Exception:
        with suppress(ConditionFailed):  # when it was renewed or spent meanwhile
            same = Challenge.digest == challenge.digest
            challenge.change(Challenge.sent_at.set(0), condition=same)
        raise


def nobody(named: str) -> str:
    """A subject for an account that does not exist, so that its answers cost what others cost."""
    return f"nobody.{hashlib.sha256(named.strip().casefold().encode()).hexdigest()[:32]}"


def challenge_key(purpose: Purpose, subject: str) -> str:
    """The key of the one challenge that a subject can have for a purpose."""
    return f"{purpose}#{subject}"
