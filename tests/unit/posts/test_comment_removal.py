"""A comment that an administrator removes is nowhere, and comes back with all that it had."""

import json
from typing import Any

import pytest

from posts import (
    create_comment,
    delete_comment,
    edit_comment,
    like_comment,
    list_comments,
    list_replies,
    on_comment_deleted,
    on_posts_changed,
    pin_comment,
)
from posts.comment_removal import remove_comment, return_comment
from posts.models import Comment, CommentLike, Post
from shared.access.caller import Caller
from shared.clock import now
from shared.dynamodb.tables import ConditionFailed, query, transaction
from shared.lifecycle.purging import KEPT_REMOVED
from tests.support.accounts import a_user
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.lambda_time import TimeLeft
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_comment, a_post, call, on_post
from tests.support.streams import batch, stream_record


class World:
    """A post with a thread, whose stream and consumer run after each step."""

    def __init__(self, aws: MemoryAws) -> None:
        self.aws = aws
        self.author, self.writer, self.reader = a_user(), a_user(), a_user()
        self.post_id = a_post(self.author)
        self.known: dict[str, Comment] = {}
        self.sequence = 0
        self.root = self.write()
        self.replies = [self.write(self.root) for _ in range(3)]
        self.sync()

    def write(self, parent_id: str | None = None) -> str:
        more = {"thread": parent_id, "parent_comment_id": parent_id} if parent_id else {}
        return a_comment(self.post_id, self.writer, post_author_id=self.author.user_id, **more)

    def find(self, comment_id: str) -> Comment:
        return Comment.get(self.post_id, comment_id)

    def remove(self, comment_id: str) -> None:
        with transaction() as write:
            remove_comment(write, self.find(comment_id), "admin")

    def restore(self, comment_id: str) -> None:
        with transaction() as write:
            return_comment(write, self.find(comment_id))

    def sync(self) -> None:
        """Deliver the changes of the comments, each twice, and what follows, until nothing does."""
        while True:
            stored = query(Comment, self.post_id, limit=99, consistent=True)[0]
            found = {each.comment_id: each for each in stored}
            changed = [
                each
                for each in {*found, *self.known}
                if image(found.get(each)) != image(self.known.get(each))
            ]
            if not changed:
                return
            for comment_id in changed:
                self.sequence += 1
                record = stream_record(
                    self.sequence, old=self.known.get(comment_id), new=found.get(comment_id)
                )
                for _ in range(2):
                    answer = on_posts_changed.app(batch(record), LambdaContext())
                    assert answer == {"batchItemFailures": []}
            self.known = found
            for published in self.aws.published.pop("posts", []):
                if published["type"] in ("comment.deleted", "comment.restored"):
                    consume(published)

    def counts(self) -> tuple[int, int]:
        return Post.get(self.post_id).comment_count, self.find(self.root).reply_count

    def listed(self, **asked: str) -> list[str]:
        page = on_post(list_comments, "GET /comments", self.reader, self.post_id, query=asked)[1]
        return [each["id"] for each in page["comments"]]

    def thread(self, comment_id: str | None = None) -> tuple[int, list[str]]:
        path = {"comment_id": comment_id or self.root}
        route = "GET /comments/{comment_id}/replies"
        status, page = call(list_replies, route, self.reader, path=path)
        return status, [each["id"] for each in page.get("comments", [])]


def image(comment: Comment | None) -> Any:
    return comment.serialize() if comment else None


def consume(published: dict[str, Any]) -> None:
    event = load_event("posts", "on_comment_deleted")
    event["Records"][0]["body"] = json.dumps(published)
    assert on_comment_deleted.app(event, TimeLeft(pages=10)) == {"batchItemFailures": []}


@pytest.fixture
def world(aws: MemoryAws, settings: pytest.MonkeyPatch) -> World:
    settings.setenv("MAX_MENTIONS", "20")
    return World(aws)


def on_comment(handler: Any, route: str, who: Caller, comment_id: str, **more: Any) -> int:
    return call(handler, route, who, path={"comment_id": comment_id}, **more)[0]


def test_a_removed_comment_is_on_no_route(world: World) -> None:
    world.remove(world.root)
    assert [world.listed(sort=each) for each in ("oldest", "newest", "top")] == [[], [], []]
    assert world.thread() == (404, [])
    for who in (world.reader, world.writer, world.author):
        for handler, route, body in (
            (like_comment, "POST /comments/{comment_id}/like", None),
            (pin_comment, "POST /comments/{comment_id}/pin", None),
            (edit_comment, "PATCH /comments/{comment_id}", {"content": "x"}),
            (delete_comment, "DELETE /comments/{comment_id}", None),
        ):
            for comment_id in (world.root, world.replies[0]):  # hidden with it at once
                assert on_comment(handler, route, who, comment_id, body=body) == 404, route
        body = {"post_id": world.post_id, "content": "x", "parent_comment_id": world.root}
        assert call(create_comment, "POST /comments", who, body=body)[0] == 404


