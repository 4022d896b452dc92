"""Pages of items that are deleted, for erasures and for what follows from a deletion.

Apart from `erasure`, whose events a handler that only deletes need not import.
"""

from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex

from shared.dynamodb.tables import Table, query, write_items

PAGE = 250  # items


def delete_page[Item: Table](
    source: type[Item] | GlobalSecondaryIndex[Item],
    hash_key: str,
    range_condition: Condition | None = None,
) -> dict[str, Any] | None:
    """Delete a page of what a query finds; return the key behind it, if more may be left."""
    # An index cannot be read consistently; the second look finds what it shows too late.
    is_table = not isinstance(source, GlobalSecondaryIndex)
    found, following = query(source, hash_key, range_condition, limit=PAGE, consistent=is_table)
    write_items(deletes=found)
    return following
