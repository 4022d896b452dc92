"""GET /docs: the OpenAPI document as a page to read and search."""

from typing import Annotated

from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request
from web.documents import page

app = endpoint("web")


@app.serve("GET /docs", auth="none", tier="public", answer=Annotated[str, "text/html"])
def show_docs(request: Request) -> Answer:
    """Show the documentation."""
    return page("docs.html")
