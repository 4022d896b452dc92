"""POST /admin/reports/{report_id}/resolve: accept a report, which removes its target, or reject
it."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from moderation.report_resolution import resolve
from moderation.report_shapes import ReportShape, report_shapes
from shared.dynamodb.tables import retry_lost_races
from shared.errors import ReportNotFound
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request
from shared.ids import is_id

app = endpoint("moderation")


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


class Resolution(Body):
    """The decision, and a note: of an accepted report, the reason that the owner reads."""

    action: Annotated[Literal["ACCEPT", "REJECT"], BeforeValidator(_upper)]
    note: Annotated[str, text(0, 500)] | None = None


@app.serve(
    "POST /admin/reports/{report_id}/resolve", auth="admin", body=Resolution, answer=ReportShape
)
def resolve_report(request: Request[Resolution]) -> ReportShape:
    """Decide on a report. Accepting removes the content or bans the account."""
    admin, report_id = request.caller, request.path["report_id"]
    if not is_id(report_id):
        raise ReportNotFound
    status = "accepted" if request.body.action == "ACCEPT" else "rejected"
    report = retry_lost_races(
        lambda: resolve(admin.user_id, report_id, status, request.body.note or None)
    )
    return report_shapes([report])[0]
