"""Versions of stored items, and how items of an earlier version are read.

The version of an item is its attribute `v`; an item without one is of version 1. A model whose form
changed lists in `upgrades` one step for each change, oldest first: the current version is one more
than their number. An item is upgraded where it is read, in memory, so that a restored backup and
items that another version writes during a deployment are read alike. Reading writes nothing: an
item is stored in its new form by its next put, by `python -m infra.upgrade`, or by a restore.

A step gets the item in DynamoDB's form, changes it in place, and follows three rules:

1. It adds what is missing, and leaves what is there: an update of single attributes writes the new
   form without a version, and indexes project a part of an item.
2. It removes nothing that the version before reads: that one still runs while the new one is
   deployed, and after a rollback. What is no longer needed goes with the next version.
3. It needs nothing but the item.
"""

from collections.abc import Callable, Sequence
from typing import Any

VERSION = "v"  # short, because each item has it

type RawItem = dict[str, dict[str, Any]]
type Step = Callable[[RawItem], None]


def version_of(item: RawItem) -> int:
    """The version in which an item is stored."""
    return int(item[VERSION]["N"]) if VERSION in item else 1


def current_version(upgrades: Sequence[Step]) -> int:
    """The version in which items of a model with these steps are written."""
    return len(upgrades) + 1


def upgraded(upgrades: Sequence[Step], item: RawItem) -> RawItem:
    """The item in the current version; itself, if it is of that or a later one."""
    steps = upgrades[version_of(item) - 1 :]
    if not steps:
        return item
    current = dict(item)
    for step in steps:
        step(current)
    return current | {VERSION: {"N": str(current_version(upgrades))}}
