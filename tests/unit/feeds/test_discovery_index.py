"""The discovery index: its rows follow from the posts as they are."""

import json
from typing import Any

import pytest

from feeds import discovery_index, on_post_changed
from feeds.discovery_index import points_of, spot_of, sync_explore, sync_reels
from feeds.models import ExplorePost, Reel
from posts.models import Post
from shared.clock import now, stop_at, timestamp
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.feeds.world import a_post, a_user, synced_post

DAY = 24 * 3600

pytestmark = pytest.mark.usefixtures("noon")


def explored(aws: MemoryAws) -> dict[str, str]:
    rows = aws.dynamo.items("hoshi-explore-posts")
    return {row["post_id"]["S"]: row["points"]["S"] for row in rows}


def reels(aws: MemoryAws) -> set[str]:
    return {row["post_id"]["S"] for row in aws.dynamo.items("hoshi-public-reels")}


def changed(*events: tuple[str, str]) -> dict[str, Any]:
    """A batch of events about posts, with no more in them than the consumer needs."""
    people = {"author_id": "author", "liker_id": "liker", "liker_username": "somebody"}
    more: dict[str, dict[str, Any]] = {
        "post.liked": {**people, "liked_at": timestamp()},
        "comment.restored": {
            "author_id": "author",
            "comment_id": "comment",
            "commenter_id": "commenter",
            "parent_comment_id": None,
            "parent_author_id": None,
            "commented_at": timestamp(),
        },
        "post.deleted": {"author_id": "author"},
        "post.restored": {"author_id": "author", "visibility": "public"},
    }
    bodies = [
        {
            "event_id": f"event-{number}",
            "type": kind,
            "version": 1,
            "occurred_at": timestamp(),
            "actor": "liker",
            "data": {"post_id": post_id, **more[kind]},
        }
        for number, (kind, post_id) in enumerate(events)
    ]
    return {
        "Records": [
            {"messageId": f"message-{number}", "body": json.dumps(body)}
            for number, body in enumerate(bodies)
        ]
    }


def handle(*events: tuple[str, str]) -> None:
    assert on_post_changed.app(changed(*events), LambdaContext()) == {"batchItemFailures": []}


@pytest.mark.parametrize(
    "hidden",
    [
        {"visibility": "followers"},
        {"visibility": "close_friends"},
        {"visibility": "private"},
        {"status": "processing"},
        {"deleted_at": "2026-01-05T11:00:00.000Z"},
    ],
)
def test_what_is_not_for_everybody_is_not_indexed(aws: MemoryAws, hidden: dict[str, Any]) -> None:
    author = a_user()
    shown = synced_post(author, is_reel=True)
    other = synced_post(author, is_reel=True, **hidden)
    assert (set(explored(aws)), reels(aws)) == ({shown}, {shown})
    Post(other).update(
        actions=[
            Post.visibility.set("public"),
            Post.status.set("ready"),
            Post.deleted_at.remove(),
        ]
    )
    handle(("post.restored", other))
    assert (set(explored(aws)), reels(aws)) == ({shown, other}, {shown, other})


def test_a_deleted_post_is_removed(aws: MemoryAws) -> None:
    post_id = synced_post(a_user(), is_reel=True)
    Post(post_id).update(actions=[Post.deleted_at.set(timestamp())])
    handle(("post.deleted", post_id))
    assert (explored(aws), reels(aws)) == ({}, set())
    Post(post_id).delete()
    handle(("post.liked", post_id), ("post.restored", post_id))  # late events
    assert (explored(aws), reels(aws)) == ({}, set())


def test_points_follow_the_posts_counts_however_often_events_arrive(aws: MemoryAws) -> None:
    post_id = synced_post(a_user(), like_count=3, comment_count=2, share_count=1)
    assert explored(aws) == {post_id: "0000000010"}
    Post(post_id).update(actions=[Post.like_count.set(4)])
    handle(*[("post.liked", post_id)] * 5)
    handle(("post.liked", post_id))
    assert explored(aws) == {post_id: "0000000011"}


def test_a_comment_that_is_back_counts_again(aws: MemoryAws) -> None:
    post_id = synced_post(a_user(), comment_count=1)
    Post(post_id).update(actions=[Post.comment_count.set(2)])
    handle(("comment.restored", post_id))
    assert explored(aws) == {post_id: "0000000004"}


@pytest.mark.parametrize(
    ("likes", "points"), [(0, 0), (-1, 0), (9, 9), (99, 99), (123, 120), (9_999, 9900)]
)
def test_points_have_two_digits(likes: int, points: int) -> None:
    assert points_of(Post("post", like_count=likes)) == points


def test_a_batch_about_one_post_reads_it_once(aws: MemoryAws) -> None:
    post_id = a_post(a_user())
    aws.dynamo.calls.clear()
    handle(*[("post.liked", post_id)] * 100)
    assert aws.dynamo.calls == ["BatchGetItem", "BatchWriteItem", "BatchGetItem"]
    aws.dynamo.calls.clear()
    handle(*[("post.liked", post_id)] * 100)  # nothing to write: it has no likes
    assert aws.dynamo.calls == ["BatchGetItem"]


def test_a_change_during_the_sync_is_found(aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> None:
    post_id = a_post(a_user())
    write = discovery_index.write_items
    hidings = iter([timestamp()])

    def write_and_hide(**given: Any) -> int:
        written = write(**given)
        for moment in hidings:
            Post(post_id).update(actions=[Post.deleted_at.set(moment)])
        return written

    monkeypatch.setattr(discovery_index, "write_items", write_and_hide)
    sync_explore([post_id])
    assert explored(aws) == {}


def test_old_posts_leave_trending_and_later_explore(aws: MemoryAws) -> None:
    author = a_user()
    ranked, old, oldest = (synced_post(author, age, like_count=5) for age in (0, 8 * DAY, 31 * DAY))
    assert explored(aws) == {ranked: "0000000005", old: "0000000000"}
    with stop_at(now() + 8 * DAY):
        Post(ranked).update(actions=[Post.like_count.set(50)])
        sync_explore([ranked, oldest])
    assert explored(aws)[ranked] == "0000000005"
    assert ExplorePost.get(ranked).expires_at == int(now()) + 30 * DAY


def test_reels_of_any_age_are_indexed(aws: MemoryAws) -> None:
    author = a_user()
    expected = {synced_post(author, age, is_reel=True) for age in (0, 40 * DAY, 300 * DAY)}
    synced_post(author)
    assert reels(aws) == expected
    assert {reel.bucket.partition("#")[0] for reel in _rows(aws)} == {"2025", "2026"}
    sync_reels(expected)
    assert reels(aws) == expected


def _rows(aws: MemoryAws) -> list[Reel]:
    return [Reel.from_raw_data(row) for row in aws.dynamo.items("hoshi-public-reels")]


def test_spots_spread_posts_that_were_created_one_after_the_other() -> None:
    first_digits = {spot_of(f"01KAEJ8V0X2Y4Z6A8B0C1D{number:04}")[0] for number in range(200)}
    assert len(first_digits) == 16
