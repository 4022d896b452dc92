"""WebSocket $default: frames that no other route takes."""

from chat.websocket import Received, action
from shared.errors import UnknownAction

app = action("$default")


@app.serve
def answer_unknown(frame: Received) -> None:
    """Tell that the action is not known (or, before this, that the frame is not JSON)."""
    raise UnknownAction
