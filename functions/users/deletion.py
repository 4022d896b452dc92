"""The end of an account: hidden at once, undoable for 30 days, then purged.

Deleting, restoring and purging are one transaction each. `purge_at` is there exactly while a
deletion is under way, whatever the status says: an account that is banned meanwhile is purged all
the same. From then on nobody finds the account, and its names are free, whether or not the purge
has come by.
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
    """Hide `user`, as it was read, from everybody; `write.send()` raises `WriteConflict` if its
    standing has changed. Ending the sessions is the caller's to add (`shared.revocation`).

    An unverified account that would have expired earlier is purged then.
    """
    moment = now()
    gone = int(moment) + _UNDOABLE
    if user.expires_at:
        gone = min(gone, user.expires_at)
    write.update(
        User(user.user_id),
        User.status.set("deleted"),
        # A ban that is over, but was never lifted, ends with this.
        User.status_before_deletion.set(status_without_ban(user)),
        User.status_before_ban.remove(),
        User.banned_until.remove(),
        User.ban_reason.remove(),
        User.deletion.set(PENDING),
        User.deleted_at.set(timestamp(moment)),
        User.purge_at.set(timestamp(gone)),
        User.updated_at.set(timestamp(moment)),
        condition=_is_as(user),
        otherwise=WriteConflict(),
    )
    expire_claims(write, user, gone)


def restore_account(write: Transaction, user: User, otherwise: HoshiError) -> None:
    """Undo the deletion of `user`, as it was read; `write.send()` raises `otherwise` if that is not
    possible any more. `user` itself is then what it was before."""
    status = user.status_before_deletion or "active"
    write.update(
        User(user.user_id),
        User.status.set(status),
        User.status_before_deletion.remove(),
        User.status_before_ban.remove(),
        User.banned_until.remove(),
        User.ban_reason.remove(),
        User.deletion.remove(),
        User.deleted_at.remove(),
        User.purge_at.remove(),
        User.updated_at.set(timestamp()),
        condition=_is_as(user) & (User.purge_at > timestamp()),
        otherwise=otherwise,
    )
    if not user.expires_at:
        keep_claims(write, user)
    user.status, user.purge_at = status, None
    user.status_before_ban = user.banned_until = None


def purge_account(write: Transaction, user: User) -> None:
    """Remove the account, whose time is over, and what it still holds of its names; `write.send()`
    raises `ConditionFailed` if it is not over. The stream tells everybody else (`UserErased`)."""
    write.delete(User(user.user_id), condition=User.purge_at <= timestamp())
    keys = [(Claim, key) for key in claims_of(user)]
    for claim in read_items(keys, consistent=True).of(Claim):
        if claim.user_id == user.user_id:  # else somebody else has the name already
            write.delete(claim, condition=Claim.user_id == user.user_id)


def _is_as(user: User) -> Condition:
    unchanged: Condition = User.status == user.status
    if user.banned_until:
        unchanged &= User.banned_until == user.banned_until
    return unchanged
