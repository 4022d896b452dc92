"""GET /events: list the frames that the caller's sockets missed."""

from typing import Any, TypedDict

from chat.event_log import frame_shape, replay
from shared.http.endpoint import endpoint
from shared.http.queries import Count, Query, Text
from shared.http.requests import Request

app = endpoint("chat")


class Since(Query):
    """The query parameters."""

    since = Text(0, 64, also="cursor").optional()
    limit = Count().or_else(100)


class Events(TypedDict):
    """Frames, oldest first."""

    events: list[dict[str, Any]]
    cursor: str
    has_more: bool
    reset: bool


@app.serve("GET /events", query=Since, answer=Events)
def list_events(request: Request[None, Since]) -> Events:
    """Replay missed events."""
    missed = replay(request.caller.user_id, request.query.since, min(request.query.limit, 200))
    return {
        "events": [frame_shape(frame) for frame in missed.frames],
        "cursor": missed.cursor,
        "has_more": missed.has_more,
        "reset": missed.reset,
    }
