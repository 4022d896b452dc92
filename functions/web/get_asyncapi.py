"""GET /asyncapi.json: the WebSocket and the events as an AsyncAPI 3.0 document."""

from typing import Any

from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request
from web.documents import json_document

app = endpoint("web")


@app.serve("GET /asyncapi.json", auth="none", tier="public", answer=dict[str, Any])
def get_asyncapi(request: Request) -> Answer:
    """Return the AsyncAPI document."""
    return json_document("asyncapi.json")
