"""Writing highlights: how many there may be, of which stories, and removing purged stories."""

from collections.abc import Sequence
from functools import partial

from shared.config import config
from shared.dynamodb.tables import (
    Transaction,
    parallel_map,
    read_items,
    retry_lost_races,
    transaction,
)
from shared.errors import InvalidInput, LimitReached, StoryNotFound
from shared.lifecycle.personal_data import walk
from stories.models import SIZE, Highlight, Story


def check_stories(owner_id: str, story_ids: Sequence[str]) -> list[Story]:
    """The owner's stories with these ids, each once, oldest first. Raises `StoryNotFound` if one is
    deleted or not theirs, and `InvalidInput` if one is not ready, or shares another's story."""
    keys = [(Story, owner_id, story_id) for story_id in sorted(set(story_ids))]
    found = read_items(keys, consistent=True)
    stories = list(filter(None, (found.get(*key) for key in keys)))
    if len(stories) < len(keys) or any(story.deleted_at for story in stories):
        raise StoryNotFound
    if any(story.status != "ready" for story in stories):
        raise InvalidInput(("story_ids", "A story must be ready before it is highlighted."))
    if any(story.shared_story for story in stories):
        raise InvalidInput(("story_ids", "A story of another account cannot be highlighted."))
    return stories


def check_cover(cover_id: str | None, story_ids: Sequence[str]) -> None:
    """Raise `InvalidInput` if the cover is none of the highlight's stories."""
    if cover_id is not None and cover_id not in story_ids:
        raise InvalidInput(("cover_story_id", "The cover must be one of the highlight's stories."))


def add_to(write: Transaction, highlight: Highlight) -> None:
    """Add a new highlight in the transaction `write`, which raises `LimitReached` if its owner has
    as many as they may."""
    size = Highlight.entries
    has_room = size.does_not_exist() | (size < config.limits.max_highlights)
    write.put(highlight, Highlight.is_new())
    write.update(
        Highlight(highlight.user_id, SIZE),
        size.add(1),
        condition=has_room,
        otherwise=LimitReached(),
    )


def delete_highlight(highlight: Highlight) -> None:
    """Delete the highlight as it was read; raises `ConditionFailed` if it has changed."""
    with transaction() as write:
        write.delete(highlight, Highlight.story_ids == highlight.story_ids)
        write.update(Highlight(highlight.user_id, SIZE), Highlight.entries.add(-1))


def remove_story(author_id: str, story_id: str) -> None:
    """Remove a purged story from its author's highlights. A highlight without another story is
    deleted."""
    all_of_them = walk(Highlight, author_id, Highlight.highlight_id < SIZE)
    affected = [each.highlight_id for each in all_of_them if story_id in each.story_ids]
    remove = partial(_remove, author_id, story_id)
    parallel_map(lambda each: retry_lost_races(partial(remove, each)), affected)


def _remove(author_id: str, story_id: str, highlight_id: str) -> None:
    highlight = Highlight.find(author_id, highlight_id, consistent=True)
    if highlight is None or story_id not in highlight.story_ids:
        return
    rest = [each for each in highlight.story_ids if each != story_id]
    if not rest:
        delete_highlight(highlight)
        return
    actions = [Highlight.story_ids.set(rest)]
    if highlight.cover_story_id == story_id:
        actions.append(Highlight.cover_story_id.remove())
    highlight.change(*actions, condition=Highlight.story_ids == highlight.story_ids)
