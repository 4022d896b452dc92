"""Purging what was deleted so long ago that it cannot be undone any more: the scheduled Lambda of
a table whose deletions can.

Its deleted items are in a sparse index of one partition (`PENDING`), by the time when they go.
Deletions are rare, and so no day can be missed.
"""

from collections.abc import Callable
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex

from shared import observability
from shared.dynamodb.tables import ConditionFailed, Table, in_parallel, query

PENDING = "pending"
_TIME_FOR_A_PAGE = 30_000  # milliseconds


def purge_due[Item: Table](
    index: GlobalSecondaryIndex[Item],
    is_due: Condition,
    purge: Callable[[Item], None],
    context: Any,
    page_size: int,
) -> dict[str, int]:
    """Purge page by page while the Lambda has time; what is left is due at the next run.

    `purge` removes one item; it may raise `ConditionFailed` for one that is gone, or restored. One
    that cannot be purged now holds up no other. Returns how many were `purged` and how many
    `failed`.
    """
    observability.start_tracing()
    purged = failed = 0
    after = None
    while context.get_remaining_time_in_millis() > _TIME_FOR_A_PAGE:
        page, after = query(
            index, PENDING, is_due, limit=page_size, after=after, newest_first=False
        )
        ended = in_parallel(*(_purging(purge, each) for each in page))
        purged += sum(ended)
        failed += len(ended) - sum(ended)
        if after is None:
            break
    observability.log("purge", purged=purged, failed=failed, is_complete=after is None)
    return {"purged": purged, "failed": failed}


def _purging[Item: Table](purge: Callable[[Item], None], item: Item) -> Callable[[], bool]:
    return lambda: _purge(purge, item)


def _purge[Item: Table](purge: Callable[[Item], None], item: Item) -> bool:
    try:
        purge(item)
    except ConditionFailed:
        return True  # it is gone already, or was restored
    except Exception:  # noqa: BLE001  # it is due again at the next run
        observability.log_failure("not purged", item=item.key())
        return False
    return True
