"""GET /users/me/strikes: what moderators decided against the caller's account."""

from typing import TypedDict

from moderation.strike_shapes import StrikeShape, strike_shape
from moderation.strikes import strikes_of
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request

app = endpoint("moderation")


class Strikes(TypedDict):
    """A page of strikes."""

    strikes: list[StrikeShape]
    next_cursor: str | None


@app.serve("GET /users/me/strikes", auth="banned-ok", answer=Strikes)
def list_strikes(request: Request) -> Strikes:
    """List the caller's strikes, newest first, also for a banned account."""
    page = read_page(request)
    found, following = strikes_of(request.caller.user_id, page.limit, page.after)
    return {
        "strikes": [strike_shape(each) for each in found],
        "next_cursor": next_cursor(request, following),
    }
