"""WebSocket $connect: open a socket, if the session is alive and verified."""

from typing import Any

from chat.connections import forget, open_socket
from chat.exchanges import protocol_of
from chat.handshakes import begin
from chat.websocket import answer_unknown
from shared import observability
from shared.access.caller import Caller, caller_of
from shared.access.rate_limits import admit, public_budget
from shared.clock import now_ms
from shared.errors import HoshiError, InternalError, Unauthorized


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
        _connect(event, caller)
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


def _connect(event: dict[str, Any], caller: Caller | None) -> None:
    """Open the caller's socket. One of Socket.IO may prove later who its user is; until then it
    counts on the budget of its address."""
    connection_id, protocol = event["requestContext"]["connectionId"], protocol_of(event)
    if caller:
        open_socket(connection_id, caller, protocol)
    elif protocol:
        admit(public_budget(event["requestContext"]["identity"]["sourceIp"]))
    else:
        raise Unauthorized
    if protocol:
        try:
            begin(connection_id, is_proven=caller is not None)
        except Exception:
            forget(connection_id)
            raise
