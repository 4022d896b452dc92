"""Accounts: finding them, who is shown to others, and what makes, verifies and bans them."""

from collections.abc import Iterable

from shared import ids
from shared.access.caller import Caller
from shared.clock import now, seconds, timestamp
from shared.config import config
from shared.dynamodb.tables import Key, Transaction, read_items
from shared.errors import AlreadyVerified, CannotBanAdmin, UserNotFound
from users.claims import add_claims, email_claim, keep_claims, username_claim
from users.edges import BLOCKS, EVERY_KIND, Relation, relation_from, relation_keys
from users.models import Claim, EdgeKind, User

# No account has it: what is read for it makes an unknown name cost the same as a known one.
NOBODY = "0" * 26
_MAX_USERNAME = 30  # characters


def account_status(user: User) -> str:
    """`unverified`, `active`, `banned` or `deleted`: the status, once a ban's time is over what it
    was before."""
    if user.status != "banned":
        return user.status
    is_over = bool(user.banned_until) and seconds(user.banned_until) <= now()
    return status_without_ban(user) if is_over else "banned"


def status_without_ban(user: User) -> str:
    """The status that the account has, or will have when its ban ends."""
    return (user.status_before_ban or "active") if user.status == "banned" else user.status


def is_shown(user: User) -> bool:
    """Whether others see this account: active (or unverified, where verification is optional)."""
    status = account_status(user)
    return status == "active" or (status == "unverified" and not config.verification_required)


def find_user(user_id: str, consistent: bool = False) -> User | None:
    """The account with this id, whatever its status; None if there is none, or its time is over:
    it was never verified, or was deleted 30 days ago."""
    user = User.find(user_id, consistent=consistent)
    return user if user and not is_expired(user) else None


def find_users(user_ids: Iterable[str]) -> dict[str, User]:
    """The accounts with these ids, whatever their status; missing and expired ones are left out."""
    found = read_items((User, user_id) for user_id in user_ids)
    return {user.user_id: user for user in found.of(User) if not is_expired(user)}


def find_by_login(identifier: str) -> User | None:
    """The account with this username (in any case) or e-mail address, whatever its status. Reads
    consistently, so that it knows an account made a moment ago. A name that nobody has costs the
    same reads."""
    key = email_claim(identifier) if "@" in identifier else username_claim(identifier)
    claim = Claim.find(key, consistent=True)
    return find_user(claim.user_id if claim else NOBODY, consistent=True)


def resolve_user(text: str, caller: Caller) -> User:
    """The account that `{user}` in a path names: `me`, a ULID, else a username in any case.

    Raises `UserNotFound` unless the account is shown and neither side blocks the other.
    """
    return look_up(text, caller, kinds=BLOCKS)[0]


def look_up(
    text: str, caller: Caller, kinds: Iterable[EdgeKind] = EVERY_KIND
) -> tuple[User, Relation]:
    """`resolve_user`, and how the caller and the account stand to each other, in one read (for a
    username two)."""
    user_id = _id_of(text, caller)
    keys: list[Key] = [(User, user_id), *relation_keys(caller.user_id, user_id, kinds)]
    items = read_items(keys)
    user = items.get(User, user_id)
    relation = relation_from(items, caller.user_id, user_id)
    if user is None or is_expired(user) or relation.blocked:
        raise UserNotFound
    if user_id != caller.user_id and not is_shown(user):
        raise UserNotFound
    return user, relation


def resolve_any(text: str, caller: Caller) -> User:
    """The account that `{user}` names, whatever its status and whoever blocks whom: for
    administrators. Reads consistently; raises `UserNotFound`."""
    user = find_user(_id_of(text, caller), consistent=True)
    if user is None:
        raise UserNotFound
    return user


def add_account(write: Transaction, user: User) -> None:
    """Add a new account and its claims on username and e-mail address to `write`.

    `write.send()` raises `UsernameTaken` or `EmailTaken`. A claim whose unverified account has
    expired is taken over. `user.expires_at` (None: never) also holds for the claims.
    """
    write.put(user, User.is_new())
    add_claims(write, user)


def verify_account(write: Transaction, user: User) -> None:
    """Make an unverified account active for good; `write.send()` raises `AlreadyVerified` if it is
    not unverified, and `UserNotFound` if its names are no longer its own."""
    write.update(
        User(user.user_id),
        User.status.set("active"),
        User.updated_at.set(timestamp()),
        User.expires_at.remove(),
        condition=User.status == "unverified",
        otherwise=AlreadyVerified(),
    )
    keep_claims(write, user)


def ban_account(write: Transaction, user: User, reason: str | None, until: str | None) -> None:
    """Ban `user` until a time (None: for good), or change the ban that there is; `write.send()`
    raises `CannotBanAdmin`. Ending the sessions is the caller's to add (`shared.revocation`)."""
    write.update(
        User(user.user_id),
        User.status_before_ban.set(User.status_before_ban | User.status),
        User.status.set("banned"),
        User.ban_reason.set(reason) if reason else User.ban_reason.remove(),
        User.banned_until.set(until) if until else User.banned_until.remove(),
        User.updated_at.set(timestamp()),
        condition=User.is_there() & (User.role != "admin"),
        otherwise=CannotBanAdmin(),
    )


def unban_account(write: Transaction, user: User) -> None:
    """End the ban of `user`, who gets back the status from before it."""
    write.update(
        User(user.user_id),
        User.status.set(User.status_before_ban | User.status),
        User.status_before_ban.remove(),
        User.ban_reason.remove(),
        User.banned_until.remove(),
        User.updated_at.set(timestamp()),
        condition=User.is_there(),
        otherwise=UserNotFound(),
    )


def _id_of(text: str, caller: Caller) -> str:
    if text == "me":
        return caller.user_id
    if ids.is_id(text):
        return text
    # Some letters of other scripts fold to plain ones, and would name somebody else.
    may_be_one = text.isascii() and len(text) <= _MAX_USERNAME
    claim = Claim.find(username_claim(text)) if may_be_one else None
    if claim is None:
        raise UserNotFound
    return claim.user_id


def is_expired(user: User) -> bool:
    """Whether the account's time is over: never verified, or deleted 30 days ago."""
    if user.purge_at and user.purge_at <= timestamp():
        return True
    return bool(user.expires_at) and user.expires_at <= now()
