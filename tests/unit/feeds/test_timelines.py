"""Sync of timelines with follows and collaborations that change while they are written."""

import pytest

from feeds import timelines
from feeds.models import Timeline
from feeds.timelines import sync_author, sync_collaboration
from posts.models import Post
from shared.access.caller import Caller
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.unit.feeds.world import a_post, collaborator, relate


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float) -> None:
    """AWS in memory, at noon."""


def entries(person: Caller) -> dict[str, str]:
    """The posts of a timeline, each with the reason of its entry."""
    return {each.post_id: each.reason for each in Timeline.query(person.user_id)}


@pytest.mark.parametrize("is_pulled", [False, True])
def test_a_celebritys_new_follower_gets_no_entries(is_pulled: bool) -> None:
    author, reader = a_user(is_pulled=is_pulled), a_user()
    post_id = a_post(author)
    relate(reader, "follows", author)
    sync_author(reader.user_id, author.user_id)
    assert entries(reader) == ({} if is_pulled else {post_id: "follow"})


def test_a_follow_that_begins_while_a_collaboration_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    author, reader = a_user(), a_user()
    post_id = a_post(author)
    relate(reader, "follows", author, is_active=False)
    delete = Timeline.delete

    def follow_and_delete(entry: Timeline) -> None:
        relate(reader, "follows", author)
        sync_author(reader.user_id, author.user_id)
        assert post_id in entries(reader)
        delete(entry)

    monkeypatch.setattr(timelines.Timeline, "delete", follow_and_delete)
    sync_collaboration(reader.user_id, post_id, author.user_id)
    assert entries(reader) == {post_id: "follow"}


def test_a_collaboration_that_ends_while_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    author, person = a_user(), a_user()
    post_id = a_post(author, collaborators=[collaborator(person)])
    save = Timeline.save

    def end_and_save(entry: Timeline) -> None:
        Post(post_id).update(actions=[Post.collaborators.set([])])
        save(entry)

    monkeypatch.setattr(timelines.Timeline, "save", end_and_save)
    sync_collaboration(person.user_id, post_id, author.user_id)
    assert entries(person) == {}
