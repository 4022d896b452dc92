"""The recount: repairs wrong counts, and leaves alone those that are only late."""

from functools import partial

import pytest

from posts import on_posts_changed, reconcile_counters
from posts.comment_removal import remove_comment, return_comment
from posts.likes import put_like
from posts.models import AuthorStats, Comment, CommentLike, Post
from shared import clock
from shared.dynamodb import recounts
from shared.dynamodb.recount_lists import ListedItem
from shared.dynamodb.recount_notes import REPAIR_AFTER, Recount, Round
from shared.dynamodb.tables import transaction
from tests.integration.posts.world import a_comment, a_post, a_user, deliver, stream_records
from tests.support.events import load_event
from tests.support.gateway import LambdaContext

DAY = 24 * 3600  # seconds

pytestmark = pytest.mark.usefixtures("foundation")


@pytest.fixture(autouse=True)
def no_other_posts() -> None:
    """Delete all items, because the recount reads every post."""
    for table in (Post, Comment, AuthorStats, Recount, ListedItem):
        for item in table.scan():
            item.delete()


class Pages(LambdaContext):
    """A function that has time for so many pages."""

    def get_remaining_time_in_millis(self) -> int:
        asked = self.__dict__["asked"] = self.__dict__.get("asked", 0) + 1
        return 900_000 if asked <= self.remaining else 0


def run(pages: int = 900_000) -> dict[str, int]:
    event = load_event("posts", "reconcile_counters")
    return reconcile_counters.app(event, Pages(remaining=pages))


def repairs() -> tuple[int, int, int]:
    """How many counts a run repaired, by how much, and how many were too large for it. (How many
    items it looks at depends on whether a day is over.)"""
    found = run()
    return found["repaired"], found["drift"], found["unfinished"]


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
    assert repairs() == (0, 0, 0)


def test_a_wrong_count_is_repaired_when_it_is_beyond_doubt() -> None:
    post_id = a_post(a_user())
    liked(post_id, 3)
    deliver(on_posts_changed.app, stream_records("likes", post_id))
    Post(post_id).update(actions=[Post.like_count.set(7)])
    now = clock.now()
    assert run()["repaired"] == 0  # noted
    with clock.stop_at(now + REPAIR_AFTER - 10):
        assert run()["repaired"] == 0
    with clock.stop_at(now + REPAIR_AFTER + 10):
        assert repairs() == (1, 4, 0)
    assert find(post_id).like_count == 3
    # The stream counts on from there, and counts nothing twice.
    liked(post_id, 1)
    deliver(on_posts_changed.app, stream_records("likes", post_id))
    assert find(post_id).like_count == 4


def test_a_late_stream_is_no_drift() -> None:
    post_id = a_post(a_user())
    liked(post_id, 2)
    now = clock.now()
    assert run()["repaired"] == 0
    deliver(on_posts_changed.app, stream_records("likes", post_id)[:1])
    with clock.stop_at(now + REPAIR_AFTER + 10):
        assert run()["repaired"] == 0  # it changed since it was noted: the stream is counting it
    deliver(on_posts_changed.app, stream_records("likes", post_id))
    assert find(post_id).like_count == 2


def test_a_count_during_the_repair_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    post_id = a_post(a_user())
    liked(post_id, 2)
    Post(post_id).update(actions=[Post.like_count.set(9)])
    now = clock.now()
    run()

    def count_meanwhile(_seconds: float) -> None:
        deliver(on_posts_changed.app, stream_records("likes", post_id))

    monkeypatch.setattr(recounts.time, "sleep", count_meanwhile)
    with clock.stop_at(now + REPAIR_AFTER + 10):
        assert run()["repaired"] == 0
    assert find(post_id).like_count == 11


def test_a_like_during_the_repair_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    post_id = a_post(a_user())
    liked(post_id, 2)
    deliver(on_posts_changed.app, stream_records("likes", post_id))
    Post(post_id).update(actions=[Post.like_count.set(9)])
    now = clock.now()
    run()
    with monkeypatch.context() as patch, clock.stop_at(now + REPAIR_AFTER + 10):
        patch.setattr(recounts.time, "sleep", lambda _seconds: liked(post_id, 1))
        assert run()["repaired"] == 0


def test_what_the_stream_delivers_after_the_repair_is_counted_once() -> None:
    """Whether it happened before the repair, which counted it, or after."""
    post_id = a_post(a_user())
    liked(post_id, 4)
    records = stream_records("likes", post_id)
    deliver(on_posts_changed.app, records[:2])
    now = clock.now()
    run()
    with clock.stop_at(now + REPAIR_AFTER + 10):
        assert run()["repaired"] == 1  # the others are two hours late
    assert find(post_id).like_count == 4
    liked(post_id, 3)
    deliver(on_posts_changed.app, stream_records("likes", post_id)[2:])
    assert find(post_id).like_count == 7


