"""Likes: exact under concurrency, replay and overlap."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from posts import like_post, on_posts_changed, toggle_like, unlike_post
from posts.likes import like, unlike
from posts.models import Like, Post
from posts.visible_posts import get_visible_post
from shared.access.caller import Caller
from tests.integration.posts.world import (
    a_post,
    a_user,
    call,
    connect,
    deliver,
    stream_records,
    take,
)

pytestmark = pytest.mark.usefixtures("foundation")

PEOPLE = 40


def count_of(post_id: str) -> int:
    post = Post.find(post_id, consistent=True)
    assert post is not None
    return post.like_count


def test_concurrent_likes_and_replayed_overlapping_batches_count_once() -> None:
    post_id = a_post(a_user())
    crowd = [a_user() for _ in range(PEOPLE)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda fan: like(fan, get_visible_post(fan, post_id)), crowd * 2))
    records = stream_records("likes", post_id)
    assert len(records) == PEOPLE

    deliver(on_posts_changed.app, records[:15])
    assert count_of(post_id) == 15
    deliver(on_posts_changed.app, records[:15])  # replayed
    deliver(on_posts_changed.app, records[10:30])  # overlapping
    assert count_of(post_id) == 30
    # The same batch at the same time, as after a time-out whose function still runs.
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: deliver(on_posts_changed.app, records[20:]), range(4)))
    assert count_of(post_id) == PEOPLE

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda fan: unlike(fan, get_visible_post(fan, post_id)), crowd[:25] * 2))
    records = stream_records("likes", post_id)
    assert len(records) == PEOPLE + 25
    for start in range(0, len(records), 7):
        deliver(on_posts_changed.app, records[max(0, start - random.randint(0, 9)) : start + 7])
    assert count_of(post_id) == PEOPLE - 25


def test_the_answer_includes_the_change_before_and_after_the_stream() -> None:
    fan, other, post_id = a_user(), a_user(), a_post(a_user())
    path = {"post_id": post_id}

    def act(method: str, who: Caller) -> tuple[bool, int]:
        app = like_post.app if method == "POST" else unlike_post.app
        status, body = call(app, f"{method} /posts/{{post_id}}/like", who, path=path)
        assert status == 200
        return body["liked"], body["like_count"]

    assert act("POST", fan) == (True, 1)
    assert act("POST", fan) == (True, 1)
    assert act("DELETE", fan) == (False, 0)
    assert act("DELETE", fan) == (False, 0)
    assert act("POST", fan) == (True, 1)
    deliver(on_posts_changed.app, stream_records("likes", post_id))
    assert act("POST", fan) == (True, 1)
    assert act("POST", other) == (True, 2)
    assert act("DELETE", other) == (False, 1)
    deliver(on_posts_changed.app, stream_records("likes", post_id))
    assert (act("DELETE", fan), count_of(post_id)) == ((False, 0), 1)


def test_toggle() -> None:
    fan, post_id = a_user(), a_post(a_user())
    answers = [
        call(
            toggle_like.app,
            "POST /api/v1/posts/{post_id}/like",
            fan,
            path={"post_id": post_id},
        )
        for _ in range(3)
    ]
    assert [status for status, _ in answers] == [200] * 3
    assert [body["liked"] for _, body in answers] == [True, False, True]
    assert Like.find(post_id, fan.user_id) is not None


def test_a_hidden_post_cannot_be_liked() -> None:
    author, fan = a_user(), a_user()
    connect(author, "blocks", "blocked_by", fan)
    hidden = [a_post(author), a_post(a_user(), visibility="followers"), "nothing", "x" * 3000]
    for post_id in hidden:
        for app, route in (
            (like_post.app, "POST /posts/{post_id}/like"),
            (unlike_post.app, "DELETE /posts/{post_id}/like"),
            (toggle_like.app, "POST /api/v1/posts/{post_id}/like"),
        ):
            status, body = call(app, route, fan, path={"post_id": post_id})
            assert (status, body["code"]) == (404, "post_not_found")


def test_a_like_and_an_unlike_publish_one_event_each() -> None:
    fan, post_id = a_user(), a_post(a_user())
    like(fan, get_visible_post(fan, post_id))
    unlike(fan, get_visible_post(fan, post_id))
    deliver(on_posts_changed.app, stream_records("likes", post_id))
    messages = take("notifications", lambda event: event["data"].get("post_id") == post_id)
    assert len(messages) == 2
    assert "post.liked" in messages[0]["body"] + messages[1]["body"]
    assert "post.unliked" in messages[0]["body"] + messages[1]["body"]
