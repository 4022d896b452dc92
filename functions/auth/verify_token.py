"""GET /auth/verify-user: tell servers that are shown a token whether it is good."""

from typing import Any, TypedDict

from shared.access import rate_limits
from shared.access.tokens import read_token
from shared.encoding import to_json
from shared.errors import Unauthorized
from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request

app = endpoint("auth")


class TokenVerdict(TypedDict):
    """A good token. Its user's id and username are in the header `x-user-payload`."""

    valid: bool


class TokenRefused(Unauthorized):
    """The token is not good; the answer says so in SocialHub's words too."""

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
    """Tell whether a token is good."""
    # A good token counts on its user's budget, not on that of the server which asks for many.
    try:
        caller = read_token(bearer(request))
        allowance = rate_limits.admit(rate_limits.user_gate(caller.user_id), caller.session_id)
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
