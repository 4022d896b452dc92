"""Queries of a table or an index, page by page."""

import json
from collections.abc import Sequence
from typing import Any

from pynamodb.constants import NUMBER, STRING
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex

from shared.dynamodb.model import Table

_PAGES = 5  # the most that one query reads, if few items match


def query[Item: Table](
    source: type[Item] | GlobalSecondaryIndex[Item],
    hash_key: str,
    range_condition: Condition | None = None,
    *,
    limit: int,
    after: dict[str, Any] | None = None,
    newest_first: bool = True,
    consistent: bool = False,
    matching: Condition | None = None,
) -> tuple[list[Item], dict[str, Any] | None]:
    """One page of a query: at most `limit` items, and the key to go on `after` (None at the end).

    `after` is a plain `{"attribute": value}` of strings and numbers, suitable for a cursor. With
    `matching`, items that do not match are read, paid for and left out, so a page may be short.
    """
    model, index = _model_and_index(source)
    connection = model._get_connection()
    items: list[dict[str, Any]] = []
    key = _to_key(after) if after else None
    for _ in range(_PAGES):
        page = connection.query(
            hash_key,
            range_key_condition=range_condition,
            filter_condition=matching,
            exclusive_start_key=key,
            index_name=index,
            limit=limit,
            scan_index_forward=not newest_first,
            consistent_read=consistent,
        )
        items += page["Items"]
        key = page.get("LastEvaluatedKey")
        if key is None or len(items) >= limit:
            break
    if len(items) > limit:
        del items[limit:]
        key = {name: items[-1][name] for name in _key_names(model, index)}
    return [model.from_raw_data(item) for item in items], _from_key(key) if key else None


def resume_key[Item: Table](
    source: type[Item] | GlobalSecondaryIndex[Item], item: Item
) -> dict[str, Any]:
    """The key with which a query of `source` continues after `item`."""
    return {name: getattr(item, name) for name in _key_names(*_model_and_index(source))}


def _model_and_index[Item: Table](
    source: type[Item] | GlobalSecondaryIndex[Item],
) -> tuple[type[Item], str | None]:
    if isinstance(source, GlobalSecondaryIndex):
        return source._model, source.Meta.index_name  # type: ignore[return-value]
    return source, None


def _key_names(model: type[Table], index: str | None) -> Sequence[str]:
    """The key attributes of a table, and of the index."""
    table = model._get_connection().connection.get_meta_table(model.Meta.table_name)
    names: Sequence[str] = table.get_key_names(index)
    return names


def _to_key(plain: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: {STRING: value} if isinstance(value, str) else {NUMBER: str(value)}
        for name, value in plain.items()
    }


def _from_key(key: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        name: value[STRING] if STRING in value else json.loads(value[NUMBER])
        for name, value in key.items()
    }
