"""Reading trays: a page of the authors who have stories for a viewer to see.

One query of the index by rank finds whose stories may be shown, however many people the viewer
follows; celebrities' own rows are read beside it. The live stories of those authors are one query
each, and one batch read decides what the viewer may see of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any

from shared.access.caller import Caller
from shared.aws.media_urls import url_length
from shared.clock import timestamp
from shared.dynamodb.tables import Key, in_parallel, parallel_map, query, read_items
from shared.encoding import to_json
from shared.http.paging import MAX_LIMIT
from stories.live_stories import live_stories
from stories.models import Story, StoryTray
from stories.trays import MOST_STORIES, place_of
from stories.visible_stories import VisibleStory, visible_among
from users.public import User, following_celebrities

_FIRST = "2"  # the viewer's own tray sorts before the ranks of all others
_ROUNDS = 5  # of reads for one page; after them it ends short, and its cursor continues
# On a page: an answer has at most 6 MB, as with pages of posts.
_MOST_STORIES = 400
_SIZE = 13_000  # bytes of a story; one with long URLs or stickers counts as several
_URLS, _FIELDS = 13, 2000  # signed URLs of a story, and bytes of its other fields


@dataclass(frozen=True, slots=True)
class Tray:
    """An author's live stories that the viewer may see, oldest first, and at least one."""

    author: User
    stories: Sequence[VisibleStory]

    @property
    def is_all_seen(self) -> bool:
        """Whether the viewer has seen all of them; one's own always are."""
        return all(each.is_viewed or each.is_own for each in self.stories)

    @property
    def order(self) -> tuple[bool, bool, str]:
        """Where it belongs on a page: the viewer's own, then unseen ones, then the latest."""
        latest = self.stories[-1]
        return latest.is_own, not self.is_all_seen, place_of(latest.story)


@dataclass(frozen=True, slots=True)
class _Candidate:
    rank: str
    author_id: str


def read_trays(viewer: Caller, limit: int, after: str | None) -> tuple[list[Tray], str | None]:
    """At most `limit` trays after the rank `after`, and the rank to continue after: None at the
    end. The page is full unless it is the last, or more would not fit an answer; and it is the last
    if the viewer may see no more, so that it does not say that somebody hides stories."""
    celebrities, *rows = in_parallel(
        partial(_celebrities, viewer.user_id), *_row_queries(viewer.user_id, limit, after)
    )
    found: list[tuple[Tray, str]] = []
    last = after
    for round_ in range(_ROUNDS):
        # The more candidates show the viewer nothing, the more each round reads.
        size = min(max(limit, 10 * 2**round_ if round_ else 0), MAX_LIMIT)
        if round_:
            rows = in_parallel(*_row_queries(viewer.user_id, size, last))
        candidates, reach = _merged(celebrities, rows, last)
        is_first = last is None
        if is_first:
            candidates = [_Candidate(_FIRST, viewer.user_id), *candidates]
        # One more, which says whether there is another page; and the viewer, who may have nothing.
        batch = candidates[: size + 1 + is_first]
        trays, read = _trays_of(viewer, batch)
        found += trays
        is_end = reach is None and read == len(candidates)
        last = None if is_end else batch[read - 1].rank if read else reach
        if is_end or read < len(batch) or len(found) > limit:
            break
    rooms = [_room(each.story for each in tray.stories) for tray, _ in found]
    fitting = min(limit, _fitting(rooms))
    shown = found[:fitting]
    # A cursor can be read, so it names a tray that is shown rather than one that is hidden.
    if shown and (last or len(found) > fitting):
        last = shown[-1][1]
    return sorted((tray for tray, _ in shown), key=lambda tray: tray.order, reverse=True), last


def _row_queries(user_id: str, limit: int, after: str | None) -> list[Callable[[], Any]]:
    """The queries of unexpired rows after a rank: of unseen ones, and of seen ones."""
    moment = timestamp()
    return [
        partial(_ranks, user_id, f"{mark}#{moment}", f"{mark}#~", limit, after)
        for mark in "10"
        if after is None or after > f"{mark}#{moment}"
    ]


