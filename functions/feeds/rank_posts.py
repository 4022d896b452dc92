"""Every ten minutes: rank the posts that trend."""

from typing import Any

from feeds import trending
from shared import observability


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Rank the posts of the last seven days."""
    observability.start_tracing()
    posts = trending.rank()
    observability.log("ranking", posts=posts)
    return {"posts": posts}
