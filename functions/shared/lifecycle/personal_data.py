"""What an export of a person's data consists of: topics, each a file, and reading them whole."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex

from shared.dynamodb.tables import Table, query

_PAGE = 100  # items; also the limit of keys in one batch read, for what is looked up with them


@dataclass(frozen=True, slots=True)
class Topic:
    """One JSON file of an export: a list, which is read while it is written, or one object."""

    name: str  # of the file, without `.json`
    about: str  # one line for the export's README; empty if another topic's line says it
    content: Iterable[dict[str, Any]] | dict[str, Any]


def walk[Item: Table](
    source: type[Item] | GlobalSecondaryIndex[Item],
    hash_key: str,
    range_condition: Condition | None = None,
    matching: Condition | None = None,
) -> Iterator[Item]:
    """All items of a query in the order of their keys, read page by page. For workers only: a
    request reads one page."""
    for page in walk_pages(source, hash_key, range_condition, matching):
        yield from page


def walk_pages[Item: Table](
    source: type[Item] | GlobalSecondaryIndex[Item],
    hash_key: str,
    range_condition: Condition | None = None,
    matching: Condition | None = None,
) -> Iterator[tuple[Item, ...]]:
    """`walk`, but at most 100 items at a time, for callers that look up more about each."""
    after = None
    while True:
        found, after = query(
            source,
            hash_key,
            range_condition,
            limit=_PAGE,
            after=after,
            newest_first=False,
            matching=matching,
        )
        yield from batched(found, _PAGE, strict=False)
        if after is None:
            return


def plain(item: Table, *names: str) -> dict[str, Any]:
    """The attributes `names` of an item."""
    return {name: getattr(item, name) for name in names}
