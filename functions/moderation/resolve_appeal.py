"""POST /admin/appeals/{appeal_id}/resolve: uphold a decision, or reverse it."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from moderation.appeals import resolve
from moderation.strike_shapes import AdminAppealShape, admin_appeals
from shared.dynamodb.tables import retry_lost_races
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request

app = endpoint("moderation")

_STATUS = {"UPHOLD": "upheld", "REVERSE": "reversed"}


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


class AppealDecision(Body):
    """The decision, and a note that the owner reads."""

    action: Annotated[Literal["UPHOLD", "REVERSE"], BeforeValidator(_upper)]
    note: Annotated[str, text(0, 500)] | None = None


@app.serve(
    "POST /admin/appeals/{appeal_id}/resolve",
    auth="admin",
    body=AppealDecision,
    answer=AdminAppealShape,
)
def resolve_appeal(request: Request[AppealDecision]) -> AdminAppealShape:
    """Decide on an appeal. Reversing returns the content as it was, or ends the ban."""
    admin_id, appeal_id = request.caller.user_id, request.path["appeal_id"]
    status, note = _STATUS[request.body.action], request.body.note or None
    strike = retry_lost_races(lambda: resolve(admin_id, appeal_id, status, note))
    return admin_appeals([strike])[0]
