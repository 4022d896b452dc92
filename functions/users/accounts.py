"""Accounts: find them, decide who is visible to others, and create, verify and ban them."""

from collections.abc import Iterable

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from shared import ids
from shared.access.caller import Caller
from shared.clock import now, seconds, timestamp
from shared.config import config
from shared.dynamodb.tables import Key, Transaction, read_items
from shared.errors import AlreadyVerified, CannotBanAdmin, UserNotFound
from users.claims import add_claims, email_claim, keep_claims, username_claim
from users.edges import BLOCKS, EVERY_KIND, Relation, relation_from, relation_keys
from users.models import NEWSLETTER, Claim, EdgeKind, User

# The id of no account: reading it makes an unknown name cost as much as a known one.
NOBODY = "0" * 26
_MAX_USERNAME = 30  # characters


def account_status(user: User) -> str:
    """The current status: `unverified`, `active`, `banned` or `deleted`.

    Once a ban has run out, this is the status from before it.
    """
    if user.status != "banned":
        return user.status
    is_over = bool(user.banned_until) and seconds(user.banned_until) <= now()
    return status_without_ban(user) if is_over else "banned"


def status_without_ban(user: User) -> str:
    """The status of the account, or the one it returns to when its ban ends."""
    return (user.status_before_ban or "active") if user.status == "banned" else user.status


def is_shown(user: User) -> bool:
    """Whether others see this account: active (or unverified, if verification is optional)."""
    status = account_status(user)
    return status == "active" or (status == "unverified" and not config.verification_required)


def is_expired(user: User) -> bool:
    """Whether the account was never verified in time, or was deleted 30 days ago."""
    if user.purge_at and user.purge_at <= timestamp():
        return True
    return bool(user.expires_at) and user.expires_at <= now()


def find_user(user_id: str, consistent: bool = False) -> User | None:
    """The account with this id, whatever its status; None if it does not exist or has expired."""
    user = User.find(user_id, consistent=consistent)
    return user if user and not is_expired(user) else None


def find_users(user_ids: Iterable[str]) -> dict[str, User]:
    """The accounts with these ids, whatever their status, without missing and expired ones."""
    found = read_items((User, user_id) for user_id in user_ids)
    return {user.user_id: user for user in found.of(User) if not is_expired(user)}


def find_by_login(identifier: str) -> User | None:
    """The account with this username (in any case) or e-mail address, whatever its status.

    Reads consistently, so it finds an account created a moment ago. An unknown name costs the same
    reads as a known one.
    """
    key = email_claim(identifier) if "@" in identifier else username_claim(identifier)
    claim = Claim.find(key, consistent=True)
    return find_user(claim.user_id if claim else NOBODY, consistent=True)


def resolve_user(text: str, caller: Caller) -> User:
    """The account that `{user}` in a path names: `me`, a ULID, or a username in any case.

    Raises `UserNotFound` unless the account is visible and neither side blocks the other.
    """
    return look_up(text, caller, kinds=BLOCKS)[0]


def look_up(
    text: str, caller: Caller, kinds: Iterable[EdgeKind] = EVERY_KIND
) -> tuple[User, Relation]:
    """The account that `resolve_user` finds, and the caller's relation to it.

    Costs one read, two for a username.
    """
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
    """The account that `{user}` names, whatever its status and its blocks: for administrators.

    Reads consistently; raises `UserNotFound`.
    """
    user = find_user(_id_of(text, caller), consistent=True)
    if user is None:
        raise UserNotFound
    return user


def add_account(write: Transaction, user: User) -> None:
    """Add a new account and its claims on username and e-mail address to `write`.

    `write.send()` raises `UsernameTaken` or `EmailTaken`. The claim of an expired unverified
    account is taken over. The claims expire with the account, at `user.expires_at` (None: never).
    """
    user.subscription = NEWSLETTER if user.newsletter else None
    write.put(user, User.is_new())
    add_claims(write, user)


def verify_account(write: Transaction, user: User) -> None:
    """Make an unverified account active and permanent.

    `write.send()` raises `AlreadyVerified` if it is not unverified, and `UserNotFound` if it has
    lost its names.
    """
    write.update(
        User(user.user_id),
        User.status.set("active"),
        User.updated_at.set(timestamp()),
        User.expires_at.remove(),
        condition=User.status == "unverified",
        otherwise=AlreadyVerified(),
    )
    keep_claims(write, user)


def ban_account(
    write: Transaction, user: User, reason: str | None, until: str | None, ban_id: str | None = None
) -> None:
    """Ban `user` until a time (None: forever), or change the current ban; `ban_id` names the
    decision, which `lift_ban` undoes.

    `write.send()` raises `CannotBanAdmin`. The caller ends the sessions
    (`shared.access.revocation`).
    """
    write.update(
        User(user.user_id),
        User.status_before_ban.set(User.status_before_ban | User.status),
        User.status.set("banned"),
        User.ban_reason.set(reason) if reason else User.ban_reason.remove(),
        User.banned_until.set(until) if until else User.banned_until.remove(),
        User.ban_id.set(ban_id) if ban_id else User.ban_id.remove(),
        User.updated_at.set(timestamp()),
        condition=User.is_there() & (User.role != "admin"),
        otherwise=CannotBanAdmin(),
    )


def unban_account(write: Transaction, user: User) -> None:
    """End the ban of `user` and restore the status from before it."""
    _end_ban(write, user, User.is_there(), UserNotFound())


def lift_ban(write: Transaction, user: User) -> None:
    """`unban_account` for the ban that `user` was read with; the transaction raises
    `ConditionFailed` if there is another one now, or none."""
    is_same = (User.status == "banned") & (User.ban_id == user.ban_id)
    _end_ban(write, user, is_same)


def end_ban(user: User) -> None:
    """Store the end of a timed ban that is over. Raises `ConditionFailed` if the ban of `user` has
    changed since it was read."""
    is_same = (User.status == "banned") & (User.banned_until == user.banned_until)
    user.change(*_without_ban(), condition=is_same)


def _end_ban(
    write: Transaction, user: User, condition: Condition, otherwise: Exception | None = None
) -> None:
    write.update(User(user.user_id), *_without_ban(), condition=condition, otherwise=otherwise)


def _without_ban() -> list[Action]:
    return [
        User.status.set(User.status_before_ban | User.status),
        User.status_before_ban.remove(),
        User.ban_reason.remove(),
        User.banned_until.remove(),
        User.ban_id.remove(),
        User.updated_at.set(timestamp()),
    ]


def grant_badge(write: Transaction, user_id: str, otherwise: Exception) -> None:
    """Give the account the badge; `write.send()` raises `otherwise` if it does not exist."""
    write.update(
        User(user_id),
        User.is_verified.set(True),
        User.updated_at.set(timestamp()),
        condition=User.is_there(),
        otherwise=otherwise,
    )


def require_no_badge(write: Transaction, user_id: str, otherwise: Exception) -> None:
    """Make `write` depend on the account's having no badge, or raise `otherwise`."""
    has_none = User.is_verified.does_not_exist() | (User.is_verified == False)  # noqa: E712
    write.check(User, user_id, condition=User.is_there() & has_none, otherwise=otherwise)


def _id_of(text: str, caller: Caller) -> str:
    if text == "me":
        return caller.user_id
    if ids.is_id(text):
        return text
    # Some letters of other scripts fold to ASCII ones, and would name somebody else.
    may_be_username = text.isascii() and len(text) <= _MAX_USERNAME
    claim = Claim.find(username_claim(text)) if may_be_username else None
    if claim is None:
        raise UserNotFound
    return claim.user_id
