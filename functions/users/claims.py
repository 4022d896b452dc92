"""Names that only one account may hold: usernames, e-mail addresses, Google identities.

A claim is an item of its own, made and given up in the transaction that changes the account.
"""

from shared.clock import now, timestamp
from shared.errors import EmailTaken, UsernameTaken, UserNotFound
from shared.tables import Transaction, WriteConflict
from users.models import Claim, User


def username_claim(username: str) -> str:
    """The key of the claim on a username, the same for every case."""
    return f"username#{username.casefold()}"


def email_claim(email: str) -> str:
    """The key of the claim on an e-mail address."""
    return f"email#{email.lower()}"


def claims_of(user: User) -> tuple[str, str]:
    """The keys of the claims that an account holds by its username and address."""
    return username_claim(user.username), email_claim(user.email)


def add_claims(write: Transaction, user: User) -> None:
    """Claim the username and the address of a new account; `write.send()` raises `UsernameTaken` or
    `EmailTaken`. A claim whose unverified account has expired is taken over."""
    for key, taken in zip(claims_of(user), (UsernameTaken(), EmailTaken()), strict=True):
        _claim(write, key, user, taken)


def keep_claims(write: Transaction, user: User) -> None:
    """Let the claims of an unverified account hold for good; `write.send()` raises `UserNotFound`
    if they are no longer its own."""
    for key in claims_of(user):
        write.update(
            Claim(key),
            Claim.expires_at.remove(),
            condition=Claim.user_id == user.user_id,
            otherwise=UserNotFound(),
        )


def change_email(write: Transaction, user: User, email: str) -> None:
    """Give `user`, as it was read, another address and free the old one; `write.send()` raises
    `EmailTaken`, or `WriteConflict` if the address has changed meanwhile."""
    write.update(
        User(user.user_id),
        User.email.set(email),
        User.updated_at.set(timestamp()),
        condition=User.email == user.email,
        otherwise=WriteConflict(),
    )
    _claim(write, email_claim(email), user, EmailTaken())
    _free(write, email_claim(user.email), user)


def change_claimed_username(write: Transaction, user: User, username: str) -> None:
    """Claim another username for `user`, as it was read, and free the old one (another spelling of
    the same name is its claim already); `write.send()` raises `UsernameTaken`. The account's own
    item is the caller's to change."""
    old, new = username_claim(user.username), username_claim(username)
    if old != new:
        _claim(write, new, user, UsernameTaken())
        _free(write, old, user)


def _claim(write: Transaction, key: str, user: User, taken: Exception) -> None:
    claim = Claim(key, user_id=user.user_id, expires_at=user.expires_at)
    write.put(claim, Claim.is_new() | (Claim.expires_at <= int(now())), taken)


def _free(write: Transaction, key: str, user: User) -> None:
    write.delete(Claim(key), condition=Claim.user_id == user.user_id, otherwise=WriteConflict())
