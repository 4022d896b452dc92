"""GET /: the start page for visitors."""

from typing import Annotated

from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request
from web.documents import page

app = endpoint("web")


@app.serve("GET /", auth="none", tier="public", answer=Annotated[str, "text/html"])
def show_home(request: Request) -> Answer:
    """Show the start page."""
    return page("home.html")
