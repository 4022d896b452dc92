"""Every ten minutes: rank the tags that trend."""

from typing import Any

from hashtags import trends
from shared import observability


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Rank the tags of the last seven days."""
    observability.start_tracing()
    tags = trends.rank()
    observability.log("ranking", tags=tags)
    return {"tags": tags}
