"""ANY /{proxy+}: preflights, unknown routes and known routes with another method."""

from shared.config import config
from shared.errors import RouteNotFound
from shared.http import EXPOSED_HEADERS, endpoint
from shared.requests import Answer, Request

app = endpoint("web")


@app.serve("ANY /{proxy+}", auth="none", tier="public")
def answer_unmatched(request: Request) -> Answer:
    """Answer what no other route takes."""
    raise RouteNotFound
