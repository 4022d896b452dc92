"""GET /admin/appeals: appeals by status, oldest first."""

from typing import TypedDict

from moderation.appeals import appeals_page
from moderation.strike_shapes import AdminAppealShape, admin_appeals
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.queries import Choice, ListQuery
from shared.http.requests import Request

app = endpoint("moderation")


class AppealsQuery(ListQuery):
    """Which appeals are listed."""

    status = Choice("pending", "upheld", "reversed").or_else("pending")


class Appeals(TypedDict):
    """A page of appeals."""

    appeals: list[AdminAppealShape]
    next_cursor: str | None


@app.serve("GET /admin/appeals", auth="admin", query=AppealsQuery, answer=Appeals)
def list_appeals(request: Request[None, AppealsQuery]) -> Appeals:
    """List appeals, those that wait unless others are asked for."""
    page = read_page(request)
    found, following = appeals_page(request.query.status, page.limit, page.after)
    return {"appeals": admin_appeals(found), "next_cursor": next_cursor(request, following)}
