"""PUT /messages/{message_id}/reaction: react to a message, or remove one's reaction."""

from typing import TypedDict

from chat.bodies import NewReaction
from chat.reactions import react
from chat.shapes import Reaction
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("chat")


class Reactions(TypedDict):
    """All reactions to a message."""

    message_id: str
    reactions: list[Reaction]


@app.serve("PUT /messages/{message_id}/reaction", body=NewReaction, answer=Reactions)
def react_to_message(request: Request[NewReaction]) -> Reactions:
    """React to a message."""
    message_id = request.path["message_id"]
    reactions, _, _ = react(request.caller, message_id, request.body.emoji)
    return {"message_id": message_id, "reactions": reactions}
