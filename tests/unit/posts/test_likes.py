"""The count in the answer to a like, before and after the stream has counted the like."""

import json
from typing import Any

import pytest

from posts import likes, toggle_like
from posts.models import Like, Post
from posts.visible_posts import VisiblePost
from shared.access.caller import Caller
from shared.dynamodb.tables import ConditionFailed
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post

VIEWER = Caller("reader", "reader_two", "session", "user", "full")
MOMENT = "2026-01-02T03:04:05.678Z"


def a_like(post_seq: str | None) -> Like:
    return Like("post", "reader", username="r", author_id="a", liked_at=MOMENT, post_seq=post_seq)


def visible_post(like_count: int, like_seq: str | None, like: Like | None) -> VisiblePost:
    post = Post("post", author_id="a", like_count=like_count, like_seq=like_seq)
    author: Any = None
    return VisiblePost(post, author, None, like)


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The writes, recorded instead of made."""
    done: list[str] = []
    monkeypatch.setattr(likes, "put_like", lambda viewer, post: done.append("put"))
    monkeypatch.setattr(likes, "drop_like", lambda viewer, post: done.append("drop"))
    return done


@pytest.mark.parametrize(
    ("given", "count", "written"),
    [
        (visible_post(0, None, None), 1, ["put"]),
        (visible_post(4, "9", None), 5, ["put"]),
        (visible_post(5, "9", a_like("8")), 5, []),  # a repeat, and counted
        (visible_post(4, "8", a_like("8")), 5, []),  # a repeat, and not counted yet
        (visible_post(0, None, a_like(None)), 1, []),
    ],
)
def test_like(given: VisiblePost, count: int, written: list[str], writes: list[str]) -> None:
    assert (likes.like(VIEWER, given), writes) == (count, written)


@pytest.mark.parametrize(
    ("given", "count", "written"),
    [
        (visible_post(5, "9", a_like("8")), 4, ["drop"]),
        (visible_post(4, "8", a_like("8")), 4, ["drop"]),  # a new like that is not counted yet
        (visible_post(0, None, a_like(None)), 0, ["drop"]),
        (visible_post(4, "9", None), 4, []),
    ],
)
def test_unlike(given: VisiblePost, count: int, written: list[str], writes: list[str]) -> None:
    assert (likes.unlike(VIEWER, given), writes) == (count, written)


def test_two_likes_of_one_person_at_the_same_time_count_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(viewer: Caller, post: Post) -> None:
        raise ConditionFailed

    monkeypatch.setattr(likes, "put_like", refuse)
    assert likes.like(VIEWER, visible_post(4, "9", None)) == 5


def test_toggling_again_with_the_same_key_changes_nothing(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The function dies between its write and its answer, and the client repeats the request: first
    the like, then the unlike."""
    author, fan = a_user(), a_user()
    post_id = a_post(author)

    def send(key: str, remaining: int = 60_000) -> Any:
        path, headers = {"post_id": post_id}, {"Idempotency-Key": key}
        event = gateway_event(
            "POST /api/v1/posts/{post_id}/like", caller=fan, path=path, headers=headers
        )
        return json.loads(toggle_like.app(event, LambdaContext(remaining=remaining))["body"])

    def die(*given: Any) -> None:
        likes.toggle(*given)
        raise SystemExit

    for key, liked in (("first", True), ("second", False)):
        with monkeypatch.context() as patch:
            patch.setattr(toggle_like, "toggle", die)
            with pytest.raises(SystemExit):
                send(key, remaining=-1)
        for _ in range(2):
            assert send(key) == {"liked": liked, "likeCount": int(liked)}
        assert (Like.find(post_id, fan.user_id) is not None) == liked
