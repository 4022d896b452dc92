"""The recount of views and likes: repairs wrong counts, and leaves alone those that are late."""

import pytest

from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from shared.dynamodb.recount_lists import ListedItem
from shared.dynamodb.recount_notes import REPAIR_AFTER, Recount
from stories import reconcile_stories
from stories.models import Story, StoryLike, StoryView
from tests.integration.posts.world import a_user
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.stories import a_story

pytestmark = pytest.mark.usefixtures("foundation")


@pytest.fixture(autouse=True)
def no_other_stories(foundation: object) -> None:
    """Delete all items, because the recount reads every story."""
    for table in (Story, Recount, ListedItem):
        for item in table.scan():
            item.delete()


def run() -> dict[str, int]:
    event = load_event("stories", "reconcile_stories")
    return reconcile_stories.app(event, LambdaContext(remaining=900_000))


def repairs() -> tuple[int, int, int]:
    """How many counts a run repaired, by how much, and how many were too large for it. (How many
    items it looks at depends on whether a day is over.)"""
    found = run()
    return found["repaired"], found["drift"], found["unfinished"]


def counts(author: Caller, story_id: str) -> tuple[int, int]:
    story = Story.get(author.user_id, story_id, consistent_read=True)
    return story.view_count, story.like_count


def test_wrong_counts_are_repaired_when_they_are_beyond_doubt() -> None:
    author = a_user()
    wrong, right = a_story(author, view_count=9, like_count=0), a_story(author)
    for person in (a_user(), a_user()):
        key, moment = (wrong, person.user_id), timestamp()
        StoryView(*key, author_id=author.user_id, viewed_at=moment).save()
        StoryLike(*key, username="x", author_id=author.user_id, liked_at=moment).save()
    moment = now()
    assert run()["repaired"] == 0, "noted"
    with stop_at(moment + REPAIR_AFTER - 10):
        assert run()["repaired"] == 0, "it may be late"
    with stop_at(moment + REPAIR_AFTER + 10):
        assert repairs() == (2, 9, 0)
    assert (counts(author, wrong), counts(author, right)) == ((2, 2), (0, 0))


def test_a_difference_that_changes_is_not_repaired() -> None:
    author = a_user()
    story_id, moment = a_story(author, view_count=3), now()
    run()
    Story(author.user_id, story_id).update(actions=[Story.view_count.set(2)])
    with stop_at(moment + REPAIR_AFTER + 10):
        assert run()["repaired"] == 0
    assert counts(author, story_id) == (2, 0)
