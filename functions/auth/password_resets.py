"""Password resets: one challenge, which a mailed code or a mailed token answers, once.

Using one uses up the other. A code can be traded for a token, which then replaces both. They belong
to the address that they were mailed to and to the credentials of that time: a change of password,
second factor or address makes them invalid.
"""

import secrets
from dataclasses import dataclass

from auth.challenges import (
    RESET_TOKEN_LIFE,
    decoy_subject,
    find_challenge,
    new_challenge,
    spend,
    try_code,
)
from auth.models import Challenge, Credentials
from shared import ids
from shared.access import signing_keys
from shared.clock import now_ms
from shared.dynamodb.tables import ConditionFailed, Transaction
from shared.errors import HoshiError, InvalidOtp, InvalidResetToken
from users.public import NOBODY, User, find_by_login, find_user

_PURPOSE = "reset_token"


def new_reset(user: User | None, named: str) -> tuple[Challenge, str, str]:
    """A new challenge, not stored yet, its code and its token; the same work without a user."""
    credentials = Credentials.find(user.user_id if user else NOBODY, consistent=True)
    subject = user.user_id if user else decoy_subject(named)
    revision = credentials.revision if credentials else 0
    email = user.email if user else None
    challenge, code = new_challenge("reset", subject, subject, revision, email)
    return challenge, code, _add_token(challenge)


@dataclass(frozen=True, slots=True)
class Reset:
    """A reset that may proceed: its challenge was answered by a code or a token."""

    challenge: Challenge
    credentials: Credentials
    by_code: bool
    refusal: HoshiError  # raised if another request was quicker

    def trade(self) -> str:
        """Use up the code and the mailed token; return the token that replaces them."""
        challenge, digest = self.challenge, self.challenge.digest
        token = _add_token(challenge)
        try:
            challenge.change(
                Challenge.token_key_id.set(challenge.token_key_id),
                Challenge.token_digest.set(challenge.token_digest),
                Challenge.token_until.set(challenge.token_until),
                Challenge.digest.remove(),
                Challenge.tries_left.set(0),
                condition=Challenge.digest == digest,
            )
        except ConditionFailed as error:
            raise self.refusal from error
        return token

    def use_up(self, write: Transaction) -> None:
        """Use up code and token, in the transaction that sets the new password."""
        if self.by_code:
            spend(write, self.challenge, self.refusal)
        else:
            same = Challenge.token_digest == self.challenge.token_digest
            write.delete(self.challenge, condition=same, otherwise=self.refusal)

    def return_try(self) -> None:
        """Return the try of a right code that was not used."""
        if self.by_code:
            try:
                same = Challenge.digest == self.challenge.digest
                self.challenge.change(Challenge.tries_left.add(1), condition=same)
            except ConditionFailed as error:
                raise self.refusal from error


def reset_by_code(email: str, code: str) -> Reset:
    """The reset that the code mailed to this address allows. Raises `OtpExpired`, or `InvalidOtp`
    both for a wrong code and for an address without an account."""
    user = find_by_login(email)
    subject = user.user_id if user else decoy_subject(email)
    challenge = try_code("reset", subject, code, InvalidOtp())
    credentials = _credentials(user, challenge)
    if credentials is None:
        raise InvalidOtp
    return Reset(challenge, credentials, True, InvalidOtp())


def reset_by_token(token: str) -> Reset:
    """The reset that a token allows. Raises `InvalidResetToken`."""
    user_id = token.partition(".")[0]
    challenge = find_challenge("reset", user_id) if ids.is_id(user_id) else None
    if challenge is None or not _is_answered_by(challenge, token):
        raise InvalidResetToken
    credentials = _credentials(find_user(user_id, consistent=True), challenge)
    if credentials is None:
        raise InvalidResetToken
    return Reset(challenge, credentials, False, InvalidResetToken())


def _add_token(challenge: Challenge) -> str:
    token = f"{challenge.user_id}.{secrets.token_urlsafe(32)}"
    key_id, digest = signing_keys.sign("tokens", _PURPOSE, token.encode())
    challenge.token_key_id, challenge.token_digest = key_id, digest
    challenge.token_until = now_ms() + RESET_TOKEN_LIFE * 1000
    return token


def _is_answered_by(challenge: Challenge, token: str) -> bool:
    key_id, digest = challenge.token_key_id, challenge.token_digest
    is_right = signing_keys.is_signed("tokens", _PURPOSE, token.encode(), key_id, digest)
    return is_right and challenge.token_until > now_ms()


def _credentials(user: User | None, challenge: Challenge) -> Credentials | None:
    """The credentials to change, if they and the address are still those of the challenge."""
    if user is None or user.email != challenge.email:
        return None
    credentials = Credentials.find(user.user_id, consistent=True)
    is_same = credentials is not None and credentials.revision == challenge.revision
    return credentials if is_same else None
