"""Hourly: purge the accounts whose deletion can no longer be undone."""

from collections.abc import Callable
from typing import Any

from shared import observability
from shared.clock import timestamp
from shared.tables import in_parallel, query, transaction
from users.deletion import DELETION, purge_account
from users.models import User

_PAGE = 25  # accounts
_TIME_FOR_A_PAGE = 30_000  # milliseconds


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Purge page by page while there is time; what is left is due at the next run.

    The stream tells every service to erase what it holds (`UserErased`).
    """
    observability.start_tracing()
    due = User.purge_at <= timestamp()
    purged = failed = 0
    after = None
    while context.get_remaining_time_in_millis() > _TIME_FOR_A_PAGE:
        page, after = query(
            User.by_purge, DELETION, due, limit=_PAGE, after=after, newest_first=False
        )
        ended = in_parallel(*(_purging(each.user_id) for each in page))
        purged += sum(ended)
        failed += len(ended) - sum(ended)
        if after is None:
            break
    observability.log("purge", purged=purged, failed=failed, is_complete=after is None)
    return {"purged": purged, "failed": failed}


def _purging(user_id: str) -> Callable[[], bool]:
    return lambda: _purge(user_id)


def _purge(user_id: str) -> bool:
    """Purge one account; one that cannot be purged now holds up no other."""
    user = User.find(user_id, consistent=True)
    if user is None:
        return True
    try:
        with transaction() as write:
            purge_account(write, user)
    except Exception:  # noqa: BLE001  # it is due again at the next run
        observability.log_failure("not purged", user_id=user_id)
        return False
    return True
