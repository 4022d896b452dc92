"""The stored tags of a post follow the post, whenever and however often they are synced."""

import json
from typing import Any

import pytest

from hashtags import tag_sync
from hashtags.models import HashtagPost, PostTags
from hashtags.on_user_updated import app as user_app
from hashtags.tag_sync import sync_post
from posts.models import Post
from shared.access.caller import Caller
from shared.clock import stop_at, timestamp
from shared.dynamodb.tables import WriteConflict
from tests.support.accounts import a_user
from tests.support.events import load_event
from tests.support.lambda_time import TimeLeft
from tests.support.memory_aws import MemoryAws
from tests.unit.conftest import NOON
from tests.unit.hashtags.conftest import World
from users.models import User


def test_a_post_counts_under_each_of_its_tags(world: World) -> None:
    post = world.post("#Snow and #ice, #snow")
    assert world.tags_of(post) == {"snow", "ice"}
    assert (world.count("snow"), world.count("ice"), world.count("rain")) == (1, 1, 0)
    world.post("more #snow")
    assert world.count("snow") == 2


def test_a_post_without_tags_leaves_nothing(world: World, aws: MemoryAws) -> None:
    world.post("Snow")
    assert aws.dynamo.items("hoshi-post-tags") == []


def test_an_edit_moves_the_post(world: World) -> None:
    post = world.post("#snow #ice")
    world.edit(post, caption="#ice #rain")
    assert world.tags_of(post) == {"ice", "rain"}
    assert [world.count(tag) for tag in ("snow", "ice", "rain")] == [0, 1, 1]


def test_an_edit_of_something_else_reads_nothing(world: World, aws: MemoryAws) -> None:
    post = world.post("#snow")
    aws.calls.clear()
    world.publish("post.updated", post, ["location"])
    assert aws.calls == []


def test_a_deleted_post_leaves_its_tags_and_a_restored_one_returns(world: World) -> None:
    post = world.post("#snow")
    world.edit(post, "post.deleted", deleted_at=timestamp())
    assert (world.tags_of(post), world.count("snow")) == (set(), 0)
    world.edit(post, "post.restored", deleted_at=None)
    assert (world.tags_of(post), world.count("snow")) == ({"snow"}, 1)


def test_a_purged_post_leaves_its_tags(world: World) -> None:
    post = world.post("#snow")
    Post(post).delete()
    world.publish("post.deleted", post)
    assert (world.tags_of(post), world.count("snow")) == (set(), 0)


@pytest.mark.parametrize("status", ["processing", "failed"])
def test_a_post_counts_when_it_is_ready(status: str, world: World) -> None:
    post = world.post("#snow", status=status)
    assert world.tags_of(post) == set()
    world.edit(post, "post.created", status="ready")
    assert world.count("snow") == 1


@pytest.mark.parametrize("visibility", ["followers", "close_friends", "private"])
def test_only_public_posts_count_but_all_are_stored(visibility: str, world: World) -> None:
    post = world.post("#snow", visibility=visibility)
    assert (world.tags_of(post), world.count("snow")) == ({"snow"}, 0)
    world.edit(post, visibility="public")
    assert world.count("snow") == 1
    world.edit(post, visibility=visibility)
    assert (world.tags_of(post), world.count("snow")) == ({"snow"}, 0)


def test_a_tag_of_hidden_posts_alone_is_no_hashtag(world: World, aws: MemoryAws) -> None:
    """Its name is private."""
    world.post("#surprise_party", visibility="followers")
    world.post("#surprise_party", a_user(is_private=True))
    assert aws.dynamo.items("hoshi-hashtags") == []
    assert aws.dynamo.items("hoshi-tag-search") == []


def test_late_and_repeated_events_change_nothing(world: World, aws: MemoryAws) -> None:
    post = world.post("#snow")
    world.edit(post, "post.deleted", deleted_at=timestamp())
    for event in ("post.created", "post.updated", "post.restored", "post.created"):
        world.publish(event, post, ["caption"])
    assert (world.tags_of(post), world.count("snow")) == (set(), 0)
    world.edit(post, "post.restored", deleted_at=None)
    aws.calls.clear()
    world.publish("post.deleted", post)
    assert "dynamodb.TransactWriteItems" not in aws.calls
    assert world.count("snow") == 1


