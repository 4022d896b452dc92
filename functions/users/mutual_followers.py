"""How many people a viewer follows who also follow somebody else: counted within bounds."""

from shared.dynamodb.tables import Key, query, read_items
from users.edges import other_id
from users.models import EdgeKind, Relationship, User, edge, listed

_EDGES = 1000  # of one list that are looked at: one query
_CHECKS = 300  # of single edges: three batch reads


def mutual_follower_count(viewer_id: str, user: User) -> int:
    """Who of those that the viewer follows (the latest 1000) follows `user`.

    With up to 1000 followers both lists are read, in a query each, and compared. With more, the
    latest 300 people that the viewer follows are looked up among them; nobody's profile costs more.
    """
    mine = _others(viewer_id, "follows")
    if not mine:
        return 0
    if user.follower_count <= _EDGES:
        return len({*mine} & {*_others(user.user_id, "followed_by")})
    keys: list[Key] = [
        (Relationship, user.user_id, edge("followed_by", follower_id))
        for follower_id in mine[:_CHECKS]
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
