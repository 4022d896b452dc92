"""Suggestions of people to follow: friends of friends, then popular accounts."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from shared.dynamodb.tables import in_parallel, query
from users.edges import other_id
from users.models import Relationship, User, listed
from users.relations import read_candidates
from users.search_index import most_popular

_FRIENDS = 8  # people whose follows are read: the last that the viewer followed
_PER_FRIEND = 40  # the last follows of each
_CANDIDATES = 100  # accounts that are read and ranked


def suggested_people(viewer_id: str) -> list[User]:
    """Accounts that the viewer does not follow, best first: at most 100, all visible.

    Pending requests and blocks are not checked.
    """
    friends = _last_followed(viewer_id, _FRIENDS)
    calls: list[Callable[[], Any]] = [partial(most_popular, _CANDIDATES)]
    calls += [partial(_last_followed, friend, _PER_FRIEND) for friend in friends]
    popular, *followed = in_parallel(*calls)
    mutual = Counter(user_id for by_friend in followed for user_id in by_friend)
    user_ids = [user_id for user_id, _ in mutual.most_common(_CANDIDATES)]
    user_ids += [entry.user_id for entry in popular if entry.user_id not in mutual]
    known = {viewer_id, *friends}
    candidates = read_candidates(
        viewer_id, [user_id for user_id in user_ids if user_id not in known][:_CANDIDATES]
    )
    users = [each.user for each in candidates if not each.is_followed]
    return sorted(
        users, key=lambda user: (-mutual[user.user_id], -user.follower_count, user.user_id)
    )


def _last_followed(user_id: str, limit: int) -> list[str]:
    edges, _ = query(
        Relationship.newest_first,
        user_id,
        Relationship.listed.startswith(listed("follows", "")),
        limit=limit,
    )
    return [other_id(each) for each in edges]
