"""Follow requests: letting one in, turning one down, and letting all in when an account goes
public.

An account that goes public may be asked once more by a request that had seen it private. So all
who wait are let in twice: at once, and `GRACE` seconds later, when every such request has ended.
"""

from collections.abc import Callable

from shared.dynamodb.tables import in_parallel, query, transaction
from shared.encoding import to_json
from shared.errors import RequestNotFound
from shared.messaging import queues
from users.accounts import find_user, find_users
from users.edge_writes import begin_edge, end_edge
from users.edges import other_id
from users.follows import new_edge
from users.models import Relationship, User, edge, listed

QUEUE = "follow-approvals"
GRACE = 30  # seconds; a Lambda behind the API ends within 10
PAGE = 100


def approve(owner: User, follower_id: str, follower_username: str) -> None:
    """Let somebody who asked follow `owner`; raises `RequestNotFound` if nobody waits.

    A block ends what waits, so there is none where a request is active.
    """
    follow = new_edge("follows", follower_id, follower_username, owner)
    with transaction() as write:
        end_edge(
            write,
            Relationship(follower_id, edge("requested", owner.user_id)),
            Relationship.approved_by.set(owner.username),
            at=follow.since,
            otherwise=RequestNotFound(),
        )
        begin_edge(write, follow)


def reject(owner_id: str, follower_id: str) -> None:
    """Turn down somebody who asked to follow; raises `RequestNotFound` if nobody waits."""
    with transaction() as write:
        request = Relationship(follower_id, edge("requested", owner_id))
        end_edge(write, request, otherwise=RequestNotFound())


def open_to_all(user_ids: list[str]) -> None:
    """Begin to let in who waits for these accounts, which have become public."""
    jobs = [to_json({"user_id": user_id, "after": None}) for user_id in user_ids]
    queues.send(QUEUE, *jobs)
    queues.send(QUEUE, *jobs, delay=GRACE)


def approve_page(user_id: str, after: dict[str, str] | None) -> None:
    """Let in the next of those who wait, the longest waiting first; none if the account is private
    again."""
    owner = find_user(user_id, consistent=True)
    if owner is None or owner.is_private:
        return
    waiting, following = query(
        Relationship.newest_first,
        user_id,
        Relationship.listed.startswith(listed("requested_by", "")),
        limit=PAGE,
        after=after,
        newest_first=False,
    )
    people = find_users(map(other_id, waiting))
    in_parallel(*(_approving(owner, follower) for follower in people.values()))
    if following:
        queues.send_jobs(QUEUE, [{"user_id": user_id, "after": following}])


def _approving(owner: User, follower: User) -> Callable[[], None]:
    def let_in() -> None:
        try:
            approve(owner, follower.user_id, follower.username)
        except RequestNotFound:  # withdrawn since the page was read
            return

    return let_in
