"""Reading highlights together with those of their stories that a viewer may see.

Each story keeps its own audience (`visibility`), though its 24 hours may be over. A highlight of
which a viewer may see no story does not exist for them, and nothing about the other stories shows:
neither their number nor a cover. Its owner sees it as long as it has any, deleted ones too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.access.caller import Caller
from shared.dynamodb.tables import Found, query, read_items
from shared.errors import HighlightNotFound, NotOwner
from shared.ids import is_id
from stories.models import Highlight, Story
from stories.visible_stories import VisibleStory, mark_keys, person_keys, visible_in


@dataclass(frozen=True, slots=True)
class VisibleHighlight:
    """A highlight, and those of its stories that its viewer may see, oldest first."""

    highlight: Highlight
    stories: list[Story]
    is_own: bool
    people: Found  # what decided about the viewer and the author

    def page(self, viewer: Caller, limit: int, after: str | None) -> list[VisibleStory]:
        """The stories after the one with the id `after`, with the viewer's marks."""
        following = [story for story in self.stories if after is None or story.story_id > after]
        shown = following[:limit]
        marks = read_items(mark_keys(viewer, [story.story_id for story in shown]))
        return visible_in(viewer, shown, self.people | marks)


def get_visible_highlight(viewer: Caller, highlight_id: str) -> VisibleHighlight:
    """The highlight, read consistently; raises `HighlightNotFound` if the viewer may see none of
    its stories."""
    if not is_id(highlight_id):
        raise HighlightNotFound
    found, _ = query(Highlight.by_highlight, highlight_id, limit=1)
    # The index may lack a highlight that the viewer has just created.
    owner_id = found[0].user_id if found else viewer.user_id
    keys = [(Highlight, owner_id, highlight_id), *person_keys(viewer.user_id, owner_id)]
    people = read_items(keys, consistent=True)
    highlight = people.get(Highlight, owner_id, highlight_id)
    if highlight is None:
        raise HighlightNotFound
    stories = read_items(_story_keys(highlight), consistent=True)
    visible = _visible_highlight(viewer, highlight, people, stories)
    if visible is None:
        raise HighlightNotFound
    return visible


def get_own_highlight(owner: Caller, highlight_id: str) -> VisibleHighlight:
    """The caller's own highlight. Raises `HighlightNotFound`, or `NotOwner` for another's highlight
    that the caller may see."""
    visible = get_visible_highlight(owner, highlight_id)
    if not visible.is_own:
        raise NotOwner
    return visible


def visible_highlights(
    viewer: Caller, highlights: Sequence[Highlight], people: Found
) -> list[VisibleHighlight]:
    """Those of an account's highlights that exist for the viewer, in order; `people` was read with
    the `person_keys` of the two."""
    found = read_items(key for highlight in highlights for key in _story_keys(highlight))
    visible = (_visible_highlight(viewer, each, people, found) for each in highlights)
    return [each for each in visible if each]


def _story_keys(highlight: Highlight) -> list[tuple[type[Story], str, str]]:
    return [(Story, highlight.user_id, story_id) for story_id in highlight.story_ids]


def _visible_highlight(
    viewer: Caller, highlight: Highlight, people: Found, stories: Found
) -> VisibleHighlight | None:
    there = filter(None, (stories.get(*key) for key in _story_keys(highlight)))
    shown = [each.story for each in visible_in(viewer, there, people)]
    is_own = highlight.user_id == viewer.user_id
    return VisibleHighlight(highlight, shown, is_own, people) if shown or is_own else None
