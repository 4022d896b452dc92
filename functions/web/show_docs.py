"""GET /docs: the OpenAPI document as a page to read and search."""

from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request
from web.documents import page

app = endpoint("web")


@app.serve("GET /docs", auth="none", tier="public")
def show_docs(request: Request) -> Answer:
    """Show the documentation."""
    return page("docs.html")
