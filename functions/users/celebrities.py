"""Who is a celebrity, and how their followers come to know it.

Posts of a celebrity are not fanned out; each follower's feed pulls them. It learns whom to pull
from by one query of the sparse index `followed_celebrities`, which holds the `follows` edges that
carry a `celebrity_id`. Above `CelebrityThreshold` followers an account becomes one, in three steps
that overlap, so that no post is missed (one that comes both ways is shown once):

1. `celebrity_since` is set: new followers' edges are marked in the transaction that makes them.
2. `GRACE` seconds later, when every request that had not seen that has ended, the edges that were
   there before are marked, `PAGE` to a queue message.
3. `is_pulled` is set: from now on there is no fan-out.

Nobody stops being a celebrity: with fewer followers pulling still costs no more than one query.
"""

from collections.abc import Callable

from shared.clock import timestamp
from shared.config import config
from shared.dynamodb.tables import ConditionFailed, in_parallel
from shared.encoding import to_json
from shared.messaging import queues
from users.edges import follower_page
from users.models import Relationship, User, edge

QUEUE = "celebrities"
GRACE = 30  # seconds; a Lambda behind the API ends within 10
PAGE = 1000


def has_risen(user: User) -> bool:
    """Whether the account has become a celebrity and nobody has begun to say so."""
    return not user.celebrity_since and user.follower_count > config.limit("CelebrityThreshold")


def announce(user_id: str) -> None:
    """Step 1, and step 2 after the grace."""
    user = User(user_id)
    try:
        user.change(
            User.celebrity_since.set(User.celebrity_since | timestamp()), condition=User.is_there()
        )
    except ConditionFailed:  # the account is gone
        return
    _go_on(user_id, None, GRACE)


def mark_page(user_id: str, after: dict[str, str] | None) -> None:
    """Step 2 for the next followers, and step 3 at their end."""
    followers, following = follower_page(user_id, PAGE, after)
    in_parallel(*(_marking(follower_id, user_id) for follower_id in followers))
    if following:
        _go_on(user_id, following)
        return
    try:
        User(user_id).change(User.is_pulled.set(True), condition=User.is_there())
    except ConditionFailed:  # the account is gone
        return


def _marking(follower_id: str, celebrity_id: str) -> Callable[[], None]:
    return lambda: _mark(follower_id, celebrity_id)


def _mark(follower_id: str, celebrity_id: str) -> None:
    follows = Relationship(follower_id, edge("follows", celebrity_id))
    is_active = Relationship.is_active.is_in(True)
    try:
        follows.change(Relationship.celebrity_id.set(celebrity_id), condition=is_active)
    except ConditionFailed:  # unfollowed since the page was read
        return


def _go_on(user_id: str, after: dict[str, str] | None, delay: int = 0) -> None:
    job = {"user_id": user_id, "step": "mark", "after": after}
    queues.send(QUEUE, to_json(job), delay=delay)
