"""Passes through whole tables: page by page, to be continued where an earlier run ended."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from infra.stored_models import models_by_table

_PAGE = 100  # items

type Item = dict[str, dict[str, Any]]
type Say = Callable[[str], object]


def passed(tables: Sequence[str], after: str | None, say: Say) -> Iterator[tuple[str, list[Item]]]:
    """The items of tables, one table after another, each page with its table's name.

    After each page that the caller has done, `say` gets the option of a run that continues there.
    """
    table, key = json.loads(after) if after else (tables[0], None)
    for each in tables[tables.index(table) :]:
        while True:
            items, key = _page(each, key)
            yield each, items
            if key is None:
                break
            say(f"--after '{json.dumps([each, key])}'")


def _page(table: str, after: Item | None) -> tuple[list[Item], Item | None]:
    from shared.aws.clients import client

    more: Any = {"ExclusiveStartKey": after} if after else {}
    name = models_by_table()[table].Meta.table_name
    answer: Any = client("dynamodb").scan(TableName=name, Limit=_PAGE, ConsistentRead=True, **more)
    return list(answer["Items"]), answer.get("LastEvaluatedKey")
