"""GET /follow-requests: pending follow requests to the caller, or from the caller."""

from typing import TypedDict

from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.queries import Choice, ListQuery
from shared.http.requests import Request
from users.models import EdgeKind
from users.people_lists import read_list
from users.shapes import UserRow, user_row

app = endpoint("users")

_KINDS: dict[str, EdgeKind] = {"incoming": "requested_by", "outgoing": "requested"}


class Direction(ListQuery):
    """Requests to the caller, or from the caller."""

    direction = Choice(*_KINDS).or_else("incoming")


class FollowRequest(TypedDict):
    """The person who asked, or was asked, and when."""

    user: UserRow
    requested_at: str


class FollowRequests(TypedDict):
    """A page of pending requests."""

    requests: list[FollowRequest]
    next_cursor: str | None


@app.serve("GET /follow-requests", query=Direction, answer=FollowRequests)
def list_follow_requests(request: Request[None, Direction]) -> FollowRequests:
    """List pending follow requests, newest first."""
    caller, kind = request.caller, _KINDS[request.query.direction]
    rows, following = read_list(caller, caller.user_id, kind, read_page(request))
    return {
        "requests": [
            {"user": user_row(row.user, row.relation), "requested_at": row.since} for row in rows
        ],
        "next_cursor": next_cursor(request, following),
    }
