"""GET /auth/verify-user: say whether a token is good, for servers that receive one from a client.

The endpoint runs behind no authorizer, so it passes the gate itself. A good token counts on its
user alone, whatever budget is left to the IP address of the server that asks; any other token
counts on that address. Rejected: counting on the address first and giving the call back, which
refused good tokens from behind a busy address.
"""

from typing import Any, TypedDict

from shared.access import rate_limits
from shared.access.tokens import read_token
from shared.encoding import to_json
from shared.errors import Unauthorized
from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request

app = endpoint("auth")


class TokenVerdict(TypedDict):
    """A good token; the header `x-user-payload` holds its user's id and username."""

    valid: bool


class TokenRefused(Unauthorized):
    """The token is not good; the body says so in SocialHub's field too."""

    def body(self, request_id: str) -> dict[str, Any]:
        return {"valid": False, **super().body(request_id)}


@app.serve(
    "GET /auth/verify-user",
    socialhub=("GET /api/v1/auth/verify-user",),
    auth="none",
    tier="user",
    answer=TokenVerdict,
    socialhub_answer=TokenVerdict,
)
def verify_token(request: Request) -> Answer:
    """Say whether a token is good."""
    try:
        caller = read_token(bearer(request))
        if caller.scope == "banned":
            raise Unauthorized
        allowance = rate_limits.admit(rate_limits.user_budget(caller.user_id), caller.session_id)
    except Unauthorized as error:
        allowance = rate_limits.admit(rate_limits.public_budget(request.ip))
        raise TokenRefused(**allowance.headers()) from error
    payload = {"id": caller.user_id, "username": caller.username}
    headers = {**allowance.headers(), "x-user-payload": to_json(payload)}
    return Answer({"valid": True}, headers=headers)


def bearer(request: Request) -> str:
    """The token of the Authorization header; empty if there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