def test_a_slow_sync_does_not_undo_a_newer_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record was read, then the post; between this read and the write, the post is edited and
    the edit is synced first."""
    post = world.post("#snow")
    real, edits = tag_sync._target_record, ["#ice", "#rain"]

    def target_record(post_id: str) -> PostTags | None:
        record = real(post_id)
        if edits:
            item = Post.find(post_id)
            assert item
            item.caption = edits.pop(0)
            item.save()
            sync_post(post_id)
        return record

    monkeypatch.setattr(tag_sync, "_target_record", target_record)
    sync_post(post)
    world.run_streams()
    assert world.tags_of(post) == {"rain"}
    assert [world.count(tag) for tag in ("snow", "ice", "rain")] == [0, 0, 1]


def test_a_sync_gives_up_after_some_tries(world: World, aws: MemoryAws) -> None:
    post = world.post("#snow")
    item = Post.find(post)
    assert item
    item.caption = "#ice"
    item.save()
    aws.dynamo.cancel_transactions("TransactionConflict", 99)
    with pytest.raises(WriteConflict):
        sync_post(post)
    assert world.tags_of(post) == {"snow"}


def test_a_caption_full_of_tags_fits_in_one_transaction(world: World, aws: MemoryAws) -> None:
    post = world.post(" ".join(f"#a{number}" for number in range(200)))
    world.edit(post, caption=" ".join(f"#b{number}" for number in range(200)))
    assert world.tags_of(post) == {f"b{number}" for number in range(49)}


def change_account(author: Caller, **values: Any) -> None:
    user = User.find(author.user_id)
    assert user
    for name, value in values.items():
        setattr(user, name, value)
    user.save()


def publish_user_event(
    author: Caller, *changed: str, kind: str = "user.updated", pages: int = 1_000, **data: Any
) -> None:
    event = load_event("hashtags", "on_user_updated")
    body = json.loads(event["Records"][0]["body"])
    body["type"] = kind
    body["data"] |= {"user_id": author.user_id, "changed": changed, **data}
    event["Records"][0]["body"] = json.dumps(body)
    assert user_app(event, TimeLeft(pages)) == {"batchItemFailures": []}


def test_posts_of_an_account_that_goes_private_do_not_count(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tag_sync, "_PAGE", 2)
    posts = [world.post(f"#snow #n{number}") for number in range(5)]
    hidden = world.post("#snow", visibility="followers")
    other = world.post("#snow", a_user())
    change_account(world.author, is_private=True)
    publish_user_event(world.author, "name", "is_private")
    world.run_streams()
    assert (world.count("snow"), world.count("n3")) == (1, 0)
    assert world.tags_of(posts[0]) == {"snow", "n0"}, "followers still find it"
    change_account(world.author, is_private=False)
    publish_user_event(world.author, "is_private")
    world.run_streams()
    assert (world.count("snow"), world.count("n3")) == (6, 1)
    assert not HashtagPost.get("snow", hidden).is_public
    assert HashtagPost.get("snow", other).is_public


def test_posts_of_an_account_that_is_being_deleted_do_not_count(world: World) -> None:
    post = world.post("#snow #mine")
    world.post("#snow", a_user())
    change_account(world.author, status="deleted", purge_at="2026-02-04T12:00:00.000Z")
    publish_user_event(world.author, kind="user.deleted", purge_at="2026-02-04T12:00:00.000Z")
    world.run_streams()
    assert (world.count("snow"), world.count("mine")) == (1, 0)
    assert world.tags_of(post) == {"snow", "mine"}, "it can come back"
    change_account(world.author, status="active", purge_at=None)
    publish_user_event(world.author, kind="user.restored")
    world.run_streams()
    assert (world.count("snow"), world.count("mine")) == (2, 1)


def test_posts_of_a_banned_account_do_not_count_until_the_ban_ends(world: World) -> None:
    post = world.post("#snow #mine")
    world.post("#snow", a_user())
    ban = {"reason": "Spam", "banned_until": None}
    for _ in range(2):
        change_account(world.author, status="banned", status_before_ban="active")
        for _ in range(2):
            publish_user_event(world.author, kind="user.banned", **ban)
            world.run_streams()
        assert (world.count("snow"), world.count("mine")) == (1, 0)
        assert world.tags_of(post) == {"snow", "mine"}, "it can come back"
        change_account(world.author, status="active", status_before_ban=None)
        for _ in range(2):
            publish_user_event(world.author, kind="user.unbanned")
            world.run_streams()
        assert (world.count("snow"), world.count("mine")) == (2, 1)


def test_late_events_about_a_ban_follow_the_account(world: World) -> None:
    world.post("#snow")
    change_account(world.author, status="banned", status_before_ban="active")
    publish_user_event(world.author, kind="user.unbanned")
    world.run_streams()
    assert world.count("snow") == 0
    change_account(world.author, status="active", status_before_ban=None)
    publish_user_event(world.author, kind="user.banned", reason=None, banned_until=None)
    world.run_streams()
    assert world.count("snow") == 1


def test_an_event_of_a_post_does_not_count_it_during_a_ban(world: World) -> None:
    change_account(world.author, status="banned", banned_until=timestamp(NOON + 60))
    post = world.post("#snow")
    assert world.count("snow") == 0
    with stop_at(NOON + 61):
        world.publish("post.updated", post, ["caption"])
    assert world.count("snow") == 1


def test_another_message_continues_with_the_remaining_posts(
    world: World, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tag_sync, "_PAGE", 2)
    for _ in range(5):
        world.post("#snow")
    change_account(world.author, is_private=True)
    publish_user_event(world.author, "is_private", pages=1)
    messages = 1
    while aws.sent.get("hashtags-user-updated"):
        [message] = aws.sent.pop("hashtags-user-updated")
        event = load_event("hashtags", "on_user_updated")
        event["Records"][0]["body"] = message
        assert user_app(event, TimeLeft(pages=1)) == {"batchItemFailures": []}
        messages += 1
    world.run_streams()
    assert (world.count("snow"), messages) == (0, 3)


def test_other_changes_of_an_account_sync_nothing(world: World, aws: MemoryAws) -> None:
    world.post("#snow")
    change_account(world.author, is_private=True)
    aws.calls.clear()
    publish_user_event(world.author, "bio")
    assert aws.calls == []


def test_a_recent_change_is_checked_once_more(world: World, aws: MemoryAws) -> None:
    """The index may not show yet a post that was created just before."""
    event = load_event("hashtags", "on_user_updated")
    body = json.loads(event["Records"][0]["body"])
    body["occurred_at"] = timestamp()
    body["data"]["user_id"] = world.author.user_id
    event["Records"][0]["body"] = json.dumps(body)
    user_app(event, None)
    assert [json.loads(each) for each in aws.sent["hashtags-user-updated"]] == [body]
    with stop_at(NOON + 61):
        user_app(event, None)
    assert len(aws.sent["hashtags-user-updated"]) == 1


def test_an_erased_account_has_nothing_to_sync(world: World) -> None:
    world.post("#snow")
    User(world.author.user_id).delete()
    publish_user_event(world.author, "is_private")
    assert world.count("snow") == 1, "until its posts are erased"
