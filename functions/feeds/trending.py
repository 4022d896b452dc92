"""Rankings of the posts of the last seven days, and reading one of them page by page.

A ranking is computed on a schedule and kept for a day under its own id, which the cursor holds:
readers stay in the ranking that they began with, even if a newer one is made.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from heapq import nlargest
from itertools import batched

from feeds.discovery_index import HOUR, HOUR_PARTS, RANKED, hour_bucket
from feeds.models import ExplorePost, TrendingPage
from posts.public import Part, PostCandidate
from shared.clock import now
from shared.dynamodb.tables import ConditionFailed, parallel_map, query, read_items, write_items
from shared.hot_reads import HotReads
from shared.ids import new_id, time_of
from users.public import find_users, is_shown

LENGTH = 1000  # posts of a ranking
PAGE = 100  # posts in one item
_KEPT = 24 * 3600  # seconds
_OF_A_BUCKET = 200  # its best posts; more of one hour would not make a difference
_SURPLUS = 2  # times the length, to replace posts whose authors turn out to be hidden
_GRAVITY = 1.5
_LATEST = ("latest", "-")

type Scored = tuple[float, str, str]  # score, post id, author id


def rank() -> int:
    """Compute a new ranking and make it the latest; return how many posts it has.

    Among the posts of one hour the age makes no difference, so the best of an hour are those with
    the most points, and only those are read: the costs do not grow with the number of posts.
    """
    moment, ranking = now(), new_id()
    hour = int(moment // HOUR)
    buckets = [
        hour_bucket(hour - age, part)
        for age in range(RANKED // HOUR + 1)
        for part in range(HOUR_PARTS)
    ]
    parts = parallel_map(partial(_scored, moment), buckets)
    best = _shown(nlargest(LENGTH * _SURPLUS, (each for part in parts for each in part)))[:LENGTH]
    expires = int(moment + _KEPT)
    write_items(
        TrendingPage(
            ranking,
            f"{number:03}",
            posts=[[post_id, author_id] for _, post_id, author_id in page],
            expires_at=expires,
        )
        for number, page in enumerate(batched(best, PAGE, strict=False))
    )
    _make_latest(ranking)
    return len(best)


def trending(place: str | None, count: int) -> Part:
    """The next posts of a ranking, at most those of one item. A place is `<ranking>#<position>`;
    a ranking that has expired has no further posts."""
    if place is None:
        latest = _page(*_LATEST)
        if latest is None:
            return Part([], None)
        place = f"{latest.latest}#0"
    ranking, _, start = place.partition("#")
    number, skipped = divmod(int(start), PAGE)
    page = _page(ranking, f"{number:03}")
    if page is None:
        return Part([], None)
    candidates = [
        PostCandidate(post_id, author_id, f"{ranking}#{number * PAGE + index + 1}")
        for index, (post_id, author_id) in enumerate(page.posts)
    ]
    end = skipped + count
    is_last = len(candidates) < PAGE or (number + 1) * PAGE >= LENGTH
    if is_last and end >= len(candidates):
        return Part(candidates[skipped:], None)
    return Part(candidates[skipped:end], candidates[min(end, len(candidates)) - 1].place)


def _page(ranking: str, page: str) -> TrendingPage | None:
    """A page of a ranking; everybody's feed begins with the same two items."""
    return _pages.get([(ranking, page)]).get((ranking, page))


def _read_pages(keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], TrendingPage]:
    found = read_items((TrendingPage, *key) for key in keys)
    return {(page.ranking, page.page): page for page in found.of(TrendingPage)}


_pages: HotReads[tuple[str, str], TrendingPage] = HotReads(_read_pages)


def score(points: int, age: float) -> float:
    """The score of a post of this age (seconds): a point is worth half after 1.2 hours, and a tenth
    after 7.3."""
    return float(points / (age / HOUR + 2) ** _GRAVITY)


def _scored(moment: float, bucket: str) -> list[Scored]:
    """The best posts of a bucket with their scores at this moment."""
    found, _ = query(ExplorePost.by_points, bucket, limit=_OF_A_BUCKET)
    ages = [(post, moment - time_of(post.post_id)) for post in found]
    return [
        (score(int(post.points), max(age, 0)), post.post_id, post.author_id)
        for post, age in ages
        if age < RANKED
    ]


def _shown(best: list[Scored]) -> list[Scored]:
    """The posts of accounts that are public and visible."""
    authors = find_users({author_id for _, _, author_id in best})
    public = {
        author.user_id for author in authors.values() if is_shown(author) and not author.is_private
    }
    return [each for each in best if each[2] in public]


def _make_latest(ranking: str) -> None:
    """Make this ranking the latest, unless there is a newer one."""
    is_newer = TrendingPage.latest.does_not_exist() | (TrendingPage.latest < ranking)
    try:
        TrendingPage(*_LATEST, latest=ranking).create(is_newer)
    except ConditionFailed:  # a run that began after this one has already finished
        return
