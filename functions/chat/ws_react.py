"""WebSocket react: react to a message, or remove one's reaction."""

from chat.bodies import ReactionFrame
from chat.reactions import react
from chat.websocket import Received, action

app = action("react", body=ReactionFrame)


@app.serve
def handle_reaction(frame: Received[ReactionFrame]) -> None:
    """Set the reaction, and answer its `message_reaction`."""
    body = frame.body
    _, answer, _ = react(frame.caller, body.message_id, body.emoji, origin=frame.connection_id)
    frame.answer(answer)
