"""The tags that trend: those of recent public posts, where a post counts half as much for each day
of age."""

from collections import defaultdict

from hashtags import windows
from hashtags.models import Hashtag, Ranking, TagWindow
from hashtags.popular import MOST, most_used, used_tags
from shared.clock import now, timestamp
from shared.dynamodb.tables import parallel_map, query

_TRENDING = "trending"
_HALF_LIFE = 24 * 3600  # seconds
_OF_A_PART = 200  # most used tags that are read of each part of a window


def rank() -> int:
    """Rank the tags again and return how many trend."""
    moment = now()
    current = windows.number_at(moment)
    numbers = range(current - windows.LIFE // windows.WIDTH, current + 1)
    live = [number for number in numbers if windows.counts_at(number, moment)]
    parts = [(number, part) for number in live for part in windows.parts_of(number)]
    found = parallel_map(_most_used_in, [part for _, part in parts])
    scores: dict[str, float] = defaultdict(float)
    for (number, _), entries in zip(parts, found, strict=True):
        weight = 0.5 ** ((windows.end_of(current) - windows.end_of(number)) / _HALF_LIFE)
        for entry in entries:
            scores[entry.tag] += entry.post_count * weight
    best = sorted(scores, key=lambda tag: (-scores[tag], tag))[:MOST]
    Ranking(_TRENDING, tags=best, made_at=timestamp()).save()
    return len(best)


def trending_tags(start: int, end: int) -> tuple[list[Hashtag], bool]:
    """The tags from position `start` to `end` of the ranking, which continues with the most used of
    all tags; and whether more follow."""
    ranking = Ranking.find(_TRENDING)
    trending: list[str] = ranking.tags if ranking else []
    if end <= len(trending):
        # At least the rest of the ranking follows. A tag whose posts are gone by now is left out.
        return used_tags(trending[start:end]), end < MOST
    popular = [each.tag for each in most_used("", MOST)]
    tags = list(dict.fromkeys([*trending, *popular]))[:MOST]
    return used_tags(tags[start:end]), end < len(tags)


def _most_used_in(window: str) -> list[TagWindow]:
    found, _ = query(
        TagWindow.by_count, window, TagWindow.post_count > 0, limit=_OF_A_PART, newest_first=True
    )
    return found
