"""Celebrities: turn an account into one, and mark its followers' edges.

Posts of a celebrity are not fanned out; each follower's feed pulls them. One query of the sparse
index `followed_celebrities`, which holds the `follows` edges with a `celebrity_id`, says whom to
pull from. Above `CelebrityThreshold` followers an account becomes a celebrity, in three steps that
overlap, so that no post is missed (a post that arrives both ways is shown once):

1. `celebrity_since` is set: new followers' edges are marked in the transaction that makes them.
2. `GRACE` seconds later, when every request that read the account before step 1 has ended, the
   older edges are marked.
3. `is_pulled` is set: the fan-out stops.

An account never stops being a celebrity: even with fewer followers, pulling costs only one query.
"""

from functools import partial
from typing import Any

from shared.clock import timestamp
from shared.config import config
from shared.dynamodb.tables import ConditionFailed, parallel_map
from shared.encoding import to_json
from shared.messaging import queues
from shared.messaging.chains import Place, follow_pages
from users.edges import follower_page
from users.models import Relationship, User, edge

QUEUE = "celebrities"
GRACE = 30  # seconds; a Lambda behind the API ends within 10
PAGE = 1000


def needs_announcement(user: User) -> bool:
    """Whether the account has enough followers and step 1 has not been done."""
    return not user.celebrity_since and user.follower_count > config.limits.celebrity_threshold


def announce(user_id: str) -> None:
    """Do step 1, and queue step 2."""
    user = User(user_id)
    try:
        user.change(
            User.celebrity_since.set(User.celebrity_since | timestamp()), condition=User.is_there()
        )
    except ConditionFailed:  # the account is deleted
        return
    queues.send(QUEUE, _marking(user_id), delay=GRACE)


def mark_followers(user_id: str, after: dict[str, Any] | None) -> None:
    """Do step 2 for the followers behind a key while there is time; another job continues with the
    rest. Do step 3 after the last one."""
    following = follow_pages(partial(_mark_page, user_id), after)
    if following is not None:
        queues.send_rest(QUEUE, _marking(user_id, following))
        return
    try:
        User(user_id).change(User.is_pulled.set(True), condition=User.is_there())
    except ConditionFailed:  # the account is deleted
        return


def _mark_page(user_id: str, after: dict[str, Any] | None) -> Place:
    followers, following = follower_page(user_id, PAGE, after)
    parallel_map(partial(_mark, user_id), followers)
    return following


def _mark(celebrity_id: str, follower_id: str) -> None:
    follows = Relationship(follower_id, edge("follows", celebrity_id))
    is_active = Relationship.is_active.is_in(True)
    try:
        follows.change(Relationship.celebrity_id.set(celebrity_id), condition=is_active)
    except ConditionFailed:  # unfollowed since the page was read
        return


def _marking(user_id: str, after: Place = None) -> str:
    return to_json({"user_id": user_id, "step": "mark", "after": after})
