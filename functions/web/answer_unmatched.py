"""ANY /{proxy+}: preflights, unknown routes and known routes with another method."""

from collections.abc import Callable
from typing import Any

from chalice.app import Response

from shared import observability
from shared.config import config
from shared.errors import MethodNotAllowed, RouteNotFound
from shared.http.endpoint import EXPOSED_HEADERS, endpoint
from shared.http.requests import Answer, Request
from web.route_table import methods_of

app = endpoint("web")


@app.serve("ANY /{proxy+}", also=["ANY /"], auth="none", tier="public")
def answer_unmatched(request: Request) -> Answer:
    """Answer what no other route takes."""
    asked = app.current_request
    methods = methods_of(asked.uri_params.get("proxy", "") if asked and asked.uri_params else "")
    if methods:
        raise MethodNotAllowed(allow=", ".join([*methods, "OPTIONS"]))
    raise RouteNotFound


@app.middleware("http")
def answer_preflight(request: Any, get_response: Callable[[Any], Response]) -> Response:
    """A browser asks what it may send, without a token; that is on nobody's rate."""
    if request.method != "OPTIONS":
        return get_response(request)
    request_id = request.context["requestId"]
    observability.log("request", route="OPTIONS", status=204, request_id=request_id)
    headers = {
        "Access-Control-Allow-Origin": config.allowed_origin,
        "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
        "Access-Control-Expose-Headers": EXPOSED_HEADERS,
        "Access-Control-Max-Age": "7200",  # what browsers keep at most
        "X-Request-Id": request_id,
    }
    return Response("", headers, 204)
