"""One-time codes: six digits, one use, five tries, bound to a purpose and a subject.

The subject is the user's id; that of a log-in's second step is a random id, which only the client
that gave the right password knows. The table keeps an HMAC of the code for a day, so that only the
right code is answered with "too late".
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from auth.models import Challenge
from shared.access import signing_keys
from shared.access.budgets import Budget
from shared.clock import now, now_ms
from shared.dynamodb.tables import ConditionFailed, Transaction
from shared.errors import HoshiError, OtpExpired, ResendTooSoon

type Purpose = Literal["register", "two_factor", "reset", "change_email", "reauthenticate"]

# Seconds (docs/api.md section 7).
CODE_LIFE = 600
RESET_CODE_LIFE = 300
RESET_TOKEN_LIFE = 900
RESEND_GAP = 60
_TRIES = 5
_RETENTION = 24 * 3600  # seconds


def new_challenge(
    purpose: Purpose, subject: str, user_id: str, revision: int = 0, email: str | None = None
) -> tuple[Challenge, str]:
    """A new challenge, not stored yet, and its code."""
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
        expires_at=moment // 1000 + _RETENTION,
    )
    return challenge, code


def code_life(purpose: Purpose) -> int:
    """How many seconds a code is valid."""
    return RESET_CODE_LIFE if purpose == "reset" else CODE_LIFE


def find_challenge(purpose: Purpose, subject: str) -> Challenge | None:
    """The stored challenge, valid or expired within the day; None if there is none."""
    challenge = Challenge.find(challenge_key(purpose, subject), consistent=True)
    return challenge if challenge and challenge.expires_at > now() else None


def renew(challenge: Challenge) -> None:
    """Store `challenge` in place of the previous one. Raises `ResendTooSoon` if that one was sent
    less than a minute ago."""
    long_ago = Challenge.sent_at <= now_ms() - RESEND_GAP * 1000
    try:
        challenge.create(Challenge.is_new() | long_ago)
    except ConditionFailed as error:
        raise resend_too_soon(challenge.challenge) from error


def resend_too_soon(key: str) -> ResendTooSoon:
    """The refusal to send another code within `RESEND_GAP`; `key` says for which challenge."""
    budget = Budget(f"account#{key}", "resend", limit=1, seconds=RESEND_GAP)
    return ResendTooSoon(refused_by=budget, retry_after=str(RESEND_GAP))


def try_code(purpose: Purpose, subject: str, code: str, wrong: HoshiError) -> Challenge:
    """The challenge that `code` answers. Each call uses up a try before it compares the code.

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
    """Use up the challenge, in the transaction that its code allows, so that it works only once."""
    write.delete(challenge, condition=Challenge.digest == challenge.digest, otherwise=otherwise)


@contextmanager
def allow_resend_on_failure(challenge: Challenge) -> Iterator[None]:
    """Allow another mail at once if the mail of `challenge` could not be sent."""
    try:
        yield
    except Exception:
        with suppress(ConditionFailed):  # it has been renewed or spent since
            same = Challenge.digest == challenge.digest
            challenge.change(Challenge.sent_at.set(0), condition=same)
        raise


def decoy_subject(named: str) -> str:
    """A subject for an account that does not exist, so that a request for it does the same work."""
    return f"nobody.{hashlib.sha256(named.strip().casefold().encode()).hexdigest()[:32]}"


def challenge_key(purpose: Purpose, subject: str) -> str:
    """The key of a subject's challenge; it has at most one for each purpose."""
    return f"{purpose}#{subject}"
