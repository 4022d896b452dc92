"""Daily: recount likes and comments, mend what is wrong, and report it as a metric."""

from typing import Any

from posts.models import Recount
from posts.recounting import COUNTINGS, recounting
from shared import observability
from shared.aws import client
from shared.clock import now, timestamp
from shared.tables import Table, in_parallel

_PAGE = 100  # items
_TIME_FOR_A_PAGE = 60_000  # milliseconds
_PROGRESS_KEPT = 30 * 24 * 3600  # seconds

type _Item = dict[str, Any]


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Recount page by page, of each table in turn, while there is time; the next run goes on where
    this one ended.

    `drift` is the sum of what was wrong, whichever way: the goal is zero.
    """
    observability.start_tracing()
    waiting = list(COUNTINGS)
    items = drift = mended = 0
    while waiting and context.get_remaining_time_in_millis() > _TIME_FOR_A_PAGE:
        model = waiting.pop(0)
        page, after = _next_page(model)
        changes = in_parallel(
            *(
                recounting(counting, _key_of(model, item), int(item[total]["N"]))
                for item in page
                for counting in COUNTINGS[model]
                if (total := counting.total.attr_name) in item
            )
        )
        items += len(page)
        mended += sum(change != 0 for change in changes)
        drift += sum(map(abs, changes))
        _keep(model, after)
        if after:
            waiting.append(model)
    observability.count("CounterDrift", drift)
    observability.log("recount", items=items, mended=mended, drift=drift, is_complete=not waiting)
    return {"items": items, "mended": mended, "drift": drift}


def _next_page(model: type[Table]) -> tuple[list[_Item], _Item | None]:
    """The next items of a table, with their counts, and where to go on."""
    progress = Recount.find(_progress_of(model), consistent=True)
    start: dict[str, Any] = (
        {"ExclusiveStartKey": progress.after} if progress and progress.after else {}
    )
    names = [*model.key_names(), *(each.total.attr_name for each in COUNTINGS[model])]
    answer = client("dynamodb").scan(
        TableName=model.Meta.table_name,
        Limit=_PAGE,
        ProjectionExpression=", ".join(names),
        **start,
    )
    return answer["Items"], answer.get("LastEvaluatedKey")


def _key_of(model: type[Table], item: _Item) -> tuple[str, ...]:
    return tuple(item[name]["S"] for name in model.key_names())


def _progress_of(model: type[Table]) -> str:
    return f"progress#{vars(model.Meta)['table_name'].name}"


def _keep(model: type[Table], after: _Item | None) -> None:
    """Remember where to go on; at the end, that the next run begins again."""
    if after is None:
        Recount(_progress_of(model)).delete()
        return
    expires = int(now()) + _PROGRESS_KEPT
    Recount(_progress_of(model), after=after, noted_at=timestamp(), expires_at=expires).save()
