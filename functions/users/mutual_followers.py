"""Mutual followers: how many people that a viewer follows also follow somebody, within bounds."""

from shared.dynamodb.tables import Key, query, read_items
from users.edges import other_id
from users.models import EdgeKind, Relationship, User, edge, listed

_EDGES = 1000  # of one list that are read: one query
_CHECKS = 300  # single edges that are looked up: three batch reads


def mutual_follower_count(viewer_id: str, user: User) -> int:
    """The number of the latest 1,000 people that the viewer follows who follow `user`.

    If `user` has up to 1,000 followers, both lists are read, in one query each, and compared.
    Otherwise only the latest 300 people that the viewer follows are looked up among them, so no
    profile costs more.
    """
    followed = _others(viewer_id, "follows")
    if not followed:
        return 0
    if user.follower_count <= _EDGES:
        return len({*followed} & {*_others(user.user_id, "followed_by")})
    keys: list[Key] = [
        (Relationship, user.user_id, edge("followed_by", followed_id))
        for followed_id in followed[:_CHECKS]
    ]
    return sum(each.is_active for each in read_items(keys).of(Relationship))


def _others(user_id: str, kind: EdgeKind) -> list[str]:
    edges, _ = query(
        Relationship.newest_first,
        user_id,
        Relationship.listed.startswith(listed(kind, "")),
        limit=_EDGES,
    )
    return [other_id(each) for each in edges]
