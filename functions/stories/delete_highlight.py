"""DELETE /highlights/{highlight_id}: delete one's own highlight; its stories stay."""

from typing import TypedDict

from shared.dynamodb.tables import retry_lost_races
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from stories import highlights
from stories.visible_highlights import get_own_highlight

app = endpoint("stories")


class HighlightDeleted(TypedDict):
    """The answer to a deletion."""

    message: str


@app.serve("DELETE /highlights/{highlight_id}", answer=HighlightDeleted)
def delete_highlight(request: Request) -> HighlightDeleted:
    """Delete a highlight. Its stories stay in the archive."""

    def read_and_delete() -> None:
        own = get_own_highlight(request.caller, request.path["highlight_id"])
        highlights.delete_highlight(own.highlight)

    retry_lost_races(read_and_delete)
    return {"message": "Highlight deleted"}
