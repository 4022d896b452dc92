"""Celebrities' latest posts for a feed, from one small item of ids each (`latest_posts`)."""

from collections.abc import Sequence
from functools import partial
from heapq import nlargest

from posts.author_pages import posts_page
from posts.latest_models import IdList, LatestPosts
from posts.pages import Part, PostCandidate
from shared.dynamodb.batches import BATCH_READ, batches, read_raw
from shared.dynamodb.tables import parallel_map
from shared.hot_reads import HotReads
from shared.transient import is_throttled

_NEWEST = "~"  # above every id

type _ListKey = tuple[str, bool]  # an author's id, and whether the list is that of reels


def pulled_posts(
    author_ids: Sequence[str], before: str | None, count: int, *, reels_only: bool = False
) -> list[Part]:
    """The latest `count` posts of these authors together that are older than `before`, from one
    small item each; authors whose list does not go far enough are read from the index. What is
    throttled is left out, and its part says so. Items may be five seconds old."""
    lists = _lists.get((author_id, reels_only) for author_id in author_ids)
    newest: list[tuple[str, str]] = []  # ids of posts, each with its author
    ends: list[tuple[str, str]] = []  # where lists end, each with its author
    for (author_id, _), known in lists.items():
        if known is None:  # there is no item: the list ends before it begins
            ends.append((_NEWEST, author_id))
            continue
        older = [each for each in known.ids if before is None or each < before][: count + 1]
        newest += [(each, author_id) for each in older]
        if known.end is not None:
            ends.append((known.end, author_id))
    newest = nlargest(count + 1, newest)
    floor = newest[count - 1][0] if len(newest) >= count else ""
    # Posts that a list does not have are older than its end: they matter if that is above the page.
    unknown = {author_id for end, author_id in ends if end > floor}
    known_part = Part(
        [PostCandidate(*each) for each in newest[:count] if each[1] not in unknown],
        (floor or None) if len(newest) > count or ends else None,
        is_partial=len(lists) < len(author_ids),
    )
    pull = partial(_from_index, before=before, count=count, reels_only=reels_only)
    return [known_part, *parallel_map(pull, unknown)]


def _from_index(author_id: str, before: str | None, count: int, reels_only: bool) -> Part:
    try:
        refs, reach = posts_page(author_id, count, before, reels_only=reels_only)
    except Exception as error:
        if is_throttled(error):
            return Part([], None, is_partial=True)
        raise
    return Part([PostCandidate(ref.post_id, author_id) for ref in refs], reach)


def _read(keys: Sequence[_ListKey]) -> dict[_ListKey, IdList | None]:
    """The stored lists, None where an author has no item, without those that are throttled."""
    found: dict[_ListKey, IdList | None] = {}
    for part in parallel_map(_read_batch, batches(keys, BATCH_READ)):
        found |= part
    return found


def _read_batch(keys: Sequence[_ListKey]) -> dict[_ListKey, IdList | None]:
    name = "reels" if keys[0][1] else "posts"  # a request asks for one of them alone
    request = {
        LatestPosts.Meta.table_name: {
            "Keys": [{"author_id": {"S": author_id}} for author_id, _ in keys],
            "ProjectionExpression": f"author_id, {name}, {name}_end",
        }
    }
    found: dict[_ListKey, IdList | None] = {}
    try:
        for _, item in read_raw(request):
            end = item.get(f"{name}_end", {}).get("S")
            found[item["author_id"]["S"], keys[0][1]] = IdList.stored(item[name]["S"], end)
    except Exception as error:
        if is_throttled(error):
            return found
        raise
    return {**dict.fromkeys(keys), **found}


_lists: HotReads[_ListKey, IdList | None] = HotReads(_read)
