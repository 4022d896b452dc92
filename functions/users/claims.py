"""Claims: names that only one account may hold (usernames, e-mail addresses, Google identities).

A claim is an item of its own. It is written and deleted in the transaction that changes the
account, so a name never has two holders.
"""

from collections.abc import Iterable

from shared.clock import now, timestamp
from shared.dynamodb.tables import Found, Key, Transaction, WriteConflict
from shared.errors import EmailTaken, UsernameTaken, UserNotFound
from users.models import Claim, User


def username_claim(username: str) -> str:
    """The key of the claim on a username, the same for every case."""
    return f"username#{username.casefold()}"


def email_claim(email: str) -> str:
    """The key of the claim on an e-mail address."""
    return f"email#{email.lower()}"


def google_claim(subject: str) -> str:
    """The key of the claim on a Google identity."""
    return f"google#{subject}"


def claims_of(user: User) -> tuple[str, ...]:
    """The keys of an account's claims: username, e-mail address, and a linked Google identity."""
    keys = username_claim(user.username), email_claim(user.email)
    return (*keys, google_claim(user.google_subject)) if user.google_subject else keys


def name_keys(usernames: Iterable[str]) -> list[Key]:
    """The keys that `named_ids` needs, to be read by `read_items` together with other items."""
    return [(Claim, username_claim(username)) for username in usernames]


def named_ids(found: Found, usernames: Iterable[str]) -> list[str]:
    """The ids of the accounts with these usernames (in any case), in order, without unknown
    names."""
    claims = (found.get(Claim, username_claim(username)) for username in usernames)
    return [claim.user_id for claim in claims if claim and not _is_expired(claim)]


def is_username_taken(username: str) -> bool:
    """Whether `add_claims` would refuse the username. Reads consistently."""
    claim = Claim.find(username_claim(username), consistent=True)
    return claim is not None and not _is_expired(claim)


def google_holder(subject: str) -> str | None:
    """The id of the account that a Google identity is linked to. Reads consistently."""
    claim = Claim.find(google_claim(subject), consistent=True)
    return claim.user_id if claim else None


def add_claims(write: Transaction, user: User) -> None:
    """Claim the names of a new account, and take over claims of expired accounts.

    `write.send()` raises `UsernameTaken`, or `EmailTaken` for the e-mail address and the Google
    identity.
    """
    username, *others = claims_of(user)
    _claim(write, username, user, UsernameTaken())
    for key in others:
        _claim(write, key, user, EmailTaken())


def keep_claims(write: Transaction, user: User) -> None:
    """Make an account's claims permanent.

    `write.send()` raises `UserNotFound` if the account no longer holds one of them.
    """
    for key in claims_of(user):
        _keep(write, key, user)


def expire_claims(write: Transaction, user: User, at: int) -> None:
    """Let the claims of an account that is being deleted expire at a time (epoch seconds)."""
    for key in claims_of(user):
        write.update(
            Claim(key),
            Claim.expires_at.set(at),
            condition=Claim.user_id == user.user_id,
            otherwise=WriteConflict(),
        )


def change_claimed_username(write: Transaction, user: User, username: str) -> None:
    """Claim another username for `user`, as it was read, and free the old one.

    Another case of the same name needs no new claim. `write.send()` raises `UsernameTaken`. The
    caller updates the account itself.
    """
    old, new = username_claim(user.username), username_claim(username)
    if old != new:
        _claim(write, new, user, UsernameTaken())
        _free(write, old, user)


def change_email(write: Transaction, user: User, email: str) -> None:
    """Give `user`, as it was read, another confirmed e-mail address, and free the old one.

    This verifies an unverified account. `write.send()` raises `EmailTaken`, or `WriteConflict` if
    the address or the account status has changed since `user` was read.
    """
    changes = [User.email.set(email), User.updated_at.set(timestamp())]
    is_unverified = user.status == "unverified"
    if is_unverified:
        changes += [User.status.set("active"), User.expires_at.remove()]
        _keep(write, username_claim(user.username), user)
    write.update(
        User(user.user_id),
        *changes,
        condition=(User.email == user.email) & (User.status == user.status),
        otherwise=WriteConflict(),
    )
    _claim(write, email_claim(email), user, EmailTaken(), is_permanent=is_unverified)
    _free(write, email_claim(user.email), user)


def link_google(write: Transaction, user: User, subject: str) -> None:
    """Link a Google identity to `user`, as it was read, who has none.

    `write.send()` raises `EmailTaken` if either side is already linked, or the account has changed
    since `user` was read.
    """
    write.update(
        User(user.user_id),
        User.google_subject.set(subject),
        User.updated_at.set(timestamp()),
        condition=(User.updated_at == user.updated_at) & User.google_subject.does_not_exist(),
        otherwise=EmailTaken(),
    )
    _claim(write, google_claim(subject), user, EmailTaken())


def _claim(
    write: Transaction, key: str, user: User, taken: Exception, *, is_permanent: bool = False
) -> None:
    expires_at = None if is_permanent else user.expires_at
    claim = Claim(key, user_id=user.user_id, expires_at=expires_at)
    write.put(claim, Claim.is_new() | (Claim.expires_at <= int(now())), taken)


def _keep(write: Transaction, key: str, user: User) -> None:
    write.update(
        Claim(key),
        Claim.expires_at.remove(),
        condition=Claim.user_id == user.user_id,
        otherwise=UserNotFound(),
    )


def _free(write: Transaction, key: str, user: User) -> None:
    write.delete(Claim(key), condition=Claim.user_id == user.user_id, otherwise=WriteConflict())


def _is_expired(claim: Claim) -> bool:
    return bool(claim.expires_at) and claim.expires_at <= now()
