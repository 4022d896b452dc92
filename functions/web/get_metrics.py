"""GET /metrics: version and health checks in Prometheus's text format."""

from typing import Annotated

from shared.config import config
from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request
from web.checks import states

app = endpoint("web")


@app.serve("GET /metrics", auth="none", tier="public", answer=Annotated[str, "text/plain"])
def get_metrics(request: Request) -> Answer:
    """Return the metrics as text."""
    lines = [
        "# HELP hoshi_info The release that answers.",
        "# TYPE hoshi_info gauge",
        f'hoshi_info{{version="{config.version}",stage="{config.stage}"}} 1',
        "# HELP hoshi_up Whether a dependency can be reached.",
        "# TYPE hoshi_up gauge",
        *(
            f'hoshi_up{{dependency="{name}"}} {int(state == "ok")}'
            for name, state in states().items()
        ),
    ]
    text = "\n".join(lines) + "\n"
    return Answer(text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