def _ranks(
    user_id: str, first: str, last: str, limit: int, after: str | None
) -> tuple[list[_Candidate], str | None]:
    """The rows of a range of ranks, from a rank on; and the rank down to which they are known, None
    if there are no more."""
    between = StoryTray.rank.between(first, min(last, after) if after else last)
    # One more, because the range ends with `after` itself.
    found, following = query(StoryTray.by_rank, user_id, between, limit=limit + 1)
    rows = [_Candidate(row.rank or "", row.author_id) for row in found]
    return rows, (found[-1].rank if following else None)


def _celebrities(user_id: str) -> list[_Candidate]:
    """The candidates of followed celebrities: their own rows say what is new, the user's rows what
    was seen of it or is for close friends."""
    followed = following_celebrities(user_id)
    keys: list[Key] = [(StoryTray, each, each) for each in followed]
    keys += [(StoryTray, user_id, each) for each in followed]
    rows, moment, found = read_items(keys), timestamp(), []
    for author_id in followed:
        public = rows.get(StoryTray, author_id, author_id)
        own = rows.get(StoryTray, user_id, author_id)
        latest = max((row.latest for row in (public, own) if row), default="")
        if latest > moment:
            rank = own.rank if own and own.latest == latest else None
            found.append(_Candidate(rank or f"1#{latest}", author_id))
    return found


def _merged(
    celebrities: Sequence[_Candidate],
    queried: Iterable[tuple[Sequence[_Candidate], str | None]],
    after: str | None,
) -> tuple[list[_Candidate], str | None]:
    """All candidates after a rank, in order, down to the rank that the rows are known to (None: to
    their end), and that rank."""
    pulled = {each.author_id for each in celebrities}
    every, reach = [*celebrities], None
    for rows, reach in queried:
        every += [row for row in rows if row.author_id not in pulled]
        if reach:  # what comes after it is not known
            break
    known = [
        each
        for each in every
        if (after is None or each.rank < after) and (reach is None or each.rank >= reach)
    ]
    return sorted(known, key=lambda each: each.rank, reverse=True), reach


def _trays_of(
    viewer: Caller, candidates: Sequence[_Candidate]
) -> tuple[list[tuple[Tray, str]], int]:
    """The trays of candidates who show the viewer anything, each with its rank; and how many
    candidates were read: fewer than all if their stories are very many."""
    every = parallel_map(_stories_of, [each.author_id for each in candidates])
    read = min(len(every), _fitting(map(_room, every)))
    visible: dict[str, list[VisibleStory]] = {}
    chosen = [story for stories in every[:read] for story in stories]
    for each in visible_among(viewer, chosen, followed_only=True):
        visible.setdefault(each.author.user_id, []).append(each)
    trays = []
    for candidate in candidates[:read]:
        if stories := visible.get(candidate.author_id):
            oldest_first = sorted(stories, key=lambda each: place_of(each.story))
            trays.append((Tray(oldest_first[0].author, oldest_first), candidate.rank))
    return trays, read


def _stories_of(author_id: str) -> list[Story]:
    return live_stories(author_id, MOST_STORIES)[0]


def _room(stories: Iterable[Story]) -> float:
    """How many stories of the usual size would take as much of an answer as these."""
    plain = max(_SIZE, _URLS * url_length() + _FIELDS)
    return sum((plain + _size_of(story.stickers_json)) / _SIZE for story in stories)


def _size_of(stickers: str | None) -> int:
    """How many bytes stickers add to an answer, whose body is a text in the Lambda's own JSON."""
    return len(to_json(to_json(stickers)).encode()) if stickers else 0


def _fitting(rooms: Iterable[float]) -> int:
    """How many trays fit an answer, given how much room each takes; at least one."""
    return max(1, sum(so_far <= _MOST_STORIES for so_far in accumulate(rooms)))
