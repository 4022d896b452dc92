"""WebSocket $connect: open a socket, if the session is alive and verified."""

from typing import Any

from chat.connections import close, remember
from chat.presence import push_presence
from chat.websocket import answer_unknown
from shared import observability
from shared.access.caller import Caller, caller_of
from shared.access.rate_limits import admit, user_budget
from shared.clock import now_ms
from shared.config import config
from shared.errors import EmailNotVerified, HoshiError, InternalError, Unauthorized


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer 200, or the status that refuses the socket.

    A frame whose action is `$connect` is not a socket that opens.
    """
    if event["requestContext"]["eventType"] != "CONNECT":
        return answer_unknown(event, context)
    observability.start_tracing()
    started, status = now_ms(), 200
    caller = caller_of(event)
    try:
        open_socket(event["requestContext"]["connectionId"], caller)
    except HoshiError as error:
        status = error.status
    except Exception:  # noqa: BLE001  # the gateway would send its text to the client
        observability.log_failure("failure")
        status = InternalError.status
    observability.log(
        "connect",
        status=status,
        ms=now_ms() - started,
        request_id=event["requestContext"]["requestId"],
        user_id=caller.user_id if caller else None,
    )
    return {"statusCode": status}


def open_socket(connection_id: str, caller: Caller | None) -> None:
    """Store the socket, and close the user's oldest ones if there are too many."""
    if caller is None:
        raise Unauthorized
    if caller.scope != "full":
        raise EmailNotVerified
    admit(user_budget(caller.user_id), caller.session_id)
    others = remember(connection_id, caller)
    excess = len(others) + 1 - config.limits.ws_max_sockets
    for socket in others[: max(0, excess)]:
        close(socket.connection_id)
    if not others:
        _push_online(caller)


def _push_online(caller: Caller) -> None:
    try:
        push_presence(caller.user_id, is_online=True)
    except Exception:  # noqa: BLE001  # the push is best effort; the socket is open anyway
        observability.log_failure("presence was not pushed")
