"""ANY /{proxy+}: answer preflights, unknown paths, and known paths with another method."""

from collections.abc import Callable
from typing import Any

from chalice.app import Response

from shared import observability
from shared.config import config
from shared.errors import MethodNotAllowed, RouteNotFound
from shared.http.endpoint import EXPOSED_HEADERS, endpoint
from shared.http.requests import Answer, Request
from web.route_table import methods_of

# What browsers' requests may carry: what endpoints read, and what the libraries of clients add of
# their own accord (fetch wrappers, OpenTelemetry, Sentry), which costs them every call if refused.
_ALLOWED_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "Cache-Control",
    "If-None-Match",
    "X-Request-Id",
    "X-Requested-With",
    "baggage",
    "sentry-trace",
    "traceparent",
    "tracestate",
)

app = endpoint("web")


@app.serve("ANY /{proxy+}", also=["ANY /"], auth="none", tier="public")
def answer_unmatched(request: Request) -> Answer:
    """Answer requests that match no other route."""
    current = app.current_request
    path = current.uri_params.get("proxy", "") if current and current.uri_params else ""
    methods = methods_of(path)
    if methods:
        raise MethodNotAllowed(allow=", ".join([*methods, "OPTIONS"]))
    raise RouteNotFound


@app.middleware("http")
def answer_preflight(request: Any, get_response: Callable[[Any], Response]) -> Response:
    """Answer a browser's preflight, which has no token and counts on no budget."""
    if request.method != "OPTIONS":
        return get_response(request)
    request_id = request.context["requestId"]
    observability.log("request", route="OPTIONS", status=204, request_id=request_id)
    headers = {
        "Access-Control-Allow-Origin": config.allowed_origin,
        "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
        "Access-Control-Allow-Headers": ", ".join(_ALLOWED_HEADERS),
        "Access-Control-Expose-Headers": EXPOSED_HEADERS,
        "Access-Control-Max-Age": "7200",  # seconds: the most that Chromium accepts
        "X-Request-Id": request_id,
    }
    return Response("", headers, 204)
