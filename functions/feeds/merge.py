"""Merging several lists of posts, newest first: a pure function of what was read of each."""

from collections.abc import Iterable

from posts.public import Part


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
