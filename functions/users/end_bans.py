"""Every ten minutes: end the bans whose time is over.

Readers end a ban to the second (`accounts.account_status`). This writes the end, so that the stream
publishes it as if an administrator had lifted the ban.
"""

from typing import Any

from shared.clock import timestamp
from shared.lifecycle.purging import purge_due
from users.account_list import TIMED_BANS
from users.accounts import account_status, end_ban
from users.models import AccountEntry, User

_PAGE = 25  # accounts


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """End the bans that are listed as over, unless they were changed meanwhile."""
    is_over = AccountEntry.place <= timestamp()
    return purge_due(AccountEntry, is_over, _end, context, _PAGE, partition=TIMED_BANS)


def _end(entry: AccountEntry) -> None:
    user = User.find(entry.user_id, consistent=True)
    if user and user.status == "banned" and account_status(user) != "banned":
        end_ban(user)
