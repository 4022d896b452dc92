"""Which tags trend: those of recent public posts, each post counting half as much for every day
that it is older."""

from collections import defaultdict
from functools import partial

from hashtags import windows
from hashtags.models import Hashtag, Ranking, TagWindow
from hashtags.popular import MOST, most_used, used_tags
from shared.clock import now, timestamp
from shared.dynamodb.tables import in_parallel, query

_TRENDING = "trending"
_HALF_LIFE = 24 * 3600  # seconds
_OF_A_PART = 200  # tags of each part of a window that are looked at, the most used first


def rank() -> int:
    """Work out anew what trends; how many tags do."""
    moment = now()
    current = windows.number_at(moment)
    numbers = range(current - windows.LIFE // windows.WIDTH, current + 1)
    live = [number for number in numbers if windows.counts_at(number, moment)]
    parts = [(number, part) for number in live for part in windows.parts_of(number)]
    found = in_parallel(*(partial(_most_used_in, part) for _, part in parts))
    scores: dict[str, float] = defaultdict(float)
    for (number, _), entries in zip(parts, found, strict=True):
        weight = 0.5 ** ((windows.end_of(current) - windows.end_of(number)) / _HALF_LIFE)
        for entry in entries:
            scores[entry.tag] += entry.post_count * weight
    best = sorted(scores, key=lambda tag: (-scores[tag], tag))[:MOST]
    Ranking(_TRENDING, tags=best, made_at=timestamp()).save()
    return len(best)


def trending_tags(start: int, end: int) -> tuple[list[Hashtag], bool]:
    """The tags from place `start` to place `end` of what trends, followed by what is most used of
    all; and whether more follow."""
    ranking = Ranking.find(_TRENDING)
    trending: list[str] = ranking.tags if ranking else []
    if end <= len(trending):
        # What follows it is at least the rest; a tag whose posts are gone meanwhile is left out.
        return used_tags(trending[start:end]), end < MOST
    popular = [each.tag for each in most_used("", MOST)]
    tags = list(dict.fromkeys([*trending, *popular]))[:MOST]
    return used_tags(tags[start:end]), end < len(tags)


def _most_used_in(window: str) -> list[TagWindow]:
    found, _ = query(
        TagWindow.by_count, window, TagWindow.post_count > 0, limit=_OF_A_PART, newest_first=True
    )
    return found
