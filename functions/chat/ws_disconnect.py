"""WebSocket $disconnect: delete the socket."""

from typing import Any

from chat.connections import forget
from shared import observability


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Delete exactly the socket that was closed."""
    observability.start_tracing()
    forget(event["requestContext"]["connectionId"])
    observability.log("disconnect", request_id=event["requestContext"]["requestId"])
    return {"statusCode": 200}
