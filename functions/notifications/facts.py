"""Which event tells whom what, and which one takes it back.

The id of an entry is derived from the fact: what happened, by whom, to what, and when. So a fact
that is told twice makes one entry; and an undoing event, which names the same fact, finds it.
"""

from notifications.models import Notification
from shared.clock import now, seconds, timestamp
from shared.events import (
    Event,
    FollowRequested,
    PostCreated,
    PostLiked,
    PostUnliked,
    UserFollowed,
    UserUnfollowed,
)
from shared.ids import derived_id

_DAY = 24 * 3600
_LIFE = 90 * _DAY  # seconds
# Longer than any queue, its dead letters included, can hold back news of the fact.
_LIFE_OF_WITHDRAWN = 20 * _DAY


def entry_of(event: Event) -> Notification | None:
    """The entry that `event` makes or, if it undoes a fact, the withdrawn one; None where there is
    nobody to tell."""
    entry = _entry_of(event)
    is_own_act = entry is not None and entry.actor_id == entry.user_id
    return None if is_own_act and not isinstance(event, PostCreated) else entry


def _entry_of(event: Event) -> Notification | None:
    match event:
        case PostLiked():
            return _liked(event, event.liker_username)
        case PostUnliked():
            return _withdrawn(_liked(event))
        case UserFollowed():
            return _follow("user.followed", event, event.follower_username)
        case UserUnfollowed():
            return _withdrawn(_follow("user.followed", event))
        case FollowRequested():
            return _follow("follow.request", event, event.follower_username)
        case PostCreated():
            return _entry(
                event.author_id,
                "post.created",
                event.created_at,
                actor=(event.author_id, event.author_username),
                entity_id=event.post_id,
            )
        case _:
            return None


def _liked(event: PostLiked | PostUnliked, username: str | None = None) -> Notification:
    return _entry(
        event.author_id,
        "post.liked",
        event.liked_at,
        actor=(event.liker_id, username),
        entity_id=event.post_id,
    )


def _follow(
    type_name: str,
    event: UserFollowed | FollowRequested | UserUnfollowed,
    username: str | None = None,
) -> Notification:
    return _entry(
        event.followed_id,
        type_name,
        event.since,
        actor=(event.follower_id, username),
        entity_id=event.follower_id,
    )


def _entry(
    user_id: str,
    type_name: str,
    at: str,
    actor: tuple[str, str | None],
    entity_id: str,
) -> Notification:
    return Notification(
        user_id,
        derived_id(seconds(at), type_name, actor[0], entity_id),
        type=type_name,
        actor_id=actor[0],
        actor_username=actor[1],
        entity_id=entity_id,
        created_at=at,
        expires_at=int(now()) + _LIFE,
    )


def _withdrawn(entry: Notification) -> Notification:
    entry.withdrawn_at = timestamp()
    entry.expires_at = int(now()) + _LIFE_OF_WITHDRAWN
    return entry