def test_a_replay_of_lost_changes_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As docs/operations.md describes it: invoke the stream's Lambda with the records that went to
    streams-dead, however long newer ones have been counted."""
    post_id, other = a_post(a_user()), a_post(a_user())
    liked(post_id, 5)
    liked(other, 2)
    records = stream_records("likes", post_id)
    deliver(on_posts_changed.app, records[3:])
    deliver(on_posts_changed.app, stream_records("likes", other))
    assert find(post_id).like_count == 2
    tomorrow = clock.now() + DAY
    with clock.stop_at(tomorrow):
        deliver(on_posts_changed.app, records[:3])  # refused, and listed
    # The first run after that is the next day's; rounds through the tables may take months.
    monkeypatch.setattr(Round, "next_page", lambda round, limit: [])
    monkeypatch.setattr(Round, "page_done", lambda round: True)
    for day, expected in ((2, 2), (3, 5), (4, 5)):
        with clock.stop_at(clock.now() + day * DAY):
            run()
        assert (find(post_id).like_count, find(other).like_count) == (expected, 2)
    liked(post_id, 1)
    deliver(on_posts_changed.app, stream_records("likes", post_id)[5:])
    assert find(post_id).like_count == 6


def test_what_was_counted_on_is_checked_before_all_else() -> None:
    for _ in range(3):
        a_post(a_user())
    post_id = a_post(a_user())
    for _ in range(3):  # a day's second batch lists nothing more
        liked(post_id, 1)
        deliver(on_posts_changed.app, stream_records("likes", post_id))
    assert [each.item_key for each in ListedItem.scan()] == [post_id]
    with clock.stop_at(clock.now() + DAY):
        assert run(pages=4)["items"] == 1  # one, and that there are no more of each kind
        assert run(pages=3)["items"] == 0
        assert run()["items"] == 4


def test_authors_counts_of_posts_are_recounted_too() -> None:
    author = a_user()
    for given in ({}, {}, {"deleted_at": clock.timestamp()}, {"is_reel": True}):
        a_post(author, **given)
    AuthorStats(author.user_id, post_count=7, reel_count=1).save()
    now = clock.now()
    assert run()["repaired"] == 0
    with clock.stop_at(now + REPAIR_AFTER + 10):
        assert repairs() == (1, 5, 0)
    stats = AuthorStats.get(author.user_id)
    assert (stats.post_count, stats.reel_count) == (2, 1)


def test_an_author_is_listed_when_their_posts_come_and_go() -> None:
    author = a_user()
    post_id = a_post(author)
    deliver(on_posts_changed.app, stream_records("posts", post_id))
    with clock.stop_at(clock.now() + DAY):
        Post(post_id).update(actions=[Post.deleted_at.set(clock.timestamp())])
        deliver(on_posts_changed.app, stream_records("posts", post_id)[1:])
    assert [each.item_key for each in ListedItem.scan()] == [author.user_id] * 2


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
    assert repairs() == (0, 0, 0)
    Post(post_id).update(actions=[Post.comment_count.set(5)])
    Comment(post_id, root).update(actions=[Comment.reply_count.set(0)])
    Comment(post_id, reply).update(actions=[Comment.like_count.set(1)])
    now = clock.now()
    assert run()["repaired"] == 0  # noted
    with clock.stop_at(now + REPAIR_AFTER + 10):
        assert repairs() == (3, 5, 0)
    assert find(post_id).comment_count == 2
    comments = [Comment.find(post_id, each, consistent=True) for each in (root, reply)]
    assert [(each.reply_count, each.like_count) for each in comments if each] == [(1, 0), (0, 2)]


def test_what_an_administrator_removed_is_in_no_count() -> None:
    post_id, writer = a_post(a_user()), a_user()
    root, other = a_comment(post_id, writer), a_comment(post_id, writer)
    replies = [a_comment(post_id, writer, thread=root, parent_comment_id=root) for _ in range(2)]
    removed = [Comment.get(post_id, each) for each in (other, replies[0])]

    def counts() -> tuple[int, int]:
        return find(post_id).comment_count, Comment.get(post_id, root).reply_count

    for change, expected in (
        (partial(remove_comment, admin_id=a_user().user_id), (2, 1)),
        (return_comment, (4, 2)),
    ):
        for comment in removed:
            with transaction() as write:
                change(write, comment)
        deliver(on_posts_changed.app, stream_records("comments", post_id))
        assert counts() == expected
        now = clock.now()
        assert repairs() == (0, 0, 0)
        with clock.stop_at(now + REPAIR_AFTER + 10):
            assert repairs() == (0, 0, 0)
        assert counts() == expected


def test_it_continues_where_time_ran_out(monkeypatch: pytest.MonkeyPatch) -> None:
    author = a_user()
    for _ in range(5):
        a_post(author)
    monkeypatch.setattr(recounts, "_PAGE", 2)
    assert run(pages=3)["items"] == 0  # there are no lists
    assert [run(pages=4)["items"] for _ in range(3)] == [2, 2, 1]
    done = Recount.find("progress#posts")
    assert done
    assert done.after is None
