"""Merging several lists of posts, newest first, without those that cannot be read now."""

from collections.abc import Callable, Iterable

from posts.public import Part
from shared.transient import is_throttled


def merge(parts: Iterable[Part]) -> Part:
    """One list of all parts, newest first and each post once. It ends where the first part ends,
    because the older posts of that part are not known yet. It is partial if any part is."""
    known = list(parts)
    reach = max((part.reach for part in known if part.reach), default=None)
    by_id = {each.post_id: each for part in known for each in part.candidates}
    newest_first = sorted(by_id.values(), key=lambda each: each.post_id, reverse=True)
    is_partial = any(part.is_partial for part in known)
    if reach is None:
        return Part(newest_first, None, is_partial)
    return Part([each for each in newest_first if each.post_id >= reach], reach, is_partial)


def unless_throttled(read: Callable[[], list[Part]]) -> list[Part]:
    """What is read of some lists, or nothing of them while DynamoDB throttles them: the page is
    made of the others, and says that it is partial."""
    try:
        return read()
    except Exception as error:
        if is_throttled(error):
            return [Part([], None, is_partial=True)]
        raise
