"""WebSocket $default: answer frames that match no other route."""

from chat.websocket import Received, action
from shared.errors import UnknownAction

app = action("$default")


@app.serve
def answer_unknown(frame: Received) -> None:
    """Answer that the action is unknown. (A frame that is not JSON has been refused before.)"""
    raise UnknownAction
