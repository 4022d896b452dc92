"""A tray is rebuilt from follows, live stories and views."""

import pytest

from shared.access.caller import Caller
from stories.models import StoryTray, StoryView
from stories.tray_rebuild import rebuild_tray
from stories.trays import add_own_row, add_story, sync_tray
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import connect
from tests.support.stories import a_story, stored


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float) -> None:
    """AWS in memory, at noon."""


def tray(person: Caller) -> dict[str, str | None]:
    return {row.author_id: row.rank for row in StoryTray.query(person.user_id)}


def test_a_lost_tray_is_as_it_was() -> None:
    reader, author, seen, silent = a_user(), a_user(), a_user(), a_user()
    for each in (author, seen, silent):
        connect(reader, "follows", each)
    a_story(author)
    story = stored(seen, a_story(seen))
    StoryView(
        story.story_id, reader.user_id, author_id=seen.user_id, viewed_at=story.created_at
    ).save()
    for each in (author, seen):
        sync_tray(reader.user_id, each.user_id)
    own = stored(reader, a_story(reader))
    add_own_row(own)
    before = tray(reader)
    assert {*before} == {author.user_id, seen.user_id, reader.user_id}
    for row in StoryTray.query(reader.user_id):
        row.delete()
    for _ in range(2):
        rebuild_tray(reader.user_id)
        assert tray(reader) == before


def test_the_row_of_an_author_who_is_not_followed_goes() -> None:
    reader, former = a_user(), a_user()
    add_story(stored(former, a_story(former)), [reader.user_id])
    assert former.user_id in tray(reader)
    rebuild_tray(reader.user_id)
    assert tray(reader) == {}
