"""Hourly: purge the posts whose deletion can no longer be undone."""

from collections.abc import Callable
from typing import Any

from posts.deletions import DELETION, purge_post
from posts.models import Post
from shared import observability
from shared.clock import timestamp
from shared.tables import ConditionFailed, in_parallel, query

_PAGE = 100  # posts
_TIME_FOR_A_PAGE = 30_000  # milliseconds


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Purge page by page while there is time; what is left is due at the next run.

    The stream tells who holds something of a post to let it go (`PostPurged`).
    """
    observability.start_tracing()
    due = Post.purge_at <= timestamp()
    purged = failed = 0
    after = None
    while context.get_remaining_time_in_millis() > _TIME_FOR_A_PAGE:
        page, after = query(
            Post.by_purge, DELETION, due, limit=_PAGE, after=after, newest_first=False
        )
        ended = in_parallel(*(_purging(each.post_id) for each in page))
        purged += sum(ended)
        failed += len(ended) - sum(ended)
        if after is None:
            break
    observability.log("purge", purged=purged, failed=failed, is_complete=after is None)
    return {"purged": purged, "failed": failed}


def _purging(post_id: str) -> Callable[[], bool]:
    return lambda: _purge(post_id)


def _purge(post_id: str) -> bool:
    """Purge one post; one that cannot be purged now holds up no other."""
    try:
        purge_post(post_id)
    except ConditionFailed:
        return True  # it is gone already
    except Exception:  # noqa: BLE001  # it is due again at the next run
        observability.log_failure("not purged", post_id=post_id)
        return False
    return True
