"""Names that only one account may hold: usernames, e-mail addresses, Google identities.

A claim is an item of its own, made and given up in the transaction that changes the account.
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
    """The keys of the claims that an account holds: username, address, and the Google identity if
    one is linked to it."""
    keys = username_claim(user.username), email_claim(user.email)
    return (*keys, google_claim(user.google_subject)) if user.google_subject else keys


def google_holder(subject: str) -> str | None:
    """The id of the account that a Google identity is linked to. Reads consistently."""
    claim = Claim.find(google_claim(subject), consistent=True)
    return claim.user_id if claim else None


def is_username_taken(username: str) -> bool:
    """Whether somebody holds the name, in any case: as `add_claims` would find it."""
    claim = Claim.find(username_claim(username), consistent=True)
    return claim is not None and (not claim.expires_at or claim.expires_at > now())


def add_claims(write: Transaction, user: User) -> None:
    """Claim the names of a new account; `write.send()` raises `UsernameTaken`, or `EmailTaken` for
    its address and its Google identity. A claim whose account has expired is taken over."""
    username, *others = claims_of(user)
    _claim(write, username, user, UsernameTaken())
    for key in others:
        _claim(write, key, user, EmailTaken())


def link_google(write: Transaction, user: User, subject: str) -> None:
    """Link a Google identity to `user`, who has none and is as it was read; `write.send()` raises
    `EmailTaken` if either has another partner by now, or the account has changed."""
    write.update(
        User(user.user_id),
        User.google_subject.set(subject),
        User.updated_at.set(timestamp()),
        condition=(User.updated_at == user.updated_at) & User.google_subject.does_not_exist(),
        otherwise=EmailTaken(),
    )
    _claim(write, google_claim(subject), user, EmailTaken())


def keep_claims(write: Transaction, user: User) -> None:
    """Let the claims of an unverified account hold for good; `write.send()` raises `UserNotFound`
    if they are no longer its own."""
    for key in claims_of(user):
        _keep(write, key, user)


def expire_claims(write: Transaction, user: User, at: int) -> None:
    """Let the claims of an account that is being deleted hold until then (epoch seconds)."""
    for key in claims_of(user):
        write.update(
            Claim(key),
            Claim.expires_at.set(at),
            condition=Claim.user_id == user.user_id,
            otherwise=WriteConflict(),
        )


def change_email(write: Transaction, user: User, email: str) -> None:
    """Give `user`, as it was read, another address that is confirmed, and free the old one; an
    unverified account is verified by it. `write.send()` raises `EmailTaken`, or `WriteConflict` if
    the address or the standing has changed meanwhile."""
    changes = [User.email.set(email), User.updated_at.set(timestamp())]
    is_verified_by_it = user.status == "unverified"
    if is_verified_by_it:
        changes += [User.status.set("active"), User.expires_at.remove()]
        _keep(write, username_claim(user.username), user)
    write.update(
        User(user.user_id),
        *changes,
        condition=(User.email == user.email) & (User.status == user.status),
        otherwise=WriteConflict(),
    )
    _claim(write, email_claim(email), user, EmailTaken(), for_good=is_verified_by_it)
    _free(write, email_claim(user.email), user)


def change_claimed_username(write: Transaction, user: User, username: str) -> None:
    """Claim another username for `user`, as it was read, and free the old one (another spelling of
    the same name is its claim already); `write.send()` raises `UsernameTaken`. The account's own
    item is the caller's to change."""
    old, new = username_claim(user.username), username_claim(username)
    if old != new:
        _claim(write, new, user, UsernameTaken())
        _free(write, old, user)


def _claim(
    write: Transaction, key: str, user: User, taken: Exception, *, for_good: bool = False
) -> None:
    expires_at = None if for_good else user.expires_at
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


def name_keys(usernames: Iterable[str]) -> list[Key]:
    """What `named_ids` needs."""
    return [(Claim, username_claim(username)) for username in usernames]


def named_ids(found: Found, usernames: Iterable[str]) -> list[str]:
    """The ids of the accounts with these usernames (in any case), in their order; names that
    nobody has are left out."""
    claims = (found.get(Claim, username_claim(username)) for username in usernames)
    return [claim.user_id for claim in claims if claim and not _is_over(claim)]


def _is_over(claim: Claim) -> bool:
    return bool(claim.expires_at) and claim.expires_at <= now()
