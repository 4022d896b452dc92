"""GET /users/{user}/highlights: an account's highlights, as the caller may see them."""

from itertools import accumulate
from typing import Any, TypedDict

from shared.dynamodb.tables import query, resume_key
from shared.errors import AccountPrivate
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from stories.highlight_shapes import HighlightShape, highlight_shape
from stories.models import SIZE, Highlight
from stories.visible_highlights import visible_highlights
from users.public import look_up

app = endpoint("stories")

_MOST_STORIES = 400  # that are read for a page, so that a page ends early


class Highlights(TypedDict):
    """A page of highlights."""

    highlights: list[HighlightShape]
    next_cursor: str | None


@app.serve("GET /users/{user}/highlights", answer=Highlights)
def list_highlights(request: Request) -> Highlights:
    """List an account's highlights, newest first. Those of which the caller may see no story are
    left out."""
    caller, page = request.caller, read_page(request)
    owner, relation = look_up(request.path["user"], caller)
    if owner.is_private and owner.user_id != caller.user_id and not relation.follows:
        raise AccountPrivate
    found, following = _page(owner.user_id, page.limit, page.after)
    visible = visible_highlights(caller, owner.user_id, found)
    return {
        "highlights": [highlight_shape(each) for each in visible],
        "next_cursor": next_cursor(request, following),
    }


def _page(
    owner_id: str, limit: int, after: dict[str, Any] | None
) -> tuple[list[Highlight], dict[str, Any] | None]:
    is_highlight = Highlight.highlight_id < SIZE
    found, following = query(Highlight, owner_id, is_highlight, limit=limit, after=after)
    totals = accumulate(len(highlight.story_ids) for highlight in found)
    fitting = max(1, sum(total <= _MOST_STORIES for total in totals))
    if fitting < len(found):
        return found[:fitting], resume_key(Highlight, found[fitting - 1])
    return found, following
