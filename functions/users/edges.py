"""How two people stand to each other, and reading the lists of followers.

Every edge is stored twice: A `follows#B` and B `followed_by#A`. So all that A has with B is in A's
own partition, and both directions of a list are plain queries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from shared.dynamodb.tables import Found, Key, query, read_items
from users.models import EdgeKind, Relationship, edge

EVERY_KIND: tuple[EdgeKind, ...] = get_args(EdgeKind.__value__)
BLOCKS: tuple[EdgeKind, ...] = ("blocks", "blocked_by")
# What decides whether a viewer sees something of its author.
VISIBILITY: tuple[EdgeKind, ...] = ("follows", *BLOCKS, "mutes")
_MAX_CELEBRITIES = 1000  # whose posts one feed pulls; of more it would miss some


@dataclass(frozen=True, slots=True)
class Relation:
    """How a viewer and another person stand to each other."""

    follows: bool = False  # the viewer follows the other
    requested: bool = False  # the viewer asked to, and waits
    followed_by: bool = False
    requested_by: bool = False
    blocked: bool = False  # either way
    mutes: bool = False  # the viewer mutes the other
    close_friend: bool = False  # the viewer counts the other among the close friends
    hides_story: bool = False  # the viewer hides stories from the other

    @property
    def follow_status(self) -> str:
        """`approved`, `pending` or `none`."""
        if self.follows:
            return "approved"
        return "pending" if self.requested else "none"


def relation_keys(
    viewer_id: str, other_id: str, kinds: Iterable[EdgeKind] = EVERY_KIND
) -> list[Key]:
    """What `relation_from` needs, to be read by `read_items` together with other things.

    A page of many people's things may ask for less: with `kinds=VISIBILITY` the answer is good for
    `follows`, `blocked` and `mutes`.
    """
    if viewer_id == other_id:
        return []
    return [(Relationship, viewer_id, edge(kind, other_id)) for kind in kinds]


def relation_from(items: Found, viewer_id: str, other_id: str) -> Relation:
    """The relation that the read items tell; absent edges are ended ones."""

    def has(kind: EdgeKind) -> bool:
        item = items.get(Relationship, viewer_id, edge(kind, other_id))
        return item is not None and item.is_active

    return Relation(
        follows=has("follows"),
        requested=has("requested"),
        followed_by=has("followed_by"),
        requested_by=has("requested_by"),
        blocked=has("blocks") or has("blocked_by"),
        mutes=has("mutes"),
        close_friend=has("close_friend"),
        hides_story=has("hides_story_from"),
    )


def relation(viewer_id: str, other_id: str) -> Relation:
    """How these two stand to each other, in one read."""
    return relation_from(read_items(relation_keys(viewer_id, other_id)), viewer_id, other_id)


def is_following(follower_id: str, followed_id: str) -> bool:
    """Whether the first follows the second (a request that waits is not following)."""
    found = Relationship.find(follower_id, edge("follows", followed_id), consistent=True)
    return found is not None and found.is_active


def follower_page(
    user_id: str, limit: int, after: dict[str, str] | None = None
) -> tuple[list[str], dict[str, str] | None]:
    """The ids of active followers among the next `limit` edges, by id, and where to go on (None at
    the end). A page may be short, even empty, before the end: ended edges are skipped."""
    edges, following = query(
        Relationship,
        user_id,
        Relationship.edge.startswith(edge("followed_by", "")),
        limit=limit,
        after=after,
        newest_first=False,
    )
    return [other_id(each) for each in edges if each.is_active], following


def following_celebrities(user_id: str) -> list[str]:
    """The people whom `user_id` follows and whose posts are to be pulled (see
    `users/celebrities.py`): one query, at most 1,000."""
    marked, _ = query(Relationship.followed_celebrities, user_id, limit=_MAX_CELEBRITIES)
    return [other_id(each) for each in marked]


def other_id(item: Relationship) -> str:
    """Whom the edge leads to."""
    return item.edge.partition("#")[2]
