"""WebSocket sync: replay the missed frames."""

from chat.bodies import SyncFrame
from chat.event_log import replay
from chat.websocket import Received, action
from shared.realtime.frames import Frame

app = action("sync", body=SyncFrame)


@app.serve
def sync(frame: Received[SyncFrame]) -> None:
    """Send the missed frames in order, then `synced`; nothing after one that was not taken, or the
    client's cursor would pass it."""
    missed = replay(frame.caller.user_id, frame.body.cursor, frame.body.limit)
    if not all(map(frame.forward, missed.frames)):
        return
    state = {"cursor": missed.cursor, "has_more": missed.has_more, "reset": missed.reset}
    frame.answer(Frame("synced", state))
