"""GET /admin/reports: the queue of reports, oldest first."""

from typing import TypedDict

from moderation.report_queue import STATUSES, TARGET_TYPES, page_of, pending_counts
from moderation.report_shapes import ReportShape, report_shapes
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.queries import Choice, Flag, ListQuery
from shared.http.requests import Request

app = endpoint("moderation")


class ReportsQuery(ListQuery):
    """Which reports are listed; `unresolved_only` is the status `pending`."""

    status = Choice("pending", "accepted", "rejected", "reversed", "all").or_else("pending")
    target_type = Choice(*TARGET_TYPES).optional()
    unresolved_only = Flag()


class Reports(TypedDict):
    """A page of reports, and how many are pending by the type of their target."""

    reports: list[ReportShape]
    next_cursor: str | None
    pending_counts: dict[str, int]


@app.serve("GET /admin/reports", auth="admin", query=ReportsQuery, answer=Reports)
def list_reports(request: Request[None, ReportsQuery]) -> Reports:
    """List reports, those that wait unless others are asked for."""
    asked, page = request.query, read_page(request)
    status = "pending" if asked.unresolved_only else asked.status
    statuses = STATUSES if status == "all" else (status,)
    target_types = (asked.target_type,) if asked.target_type else TARGET_TYPES
    reports, following = page_of(statuses, target_types, page.limit, page.after)
    return {
        "reports": report_shapes(reports),
        "next_cursor": next_cursor(request, following),
        "pending_counts": pending_counts(),
    }
