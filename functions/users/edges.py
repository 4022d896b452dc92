"""Edges: the relation between two people, and pages of followers.

What both may see is stored twice: A `follows#B` and B `followed_by#A`. So all edges between A and B
are in A's own partition, and both directions of a list are plain queries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from shared.dynamodb.tables import Found, Key, query, read_items
from users.models import EdgeKind, Relationship, edge

EVERY_KIND: tuple[EdgeKind, ...] = get_args(EdgeKind.__value__)
BLOCKS: tuple[EdgeKind, ...] = ("blocks", "blocked_by")
# The kinds that decide whether a viewer sees an author's post.
VISIBILITY: tuple[EdgeKind, ...] = ("follows", *BLOCKS, "mutes")
_MAX_CELEBRITIES = 1000  # that one feed pulls from; it would miss posts of more


@dataclass(frozen=True, slots=True)
class Relation:
    """The relation of a viewer to another person."""

    follows: bool = False  # the viewer follows the other
    requested: bool = False  # the viewer has asked to follow the other
    followed_by: bool = False
    requested_by: bool = False
    blocked: bool = False  # in either direction
    mutes: bool = False  # the viewer mutes the other
    close_friend: bool = False  # the other is on the viewer's list
    hides_story: bool = False  # the viewer hides stories from the other
    # What the viewer chose (story_notifications), None if nothing.
    notify_stories: bool | None = None

    @property
    def follow_status(self) -> str:
        """`approved`, `pending` or `none`."""
        if self.follows:
            return "approved"
        return "pending" if self.requested else "none"


def relation_keys(
    viewer_id: str, other_id: str, kinds: Iterable[EdgeKind] = EVERY_KIND
) -> list[Key]:
    """The keys that `relation_from` needs, to be read by `read_items` together with other items.

    A page with many people may read fewer kinds: with `kinds=VISIBILITY` the relation is good for
    `follows`, `blocked` and `mutes`.
    """
    if viewer_id == other_id:
        return []
    return [(Relationship, viewer_id, edge(kind, other_id)) for kind in kinds]


def relation_from(items: Found, viewer_id: str, other_id: str) -> Relation:
    """The relation according to the items that were read; missing edges count as ended."""

    def has(kind: EdgeKind) -> bool:
        item = items.get(Relationship, viewer_id, edge(kind, other_id))
        return item is not None and item.is_active

    def switch(kind: EdgeKind) -> bool | None:
        item = items.get(Relationship, viewer_id, edge(kind, other_id))
        return item.notify_stories if item and item.is_active else None

    chosen = switch("follows")
    return Relation(
        follows=has("follows"),
        requested=has("requested"),
        followed_by=has("followed_by"),
        requested_by=has("requested_by"),
        blocked=has("blocks") or has("blocked_by"),
        mutes=has("mutes"),
        close_friend=has("close_friend"),
        hides_story=has("hides_story_from"),
        notify_stories=switch("requested") if chosen is None else chosen,
    )


def relation(viewer_id: str, other_id: str) -> Relation:
    """The relation of a viewer to another person, in one read."""
    return relation_from(read_items(relation_keys(viewer_id, other_id)), viewer_id, other_id)


def is_following(follower_id: str, followed_id: str) -> bool:
    """Whether the first follows the second (a pending request does not count)."""
    found = Relationship.find(follower_id, edge("follows", followed_id), consistent=True)
    return found is not None and found.is_active


def follower_page(
    user_id: str, limit: int, after: dict[str, str] | None = None
) -> tuple[list[str], dict[str, str] | None]:
    """The ids of active followers among the next `limit` edges, by id, and the next page's key
    (None at the end).

    A page may be short, even empty, before the end: ended edges are skipped.
    """
    return _page(user_id, "followed_by", limit, after)


def followed_page(
    user_id: str, limit: int, after: dict[str, str] | None = None
) -> tuple[list[str], dict[str, str] | None]:
    """The ids of accounts that are followed, as `follower_page` returns those of followers."""
    return _page(user_id, "follows", limit, after)


def close_friend_page(
    user_id: str, limit: int, after: dict[str, str] | None = None
) -> tuple[list[str], dict[str, str] | None]:
    """The ids of close friends, as `follower_page` returns those of followers."""
    return _page(user_id, "close_friend", limit, after)


def following_celebrities(user_id: str) -> list[str]:
    """The celebrities that `user_id` follows, whose posts are pulled (see `users/celebrities.py`):
    at most 1,000, in one query."""
    marked, _ = query(Relationship.followed_celebrities, user_id, limit=_MAX_CELEBRITIES)
    return [other_id(each) for each in marked]


def other_id(item: Relationship) -> str:
    """The id of the person at the other end of an edge."""
    return item.edge.partition("#")[2]


def _page(
    user_id: str, kind: EdgeKind, limit: int, after: dict[str, str] | None
) -> tuple[list[str], dict[str, str] | None]:
    edges, following = query(
        Relationship,
        user_id,
        Relationship.edge.startswith(edge(kind, "")),
        limit=limit,
        after=after,
        newest_first=False,
    )
    return [other_id(each) for each in edges if each.is_active], following
