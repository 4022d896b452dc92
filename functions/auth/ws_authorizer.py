"""The WebSocket API's authorizer: verify the JWT in `$connect`'s query or Authorization header."""

from typing import Any

from auth.iam_policies import allow
from shared import observability
from shared.access.tokens import read_token
from shared.errors import Unauthorized


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """The policy for a REQUEST event; the exception `Unauthorized` makes the gateway answer 401."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    query = event.get("queryStringParameters") or {}
    token = query.get("token") or headers.get("authorization", "").partition(" ")[2].strip()
    try:
        caller = read_token(token)
    except Unauthorized:
        observability.log("ws_authorizer", allowed=False)
        # The gateway answers exactly this message with 401, and every other error with 500.
        raise Exception("Unauthorized") from None
    observability.log("ws_authorizer", allowed=True, user_id=caller.user_id)
    return allow(caller, event["methodArn"])
