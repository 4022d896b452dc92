"""Items that follow from another one: what people and tags are found by, the posts of a tag.

Such entries follow from a record alone, which remembers what they were made of. Entries and record
change in one transaction, on the condition that the record is as it was read. Events may arrive
late, twice or in any order, so an event only says when to look. The condition alone is not enough:
a slow worker that read a short-lived state could write it after a quick worker had finished, if the
state had returned to what the record says. So a worker that has written looks again, until there is
nothing to write.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress

from pynamodb.expressions.condition import Condition

from shared.dynamodb.conditions import ConditionFailed, WriteConflict
from shared.dynamodb.model import Table
from shared.dynamodb.transactions import transaction

_TRIES = 8


def sync[Record: Table](
    stored: Callable[[], Record | None],
    current: Callable[[], Record | None],
    entries: Callable[[Record], Iterable[Table]],
) -> None:
    """Replace the `stored` record (as a consistent read finds it) by the `current` one (None: no
    record), and its `entries`, at most 49 of one record. Raises `WriteConflict` if others keep
    changing it."""
    for _ in range(_TRIES):
        # Another worker may change the record after it was read.
        with suppress(ConditionFailed):
            if not _replace(stored(), current(), entries):
                return
    raise WriteConflict


def _replace[Record: Table](
    before: Record | None,
    after: Record | None,
    entries: Callable[[Record], Iterable[Table]],
) -> bool:
    """Replace a record and its entries by others; return whether there was anything to write."""
    if _content(before) == _content(after):
        return False
    old, new = _by_key(entries(before) if before else ()), _by_key(entries(after) if after else ())
    with transaction() as write:
        if after:
            write.put(after, _is_unchanged(before) if before else after.is_new())
        elif before:
            write.delete(before, _is_unchanged(before))
        for key in old.keys() - new.keys():
            write.delete(old[key])
        for key, entry in new.items():
            if key not in old or _content(old[key]) != _content(entry):
                write.put(entry)
    return True


def _content(item: Table | None) -> object:
    return item.serialize() if item else None


def _by_key(items: Iterable[Table]) -> dict[tuple[str, ...], Table]:
    return {tuple(part["S"] for part in item.key().values()): item for item in items}


def _is_unchanged(record: Table) -> Condition:
    """The condition that an item is as it was read."""
    condition: Condition = record.is_there()
    for name, attribute in record.get_attributes().items():
        if not (attribute.is_hash_key or attribute.is_range_key):
            value = record.attribute_values.get(name)
            condition &= attribute.does_not_exist() if value is None else attribute == value
    return condition
