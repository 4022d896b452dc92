"""POST /appeals: appeal a strike."""

from typing import Annotated

from moderation.appeals import appeal
from moderation.strike_shapes import AppealShape, appeal_shape
from shared.http.endpoint import endpoint
from shared.http.fields import Body, Ulid, text
from shared.http.requests import Request

app = endpoint("moderation")


class NewAppeal(Body):
    """Which strike, and what its owner says."""

    strike_id: Ulid
    text: Annotated[str, text(1, 1000)]


@app.serve("POST /appeals", auth="banned-ok", body=NewAppeal, status=201, answer=AppealShape)
def create_appeal(request: Request[NewAppeal]) -> AppealShape:
    """Appeal a removal or a ban: once, within 30 days, also as a banned account."""
    body = request.body
    return appeal_shape(appeal(request.caller.user_id, body.strike_id, body.text))
