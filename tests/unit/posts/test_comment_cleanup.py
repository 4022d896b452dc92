"""The clean-up after a deleted comment, in as many messages as it takes."""

import pytest

from posts import comment_cleanup, on_comment_deleted
from posts.models import Comment, CommentLike
from shared.clock import stop_at, timestamp
from shared.ids import new_id
from tests.support.events import load_event
from tests.support.lambda_time import TimeLeft
from tests.support.memory_aws import MemoryAws
from tests.unit.conftest import NOON

ROOT = "01KAEJB2M4N6P8Q0R2S4T6V8W0"  # as in the sample event, of the 21st of November
DELETED_AT = 1_763_716_833.512
QUEUE = "posts-comment-deleted"


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws) -> None:
    """AWS in memory."""


def a_reply(root: str = ROOT) -> None:
    Comment(
        "post",
        new_id(),
        thread=root,
        user_id="writer",
        username="writer_one",
        post_author_id="author",
        parent_comment_id=root,
        content="Nice!",
        created_at=timestamp(),
    ).save()


def a_like(fan: str) -> None:
    CommentLike(
        ROOT,
        fan,
        post_id="post",
        username=fan,
        commenter_id="writer",
        liked_at=timestamp(),
    ).save()


def handle(pages: int = 1_000) -> None:
    event = load_event("posts", "on_comment_deleted")
    assert on_comment_deleted.app(event, TimeLeft(pages)) == {"batchItemFailures": []}


def test_replies_and_likes_are_deleted_and_others_stay(aws: MemoryAws) -> None:
    for _ in range(30):
        a_reply()
    for number in range(30):
        a_like(f"fan-{number}")
    a_reply("another")
    handle()
    assert [item["thread"]["S"] for item in aws.dynamo.items("hoshi-comments")] == ["another"]
    assert aws.dynamo.items("hoshi-comment-likes") == []


@pytest.mark.parametrize(("later", "messages"), [(1, 1), (comment_cleanup.SECOND_LOOK + 1, 0)])
def test_it_looks_again_until_the_index_is_up_to_date(
    aws: MemoryAws, later: float, messages: int
) -> None:
    with stop_at(DELETED_AT + later):
        handle()
    assert len(aws.sent.get(QUEUE, [])) == messages


def test_a_long_thread_takes_several_messages(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comment_cleanup, "_PAGE", 2)
    for _ in range(8):
        a_reply()
    with stop_at(NOON):
        handle(pages=3)
        assert len(aws.dynamo.items("hoshi-comments")) == 2
        assert len(aws.sent[QUEUE]) == 1
        handle()
    assert aws.dynamo.items("hoshi-comments") == []
    assert len(aws.sent[QUEUE]) == 1
