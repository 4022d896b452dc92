"""Full pages of lists of which the viewer may not see everything.

A short page with a cursor, or a cursor that names what was left out, would say that something is
hidden. So a page is full unless it is the last, or more would be too much to read.
"""

from collections.abc import Callable, Sequence
from typing import Any

type Position = dict[str, Any] | None

_ROUNDS = 30  # of reads for one page; after them it ends short, and its cursor continues


def full_page[Stored, Shown](
    read: Callable[[int, Position], tuple[list[Stored], Position]],
    visible_of: Callable[[list[Stored]], Sequence[Shown]],
    limit: int,
    after: Position,
    place_of: Callable[[Shown], Position],
) -> tuple[list[Shown], Position]:
    """The next `limit` items after a position that the viewer may see, and the position to continue
    after: None at the end. `read` returns at most so many items after a position, fewer if more are
    too much, and the position after them; `visible_of` those that the viewer may see; `place_of`
    the position of one."""
    found: list[Shown] = []
    following = after
    for _ in range(_ROUNDS):
        items, following = read(limit + 1, following)  # the last says whether there is another page
        found += visible_of(items)
        is_cut = len(items) <= limit
        if following is None or len(found) > limit or (found and is_cut):
            break
    shown = found[:limit]
    # A cursor can be read, so it names an item that is shown rather than one that is hidden.
    is_end = following is None and len(found) <= limit
    return shown, None if is_end else place_of(shown[-1]) if shown else following
