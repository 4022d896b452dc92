"""GET /users/{user}/highlights: an account's highlights, as the caller may see them."""

from functools import partial
from itertools import accumulate
from typing import Any, TypedDict

from shared.access.caller import Caller
from shared.dynamodb.tables import query, read_items, resume_key
from shared.errors import AccountPrivate
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from stories.full_pages import full_page
from stories.highlight_shapes import HighlightShape, highlight_shape
from stories.models import SIZE, Highlight
from stories.visible_highlights import VisibleHighlight, visible_highlights
from stories.visible_stories import person_keys, viewer_access
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
    shown, following = _shown(caller, owner.user_id, page.limit, page.after)
    return {
        "highlights": [highlight_shape(each) for each in shown],
        "next_cursor": next_cursor(request, following),
    }


def _shown(
    viewer: Caller, owner_id: str, limit: int, after: dict[str, Any] | None
) -> tuple[list[VisibleHighlight], dict[str, Any] | None]:
    people = read_items(person_keys(viewer.user_id, owner_id))
    if viewer_access(viewer.user_id, owner_id, people).is_hidden_from:
        return [], None  # without a look at what could be thousands of stories
    return full_page(
        partial(_read, owner_id),
        lambda found: visible_highlights(viewer, found, people),
        limit,
        after,
        lambda each: resume_key(Highlight, each.highlight),
    )


def _read(
    owner_id: str, limit: int, after: dict[str, Any] | None
) -> tuple[list[Highlight], dict[str, Any] | None]:
    """The next highlights, but no more than may be read in one go."""
    is_highlight = Highlight.highlight_id < SIZE
    found, following = query(Highlight, owner_id, is_highlight, limit=limit, after=after)
    totals = accumulate(len(highlight.story_ids) for highlight in found)
    fitting = max(1, sum(total <= _MOST_STORIES for total in totals))
    if fitting < len(found):
        return found[:fitting], resume_key(Highlight, found[fitting - 1])
    return found, following