def test_the_counts_are_without_it_and_its_replies_until_it_is_back(world: World) -> None:
    assert world.counts() == (4, 3)
    before = {each: image(world.find(each)) for each in (world.root, *world.replies)}
    world.remove(world.root)
    world.sync()
    assert world.counts() == (0, 0)
    assert all(world.find(each).is_hidden for each in world.replies)
    world.restore(world.root)
    world.sync()
    assert world.counts() == (4, 3)
    for comment_id, was in before.items():
        counted = {"reply_count", "reply_seq"}
        is_now = image(world.find(comment_id))
        assert {k: v for k, v in is_now.items() if k not in counted} == {
            k: v for k, v in was.items() if k not in counted
        }
    assert world.listed() == [world.root]
    assert world.thread() == (200, world.replies)


def test_likes_stay_and_are_counted_while_it_is_hidden(world: World) -> None:
    fans = [a_user() for _ in range(2)]
    for number, fan in enumerate(fans):
        assert on_comment(like_comment, "POST /comments/{comment_id}/like", fan, world.root) == 200
        like = CommentLike.get(world.root, fan.user_id)
        on_posts_changed.app(batch(stream_record(90 + number, new=like)), LambdaContext())
    world.remove(world.root)
    world.sync()
    like.delete()  # the account is erased
    on_posts_changed.app(batch(stream_record(99, old=like)), LambdaContext())
    world.restore(world.root)
    world.sync()
    assert world.find(world.root).like_count == 1
    assert CommentLike.find(world.root, fans[0].user_id) is not None


def test_a_reply_that_was_removed_itself_stays_hidden_when_its_thread_is_back(
    world: World,
) -> None:
    removed, *others = world.replies
    for comment_id in (removed, world.root):
        world.remove(comment_id)
        world.sync()
    world.restore(world.root)
    world.sync()
    assert (world.counts(), world.thread()) == ((3, 2), (200, others))
    world.restore(removed)
    world.sync()
    assert (world.counts(), world.thread()) == ((4, 3), (200, world.replies))


def test_a_reply_that_is_back_while_its_thread_is_hidden_waits_for_it(world: World) -> None:
    removed = world.replies[0]
    for comment_id in (removed, world.root):
        world.remove(comment_id)
        world.sync()
    world.restore(removed)
    world.sync()
    assert world.find(removed).is_hidden
    assert world.counts() == (0, 0)
    world.restore(world.root)
    world.sync()
    assert (world.counts(), world.thread()) == ((4, 3), (200, world.replies))


def test_a_reply_that_was_written_at_the_last_moment_is_hidden_too(world: World) -> None:
    world.remove(world.root)
    world.sync()
    late = world.write(world.root)
    world.sync()
    assert world.find(late).is_hidden
    assert world.counts() == (0, 0)


def test_what_is_kept_no_more_goes_with_its_likes_and_replies(world: World) -> None:
    fan = a_user()
    on_comment(like_comment, "POST /comments/{comment_id}/like", fan, world.root)
    world.remove(world.root)
    assert abs(world.find(world.root).expires_at - now() - KEPT_REMOVED) < 60
    world.sync()
    world.find(world.root).delete()  # TTL
    world.sync()
    assert Post.get(world.post_id).comment_count == 0
    assert world.aws.dynamo.items("hoshi-comments") == []
    assert world.aws.dynamo.items("hoshi-comment-likes") == []


def test_a_pinned_comment_keeps_its_place_unless_another_needs_it(world: World) -> None:
    others = [world.write() for _ in range(3)]
    pinned = [world.root, *others[:2]]
    route = "POST /comments/{comment_id}/pin"
    for comment_id in pinned:
        assert on_comment(pin_comment, route, world.author, comment_id) == 200
    world.remove(world.root)
    world.sync()
    world.restore(world.root)
    world.sync()
    assert world.listed()[:3] == pinned[::-1]
    world.remove(world.root)
    world.sync()
    assert on_comment(pin_comment, route, world.author, others[2]) == 200
    world.restore(world.root)
    world.sync()
    assert world.listed()[:3] == [others[2], *pinned[:0:-1]]
    assert not world.find(world.root).is_pinned


def test_a_comment_is_removed_once_and_returned_once(world: World) -> None:
    comment = world.find(world.root)
    world.remove(world.root)
    with pytest.raises(ConditionFailed), transaction() as write:
        remove_comment(write, comment, "admin")
    world.restore(world.root)
    with pytest.raises(ConditionFailed), transaction() as write:
        return_comment(write, comment)
