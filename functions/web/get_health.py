"""GET /health: whether this deployment and its dependencies are up."""

from typing import Literal, TypedDict

from shared.clock import timestamp
from shared.config import config
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from web.checks import SomethingIsDown, State, states

app = endpoint("web")


class Health(TypedDict):
    status: Literal["ok"]
    version: str
    stage: str
    time: str
    checks: dict[str, State]


@app.serve("GET /health", auth="none", tier="public", answer=Health)
def get_health(request: Request) -> Health:
    """Say whether everything is up."""
    checks = states()
    if "down" in checks.values():
        raise SomethingIsDown(checks)
    return {
        "status": "ok",
        "version": config.version,
        "stage": config.stage,
        "time": timestamp(),
        "checks": checks,
    }
