"""Account deletion: hide an account at once, allow a restore for 30 days, then purge it.

Deleting, restoring and purging are one transaction each. `purge_at` is set exactly while a
deletion is pending, whatever the status: an account that is banned in those 30 days is purged all
the same. From `purge_at` on the account cannot be found and its names are free, even if the purge
has not run yet.
"""

from pynamodb.expressions.condition import Condition

from shared.clock import now, timestamp
from shared.dynamodb.tables import Transaction, WriteConflict, read_items
from shared.errors import HoshiError
from shared.lifecycle.purging import PENDING
from users.accounts import status_without_ban
from users.claims import claims_of, expire_claims, keep_claims
from users.models import Claim, User

_UNDOABLE = 30 * 24 * 3600  # seconds


def delete_account(write: Transaction, user: User) -> None:
    """Soft-delete `user`: hide the account from everybody.

    `write.send()` raises `WriteConflict` if the account status has changed since `user` was read.
    The caller ends the sessions (`shared.access.revocation`). An unverified account is purged when
    it would have expired, if that is earlier.
    """
    moment = now()
    purge_time = int(moment) + _UNDOABLE
    if user.expires_at:
        purge_time = min(purge_time, user.expires_at)
    write.update(
        User(user.user_id),
        User.status.set("deleted"),
        # A ban that has run out, but was never lifted, ends here.
        User.status_before_deletion.set(status_without_ban(user)),
        User.status_before_ban.remove(),
        User.banned_until.remove(),
        User.ban_reason.remove(),
        User.ban_id.remove(),
        User.deletion.set(PENDING),
        User.deleted_at.set(timestamp(moment)),
        User.purge_at.set(timestamp(purge_time)),
        User.updated_at.set(timestamp(moment)),
        condition=_is_unchanged(user),
        otherwise=WriteConflict(),
    )
    expire_claims(write, user, purge_time)


def restore_account(write: Transaction, user: User, otherwise: HoshiError) -> None:
    """Undo the deletion of `user`, and set the status of `user` itself back.

    `write.send()` raises `otherwise` if it is too late, or the account status has changed since
    `user` was read.
    """
    status = user.status_before_deletion or "active"
    write.update(
        User(user.user_id),
        User.status.set(status),
        User.status_before_deletion.remove(),
        User.status_before_ban.remove(),
        User.banned_until.remove(),
        User.ban_reason.remove(),
        User.ban_id.remove(),
        User.deletion.remove(),
        User.deleted_at.remove(),
        User.purge_at.remove(),
        User.updated_at.set(timestamp()),
        condition=_is_unchanged(user) & (User.purge_at > timestamp()),
        otherwise=otherwise,
    )
    if not user.expires_at:
        keep_claims(write, user)
    user.status, user.purge_at = status, None
    user.status_before_ban = user.banned_until = None


def purge_account(write: Transaction, user: User) -> None:
    """Delete an account that is due, and the claims it still holds.

    `write.send()` raises `ConditionFailed` if it is not due. The stream publishes `user.erased`.
    """
    write.delete(User(user.user_id), condition=User.purge_at <= timestamp())
    keys = [(Claim, key) for key in claims_of(user)]
    for claim in read_items(keys, consistent=True).of(Claim):
        if claim.user_id == user.user_id:  # otherwise another account has the name already
            write.delete(claim, condition=Claim.user_id == user.user_id)


def _is_unchanged(user: User) -> Condition:
    unchanged: Condition = User.status == user.status
    if user.banned_until:
        unchanged &= User.banned_until == user.banned_until
    return unchanged
