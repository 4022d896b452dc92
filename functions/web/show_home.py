"""GET /: the start page for visitors."""

from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request
from web.documents import page

app = endpoint("web")


@app.serve("GET /", auth="none", tier="public")
def show_home(request: Request) -> Answer:
    """Show the start page."""
    return page("home.html")
