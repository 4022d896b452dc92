"""What an export of a person's data is made of: topics, each a file, and reading them whole."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex

from shared.dynamodb.tables import Table, query

_PAGE = 100  # items; also what one batch read may look up beside them


@dataclass(frozen=True, slots=True)
class Topic:
    """One JSON file of an export: a list, read while it is written, or a single object."""

    name: str  # of the file, without `.json`
    about: str  # one line for the export's README; empty if another topic tells
    content: Iterable[dict[str, Any]] | dict[str, Any]


def walk[Item: Table](
    source: type[Item] | GlobalSecondaryIndex[Item],
    hash_key: str,
    range_condition: Condition | None = None,
    matching: Condition | None = None,
) -> Iterator[Item]:
    """All items of a query in the order of their keys, read a page at a time. For workers: a
    request reads one page."""
    for page in walk_pages(source, hash_key, range_condition, matching):
        yield from page


def walk_pages[Item: Table](
    source: type[Item] | GlobalSecondaryIndex[Item],
    hash_key: str,
    range_condition: Condition | None = None,
    matching: Condition | None = None,
) -> Iterator[tuple[Item, ...]]:
    """`walk`, at most 100 items at a time, for who reads more about each."""
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
    """These attributes of an item."""
    return {name: getattr(item, name) for name in names}
