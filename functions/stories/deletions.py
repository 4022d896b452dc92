"""The deletion of a story: hidden at once, undoable for 30 days, then purged.

Deleting, restoring and purging are one write each. Views, likes and media stay as they are until
the purge, whose event `StoryPurged` deletes them. A story that an administrator removes is kept
for 90 days: an appeal can return it.
"""

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from shared.clock import now, seconds, timestamp
from shared.dynamodb.tables import ConditionFailed, Transaction, conditions
from shared.errors import StoryNotFound
from shared.lifecycle.item_pages import delete_page
from shared.lifecycle.purging import KEPT_REMOVED, PENDING
from shared.messaging.chains import do_pages
from stories.models import Story, StoryLike, StoryView

_UNDOABLE_FOR = 30 * 24 * 3600  # seconds
# By then everything has arrived that was being written when the story was purged.
SECOND_LOOK = 900  # seconds; also the longest delay of SQS


def delete_story(story: Story) -> None:
    """Hide the story from everybody; raises `StoryNotFound` if it is deleted."""
    moment = now()
    _change(
        story,
        Story.deleted_at.set(timestamp(moment)),
        Story.deleted_author_id.set(story.author_id),
        Story.deletion.set(PENDING),
        Story.purge_at.set(timestamp(moment + _UNDOABLE_FOR)),
        condition=Story.is_there() & Story.deleted_at.does_not_exist(),
    )


def restore_story(story: Story) -> None:
    """Undo the deletion; raises `StoryNotFound` if that is not possible, or no longer."""
    _change(
        story,
        Story.deleted_at.remove(),
        Story.deleted_author_id.remove(),
        Story.deletion.remove(),
        Story.purge_at.remove(),
        condition=(Story.purge_at > timestamp()) & Story.removed_by.does_not_exist(),
    )


def remove_story(write: Transaction, story: Story, admin_id: str) -> None:
    """Hide the story as an administrator, also one that its author has deleted: the author cannot
    restore it. The transaction raises `ConditionFailed` if its deletion has changed since it was
    read."""
    key, moment = Story(story.author_id, story.story_id), now()
    removal = [
        Story.removed_by.set(admin_id),
        Story.removed_at.set(timestamp(moment)),
        Story.deletion.set(PENDING),
        Story.purge_at.set(timestamp(moment + KEPT_REMOVED)),
    ]
    if story.deleted_at:
        write.update(
            key,
            *removal,
            Story.deleted_author_id.remove(),
            condition=Story.deleted_at == story.deleted_at,
        )
        return
    write.update(
        key,
        *removal,
        Story.deleted_at.set(timestamp(moment)),
        condition=Story.is_there() & Story.deleted_at.does_not_exist(),
    )


def return_story(write: Transaction, story: Story) -> None:
    """Undo the removal of a story by an administrator. One that its author had deleted before is
    again deleted by its author. The transaction raises `ConditionFailed` if the removal has changed
    since the story was read."""
    key = Story(story.author_id, story.story_id)
    is_removed = (Story.removed_at == story.removed_at) & (Story.deleted_at == story.deleted_at)
    if story.deleted_at != story.removed_at:
        write.update(
            key,
            Story.removed_by.remove(),
            Story.removed_at.remove(),
            Story.deleted_author_id.set(story.author_id),
            Story.purge_at.set(timestamp(seconds(story.deleted_at) + _UNDOABLE_FOR)),
            condition=is_removed,
        )
        return
    write.update(
        key,
        Story.removed_by.remove(),
        Story.removed_at.remove(),
        Story.deleted_at.remove(),
        Story.deletion.remove(),
        Story.purge_at.remove(),
        condition=is_removed,
    )


def purge_story(story: Story) -> None:
    """Remove a story that is due; raise `ConditionFailed` if it is not due, or gone."""
    with conditions():
        Story(story.author_id, story.story_id).delete(condition=Story.purge_at <= timestamp())


def delete_dependents(story_id: str) -> bool:
    """Delete the views and likes of a story; return False if there may be more."""
    return all(_delete_all(model, story_id) for model in (StoryView, StoryLike))


def _change(story: Story, *actions: Action, condition: Condition) -> None:
    try:
        Story(story.author_id, story.story_id).change(*actions, condition=condition)
    except ConditionFailed as error:
        raise StoryNotFound from error


def _delete_all(model: type[StoryView | StoryLike], story_id: str) -> bool:
    return not do_pages(lambda: delete_page(model, story_id))
