"""Do what is due, such as purging what was deleted so long ago that it can no longer be undone: for
the scheduled Lambda of a table with soft deletes.

The items are in one partition, of a sparse index (`PENDING`) or of a list, sorted by the time when
they are due. One partition suffices, because deletions are rare, and with it no day can be missed.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex

from shared import observability
from shared.dynamodb.tables import ConditionFailed, Table, parallel_map, query

PENDING = "pending"
# Seconds for which what an administrator removed is kept for an appeal: 30 days to make it, and
# twice as long to decide about it.
KEPT_REMOVED = 90 * 24 * 3600
_TIME_FOR_A_PAGE = 30_000  # milliseconds


def purge_due[Item: Table](
    source: type[Item] | GlobalSecondaryIndex[Item],
    is_due: Condition,
    purge: Callable[[Item], None],
    context: Any,
    page_size: int,
    partition: str = PENDING,
) -> dict[str, int]:
    """Purge page by page while the Lambda has time; the rest is due at the next run.

    `purge` removes one item; it may raise `ConditionFailed` for one that is gone or was restored.
    An item that cannot be purged delays no other. Returns how many were `purged` and `failed`.
    """
    observability.start_tracing()
    purged = failed = 0
    after = None
    while context.get_remaining_time_in_millis() > _TIME_FOR_A_PAGE:
        page, after = query(
            source, partition, is_due, limit=page_size, after=after, newest_first=False
        )
        results = parallel_map(partial(_purge, purge), page)
        purged += sum(results)
        failed += len(results) - sum(results)
        if after is None:
            break
    observability.log("purge", purged=purged, failed=failed, is_complete=after is None)
    return {"purged": purged, "failed": failed}


def _purge[Item: Table](purge: Callable[[Item], None], item: Item) -> bool:
    try:
        purge(item)
    except ConditionFailed:
        return True  # it is already gone, or was restored
    except Exception:  # noqa: BLE001  # it is due again at the next run
        observability.log_failure("not purged", item=item.key())
        return False
    return True
