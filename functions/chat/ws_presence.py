"""WebSocket presence: ask which of these people are online."""

from chat.bodies import PresenceFrame
from chat.presence import presences
from chat.websocket import Received, action
from shared.realtime.frames import Frame

app = action("presence", body=PresenceFrame)


@app.serve
def presence(frame: Received[PresenceFrame]) -> None:
    """Answer `presence`."""
    users = presences(frame.caller.user_id, frame.body.user_ids)
    frame.answer(Frame("presence", {"users": users}))
