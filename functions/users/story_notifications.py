"""Whom an author's new stories are announced to: the switch `notify_stories` of a follow.

A follower who never used the switch is notified if the author has at most `MOST_UNASKED`
followers. So a story makes few notifications that nobody asked for, and those who ask are found by
one query of the sparse index `notified`, which holds their `follows` edges.
"""

from shared.dynamodb.tables import query, read_items, retry_lost_races
from shared.errors import NotFollowing
from users.edges import Relation, follower_page
from users.models import EdgeKind, Relationship, User, edge, kind_of

MOST_UNASKED = 200  # followers
_TRIES = 4  # because the other person may approve the request, or end the edge, at the same time
_KINDS: tuple[EdgeKind, ...] = ("follows", "requested")


def is_notified(relation: Relation, author: User) -> bool:
    """Whether a person with this relation to an author is notified of new stories, or will be when
    the author approves the request."""
    if not (relation.follows or relation.requested):
        return False
    if relation.notify_stories is not None:
        return relation.notify_stories
    return author.follower_count <= MOST_UNASKED


def notified_page(
    author: User, limit: int, after: dict[str, str] | None = None
) -> tuple[list[str], dict[str, str] | None]:
    """The ids of the followers who may be notified among the next `limit` edges, and the next
    page's key (None at the end). `is_notified` decides: some may have switched it off."""
    if author.follower_count <= MOST_UNASKED:
        return follower_page(author.user_id, limit, after)
    edges, following = query(Relationship.notified, author.user_id, limit=limit, after=after)
    return [each.user_id for each in edges], following


def switch(follower_id: str, followed_id: str, is_on: bool) -> Relationship:
    """Set the switch of a follow or a pending request; return the edge. Raises `NotFollowing`."""
    keys = [(Relationship, follower_id, edge(kind, followed_id)) for kind in _KINDS]

    def change() -> Relationship:
        found = read_items(keys, consistent=True).of(Relationship)
        active = next((each for each in found if each.is_active), None)
        if active is None:
            raise NotFollowing
        listed = Relationship.notified_by
        is_listed = is_on and kind_of(active) == "follows"
        active.change(
            Relationship.notify_stories.set(is_on),
            listed.set(followed_id) if is_listed else listed.remove(),
            condition=Relationship.is_active.is_in(True),
        )
        return active

    return retry_lost_races(change, tries=_TRIES)
