"""Whom somebody may want to follow: friends of friends, then the popular."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from shared.dynamodb.tables import in_parallel, query
from users.edges import other_id
from users.models import Relationship, User, listed
from users.relations import read_candidates
from users.search_index import everybody

_FRIENDS = 8  # whose follows are looked at: the last that were followed
_OF_A_FRIEND = 40  # of their follows, the last
_CANDIDATES = 100  # accounts that are read and ranked


def suggested_people(viewer_id: str) -> list[User]:
    """Accounts that the viewer does not follow, best first: at most 100, all of them shown. Whether
    the viewer asked to follow one, or one blocks the other, is not looked at."""
    friends = _last_followed(viewer_id, _FRIENDS)
    calls: list[Callable[[], Any]] = [partial(everybody, _CANDIDATES)]
    calls += [partial(_last_followed, friend, _OF_A_FRIEND) for friend in friends]
    popular, *followed = in_parallel(*calls)
    mutual = Counter(user_id for of_a_friend in followed for user_id in of_a_friend)
    wanted = [user_id for user_id, _ in mutual.most_common(_CANDIDATES)]
    wanted += [entry.user_id for entry in popular if entry.user_id not in mutual]
    known = {viewer_id, *friends}
    candidates = read_candidates(
        viewer_id, [user_id for user_id in wanted if user_id not in known][:_CANDIDATES]
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
