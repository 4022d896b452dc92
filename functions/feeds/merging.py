"""Several lists of posts, newest first, as one: a pure function of what was read of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ref:
    """A post that may belong on a page, and its author."""

    post_id: str
    author_id: str
    place: Any = None  # where to go on after it, in a list that is not in the order of post ids

    @property
    def after(self) -> Any:
        """Where to go on after it."""
        return self.place or self.post_id


@dataclass(frozen=True, slots=True)
class Part:
    """What was read of one list. It holds everything down to `reach` (None: everything there is),
    a post id where the list is by post ids; what is behind it is not known yet."""

    refs: Sequence[Ref]
    reach: Any


def merge(parts: Iterable[Part]) -> Part:
    """One list of all parts, newest first and each post once. It ends where the first of the parts
    ends, because nothing is known of that one below."""
    known = list(parts)
    reach = max((part.reach for part in known if part.reach), default=None)
    refs = {ref.post_id: ref for part in known for ref in part.refs}
    newest_first = sorted(refs.values(), key=lambda ref: ref.post_id, reverse=True)
    if reach is None:
        return Part(newest_first, None)
    return Part([ref for ref in newest_first if ref.post_id >= reach], reach)
