"""Follow requests: approve or reject one, and approve all when an account goes public.

A Lambda that read the account while it was private may still write a request afterwards. So all
pending requests are approved twice: at once, and `GRACE` seconds later, when every such Lambda has
ended.
"""

from functools import partial
from typing import Any

from shared.dynamodb.tables import parallel_map, query, transaction
from shared.encoding import to_json
from shared.errors import RequestNotFound
from shared.messaging import queues
from shared.messaging.chains import Place, follow_pages
from users.accounts import find_user, find_users
from users.edge_writes import begin_edge, end_edge
from users.edges import other_id
from users.follows import new_edge
from users.models import Relationship, User, edge, listed

QUEUE = "follow-approvals"
GRACE = 30  # seconds; a Lambda behind the API ends within 10
PAGE = 100


def approve(owner: User, follower_id: str, follower_username: str) -> None:
    """Turn a follow request into a follow; raises `RequestNotFound` if none is pending.

    A block ends pending requests, so a pending request means that there is no block.
    """
    request = Relationship(follower_id, edge("requested", owner.user_id))
    asked = Relationship.find(follower_id, request.edge, consistent=True)
    follow = new_edge(
        "follows",
        follower_id,
        follower_username,
        owner,
        notify_stories=asked.notify_stories if asked else None,
    )
    with transaction() as write:
        end_edge(
            write,
            request,
            Relationship.approved_by.set(owner.username),
            at=follow.since,
            otherwise=RequestNotFound(),
        )
        begin_edge(write, follow)


def reject(owner_id: str, follower_id: str) -> None:
    """End a follow request; raises `RequestNotFound` if none is pending."""
    with transaction() as write:
        request = Relationship(follower_id, edge("requested", owner_id))
        end_edge(write, request, otherwise=RequestNotFound())


def queue_approvals(user_ids: list[str]) -> None:
    """Queue the approval of all requests to these accounts, which have become public."""
    jobs = [to_json({"user_id": user_id, "after": None}) for user_id in user_ids]
    queues.send(QUEUE, *jobs)
    queues.send(QUEUE, *jobs, delay=GRACE)


def approve_all(user_id: str, after: dict[str, Any] | None) -> None:
    """Approve the requests behind a key, oldest first, while there is time; another job continues
    with the rest."""
    following = follow_pages(partial(_approve_page, user_id), after)
    if following is not None:
        queues.send_rest(QUEUE, to_json({"user_id": user_id, "after": following}))


def _approve_page(user_id: str, after: dict[str, Any] | None) -> Place:
    """Approve a page of requests; none if the account is private again."""
    owner = find_user(user_id, consistent=True)
    if owner is None or owner.is_private:
        return None
    requests, following = query(
        Relationship.newest_first,
        user_id,
        Relationship.listed.startswith(listed("requested_by", "")),
        limit=PAGE,
        after=after,
        newest_first=False,
    )
    people = find_users(map(other_id, requests))
    parallel_map(partial(_approve_if_pending, owner), people.values())
    return following


def _approve_if_pending(owner: User, follower: User) -> None:
    try:
        approve(owner, follower.user_id, follower.username)
    except RequestNotFound:  # withdrawn since the page was read
        return
