"""WebSocket ping: keep the socket open."""

from chat.websocket import Received, action
from shared.clock import timestamp
from shared.realtime.frames import Frame

app = action("ping")


@app.serve
def ping(frame: Received) -> None:
    """Answer `pong`."""
    frame.answer(Frame("pong", {"time": timestamp()}))
