"""The WebSocket API's authorizer: verify the JWT of a handshake.

It is in `$connect`'s query or Authorization header. A client of Socket.IO that sends neither may
send it in its first packet: the socket is let through without a user, and `chat` asks for the
token then.
"""

from dataclasses import asdict
from typing import Any

from auth.iam_policies import allow, allow_anyone
from shared import observability
from shared.access.caller import Caller
from shared.access.tokens import read_token
from shared.errors import Unauthorized
from shared.realtime.packets import SOCKET_IO


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """The policy for a REQUEST event, or the caller that `{"token"}` identifies; the exception
    `Unauthorized` makes the gateway answer 401."""
    if event.get("type") != "REQUEST":
        return asdict(_verified(event["token"]))
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    query = event.get("queryStringParameters") or {}
    protocol = SOCKET_IO if query.get("EIO") == "4" else None
    token = query.get("token") or headers.get("authorization", "").partition(" ")[2].strip()
    if protocol and not token:
        return allow_anyone(event["methodArn"], protocol=protocol)
    caller = _verified(token)
    return allow(caller, event["methodArn"], **({"protocol": protocol} if protocol else {}))


def _verified(token: str) -> Caller:
    try:
        caller = read_token(token)
    except Unauthorized:
        observability.log("ws_authorizer", allowed=False)
        # The gateway answers exactly this message with 401, and every other error with 500.
        raise Exception("Unauthorized") from None
    observability.log("ws_authorizer", allowed=True, user_id=caller.user_id)
    return caller
