"""GET /openapi.json: the HTTP API as an OpenAPI 3.1 document."""

from typing import Any

from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request
from web.documents import json_document

app = endpoint("web")


@app.serve("GET /openapi.json", auth="none", tier="public", answer=dict[str, Any])
def get_openapi(request: Request) -> Answer:
    """Return the OpenAPI document."""
    return json_document("openapi.json")
