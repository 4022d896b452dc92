"""GET /asyncapi.json: the WebSocket and the events as an AsyncAPI 3.0 document."""

from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request
from web.documents import json_document

app = endpoint("web")


@app.serve("GET /asyncapi.json", auth="none", tier="public")
def get_asyncapi(request: Request) -> Answer:
    """Return the AsyncAPI document."""
    return json_document("asyncapi.json")
