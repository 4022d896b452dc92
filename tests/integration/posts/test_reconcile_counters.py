"""The recount: repairs wrong counts, and leaves alone those that are only late."""

from typing import Any

import pytest

from posts import on_posts_changed, reconcile_counters
from posts.likes import put_like
from posts.models import Comment, CommentLike, Post
from shared import clock
from shared.dynamodb import recounts
from shared.dynamodb.recounts import SETTLED_AFTER, Recount
from tests.integration.posts.world import a_comment, a_post, a_user, deliver, stream_records
from tests.support.events import load_event
from tests.support.gateway import LambdaContext

pytestmark = pytest.mark.usefixtures("foundation")


@pytest.fixture(autouse=True)
def no_other_posts() -> None:
    """Delete all items, because the recount reads every post."""
    for table in (Post, Comment, Recount):
        for item in table.scan():
            item.delete()


def run(remaining: int = 900_000) -> dict[str, int]:
    event = load_event("posts", "reconcile_counters")
    return reconcile_counters.app(event, LambdaContext(remaining=remaining))


def find(post_id: str) -> Post:
    post = Post.find(post_id, consistent=True)
    assert post is not None
    return post


def liked(post_id: str, times: int) -> None:
    for _ in range(times):
        put_like(a_user(), find(post_id))


def test_right_counts_are_left_alone() -> None:
    post_id = a_post(a_user())
    liked(post_id, 3)
    deliver(on_posts_changed.app, stream_records("likes", post_id))
    assert run() == {"items": 1, "mended": 0, "drift": 0, "unfinished": 0}


def test_a_wrong_count_is_repaired_when_it_is_beyond_doubt() -> None:
    post_id = a_post(a_user())
    liked(post_id, 3)
    deliver(on_posts_changed.app, stream_records("likes", post_id))
    Post(post_id).update(actions=[Post.like_count.set(7)])
    now = clock.now()
    assert run()["mended"] == 0  # noted
    with clock.stop_at(now + SETTLED_AFTER - 10):
        assert run()["mended"] == 0
    with clock.stop_at(now + SETTLED_AFTER + 10):
        assert run() == {"items": 1, "mended": 1, "drift": 4, "unfinished": 0}
    assert find(post_id).like_count == 3
    # The stream counts on from there, and counts nothing twice.
    liked(post_id, 1)
    deliver(on_posts_changed.app, stream_records("likes", post_id))
    assert find(post_id).like_count == 4


def test_a_late_stream_is_no_drift() -> None:
    post_id = a_post(a_user())
    liked(post_id, 2)
    now = clock.now()
    assert run()["mended"] == 0
    deliver(on_posts_changed.app, stream_records("likes", post_id)[:1])
    with clock.stop_at(now + SETTLED_AFTER + 10):
        assert run()["mended"] == 0  # it changed since it was noted: the stream is counting it
    deliver(on_posts_changed.app, stream_records("likes", post_id))
    assert find(post_id).like_count == 2


def test_a_count_at_the_moment_of_the_repair_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    post_id = a_post(a_user())
    liked(post_id, 2)
    Post(post_id).update(actions=[Post.like_count.set(9)])
    now = clock.now()
    run()
    change = Post.change

    def counted_first(self: Post, *actions: Any, condition: Any) -> None:
        deliver(on_posts_changed.app, stream_records("likes", post_id))
        change(self, *actions, condition=condition)

    monkeypatch.setattr(Post, "change", counted_first)
    with clock.stop_at(now + SETTLED_AFTER + 10):
        assert run()["mended"] == 0
    assert find(post_id).like_count == 11


def test_comments_replies_and_their_likes_are_recounted_too() -> None:
    post_id, writer = a_post(a_user()), a_user()
    root = a_comment(post_id, writer)
    reply = a_comment(post_id, writer, thread=root, parent_comment_id=root)
    for _ in range(2):
        fan = a_user()
        CommentLike(
            reply,
            fan.user_id,
            post_id=post_id,
            username=fan.username,
            commenter_id=writer.user_id,
            liked_at=clock.timestamp(),
        ).create()
    deliver(on_posts_changed.app, stream_records("comments", post_id))
    deliver(on_posts_changed.app, stream_records("comment-likes", reply))
    assert run() == {"items": 3, "mended": 0, "drift": 0, "unfinished": 0}
    Post(post_id).update(actions=[Post.comment_count.set(5)])
    Comment(post_id, root).update(actions=[Comment.reply_count.set(0)])
    Comment(post_id, reply).update(actions=[Comment.like_count.set(1)])
    now = clock.now()
    assert run()["mended"] == 0  # noted
    with clock.stop_at(now + SETTLED_AFTER + 10):
        assert run() == {"items": 3, "mended": 3, "drift": 5, "unfinished": 0}
    assert find(post_id).comment_count == 2
    comments = [Comment.find(post_id, each, consistent=True) for each in (root, reply)]
    assert [(each.reply_count, each.like_count) for each in comments if each] == [(1, 0), (0, 2)]


def test_it_continues_where_time_ran_out(monkeypatch: pytest.MonkeyPatch) -> None:
    author = a_user()
    for _ in range(5):
        a_post(author)
    monkeypatch.setattr(recounts, "_PAGE", 2)
    assert run(remaining=1_000)["items"] == 0

    class OnePage(LambdaContext):
        """A function that has time for one page."""

        def get_remaining_time_in_millis(self) -> int:
            left = self.__dict__.setdefault("left", [900_000, 0])
            return int(left.pop(0))

    event = load_event("posts", "reconcile_counters")
    counts = [reconcile_counters.app(event, OnePage())["items"] for _ in range(3)]
    assert counts == [2, 2, 1]
    assert Recount.find("progress#posts") is None
