"""WebSocket sync: replay the missed frames."""

from chat.bodies import SyncFrame
from chat.event_log import replay
from chat.websocket import Received, action
from shared.realtime.frames import Frame

app = action("sync", body=SyncFrame)


@app.serve
def sync(frame: Received[SyncFrame]) -> None:
    """Send the missed frames in order, then `synced`."""
    missed = replay(frame.caller.user_id, frame.body.cursor, frame.body.limit)
    for each in missed.frames:
        frame.forward(each)
    state = {"cursor": missed.cursor, "has_more": missed.has_more, "reset": missed.reset}
    frame.answer(Frame("synced", state))
