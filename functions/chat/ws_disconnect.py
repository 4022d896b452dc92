"""WebSocket $disconnect: delete the socket."""

from typing import Any

from chat.connections import forget
from chat.websocket import answer_unknown
from shared import observability


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Delete exactly the socket that was closed. A frame whose action is `$disconnect` closes
    none."""
    if event["requestContext"]["eventType"] != "DISCONNECT":
        return answer_unknown(event, context)
    observability.start_tracing()
    forget(event["requestContext"]["connectionId"])
    observability.log("disconnect", request_id=event["requestContext"]["requestId"])
    return {"statusCode": 200}
