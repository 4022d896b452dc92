"""What the stream of posts and likes tells, and what it does not."""

from typing import Any

import pytest

from posts.models import Like, Post
from posts.on_posts_changed import app, likes, posts
from shared.streams import Change
from tests.support.events import load_event

MOMENT = "2026-01-02T03:04:05.678Z"


def a_post(**given: Any) -> Post:
    return Post(
        "01KAEJ8V0X2Y4Z6A8B0C1D3E5F",
        **{
            "author_id": "01KAEJ5W2N8Q4R6S8T0V1W3X5Y",
            "author_username": "author_one",
            "media": [],
            "created_at": MOMENT,
            "updated_at": MOMENT,
            **given,
        },
    )


def change(old: Any, new: Any) -> Change[Any]:
    return Change(old, new, "1", "record", MOMENT)


READY, PROCESSING = a_post(), a_post(status="processing")
DELETED, FAILED = a_post(deleted_at=MOMENT), a_post(status="failed")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (None, READY, ["post.created"]),
        (None, PROCESSING, []),
        (PROCESSING, READY, ["post.created"]),
        (PROCESSING, FAILED, []),
        (PROCESSING, a_post(status="processing", deleted_at=MOMENT), ["post.deleted"]),
        (a_post(status="processing", deleted_at=MOMENT), DELETED, []),
        (READY, a_post(like_count=7, like_seq="7"), []),
        (READY, a_post(caption="other"), []),
        (READY, DELETED, ["post.deleted"]),
        (DELETED, None, []),
        (READY, None, ["post.deleted"]),
    ],
)
def test_what_a_changed_post_tells(old: Post | None, new: Post | None, told: list[str]) -> None:
    assert [event.type for _, event in posts(change(old, new))] == told


def test_post_created_names_its_uploads() -> None:
    media = [{"upload_id": "01KAEJ7Q9R1S3T5V7W9X1Y3Z5A"}]
    ((actor, event),) = posts(change(None, a_post(media=media)))
    assert actor == "01KAEJ5W2N8Q4R6S8T0V1W3X5Y"
    assert event.upload_ids == ["01KAEJ7Q9R1S3T5V7W9X1Y3Z5A"]  # type: ignore[union-attr]


def test_what_a_changed_like_tells() -> None:
    like = Like("post", "reader", username="reader_two", author_id="author", liked_at=MOMENT)
    assert [(actor, event.type) for actor, event in likes(change(None, like))] == [
        ("reader", "post.liked")
    ]
    assert [(actor, event.type) for actor, event in likes(change(like, None))] == [
        ("reader", "post.unliked")
    ]
    assert list(likes(change(like, like))) == []


def test_the_sample_event_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK", "hoshi")
    read = [app._read(record)[1] for record in load_event("posts", "on_posts_changed")["Records"]]
    assert [type(each.item) for each in read] == [Post, Like]
