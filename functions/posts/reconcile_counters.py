"""Daily: recount the likes of all posts, mend what is wrong, and report it as a metric."""

from typing import Any

from posts.models import Post, Recount
from posts.recounting import recounting
from shared import observability
from shared.aws import client
from shared.clock import now, timestamp
from shared.tables import in_parallel

_PAGE = 100  # posts
_TIME_FOR_A_PAGE = 60_000  # milliseconds
_PROGRESS = "progress"
_PROGRESS_KEPT = 30 * 24 * 3600  # seconds


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Recount page by page while there is time; the next run goes on where this one ended.

    `drift` is the sum of what was wrong, whichever way: the goal is zero.
    """
    observability.start_tracing()
    progress = Recount.find(_PROGRESS, consistent=True)
    after = progress.after if progress else None
    posts = drift = mended = 0
    while context.get_remaining_time_in_millis() > _TIME_FOR_A_PAGE:
        page, after = _read_page(after)
        changes = in_parallel(*(recounting(post_id, like_count) for post_id, like_count in page))
        posts += len(page)
        mended += sum(change != 0 for change in changes)
        drift += sum(map(abs, changes))
        _keep(after)
        if after is None:
            break
    observability.count("LikeCountDrift", drift)
    observability.log("recount", posts=posts, mended=mended, drift=drift, is_complete=after is None)
    return {"posts": posts, "mended": mended, "drift": drift}


def _read_page(after: str | None) -> tuple[list[tuple[str, int]], str | None]:
    """The next posts with their like counts, and where to go on."""
    start: dict[str, Any] = {"ExclusiveStartKey": {"post_id": {"S": after}}} if after else {}
    answer = client("dynamodb").scan(
        TableName=Post.Meta.table_name,
        Limit=_PAGE,
        ProjectionExpression="post_id, like_count",
        **start,
    )
    page = [(item["post_id"]["S"], int(item["like_count"]["N"])) for item in answer["Items"]]
    last = answer.get("LastEvaluatedKey")
    return page, last["post_id"]["S"] if last else None


def _keep(after: str | None) -> None:
    """Remember where to go on; at the end, that the next run begins again."""
    if after is None:
        Recount(_PROGRESS).delete()
        return
    expires = int(now()) + _PROGRESS_KEPT
    Recount(_PROGRESS, after=after, noted_at=timestamp(), expires_at=expires).save()
