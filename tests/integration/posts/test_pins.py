"""Pinning while others pin, comment and delete: at most three, no half state, exact counts."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from posts import (
    delete_comment,
    list_comments,
    list_replies,
    on_comment_deleted,
    on_posts_changed,
    pin_comment,
    unpin_comment,
)
from posts.models import Comment, Post
from shared.access.caller import Caller
from shared.clock import now, stop_at
from shared.dynamodb.tables import query
from tests.integration.posts.world import (
    a_comment,
    a_post,
    a_user,
    call,
    consume,
    deliver,
    stream_records,
    take,
    write_comment,
)

pytestmark = pytest.mark.usefixtures("foundation")


def on(handler: Any, method: str, who: Caller, comment_id: str) -> int:
    """The status of a call about one comment."""
    tail = "/pin" if handler in (pin_comment, unpin_comment) else ""
    path = {"comment_id": comment_id}
    return call(handler.app, f"{method} /comments/{{comment_id}}{tail}", who, path=path)[0]


def pinned(post_id: str) -> list[str]:
    """The pins of the post, with which the comments that exist must agree."""
    post = Post.find(post_id, consistent=True)
    assert post is not None
    ids = [each["comment_id"] for each in post.pinned_comments or []]
    marked = {each.comment_id for each in stored(post_id) if each.is_pinned}
    assert marked == set(ids)
    assert len(marked) == len(ids)
    return ids


def stored(post_id: str) -> list[Comment]:
    found, _ = query(Comment, post_id, limit=1000, consistent=True)
    return found


def walk(handler: Any, route: str, who: Caller, **path: str) -> list[str]:
    """All ids that a list shows, page by page."""
    shown: list[str] = []
    asked = {"limit": "4"}
    while True:
        status, page = call(handler.app, route, who, path=path, query=asked)
        assert status == 200, page
        shown += [each["id"] for each in page["comments"]]
        if page["next_cursor"] is None:
            return shown
        asked["cursor"] = page["next_cursor"]


def drain(post_id: str) -> None:
    """Run the stream Lambda and the consumer of deleted comments until no work is left."""
    done = 0
    while len(records := stream_records("comments", post_id)) > done:
        deliver(on_posts_changed.app, records[done:])
        done = len(records)
        with stop_at(now() + 61):  # so that no second look is due
            consume(
                on_comment_deleted.app,
                *(
                    each["body"]
                    for each in take(
                        "posts-comment-deleted",
                        lambda event: event["data"].get("post_id") == post_id,
                    )
                ),
            )


def test_at_most_three_of_many_concurrent_pins_are_kept() -> None:
    author = a_user()
    post_id = a_post(author)
    made = [a_comment(post_id, author) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda each: on(pin_comment, "POST", author, each), made))
    # 503: all races were lost, and nothing was written.
    assert set(statuses) <= {200, 409, 503}
    pins = pinned(post_id)
    assert len(pins) == statuses.count(200) <= 3
    for comment_id in made:
        on(pin_comment, "POST", author, comment_id)
    assert len(pinned(post_id)) == 3


def test_a_comment_that_is_pinned_and_deleted_at_the_same_time_is_not_pinned() -> None:
    author, writer = a_user(), a_user()
    post_id = a_post(author)
    made = [a_comment(post_id, writer) for _ in range(3)]
    calls = [
        step
        for each in made
        for step in (
            (pin_comment, "POST", author, each),
            (delete_comment, "DELETE", writer, each),
            (unpin_comment, "DELETE", author, each),
            (pin_comment, "POST", author, each),
        )
    ]
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda step: on(*step), calls))
    assert set(statuses) <= {200, 404, 503}
    for each in made:
        on(delete_comment, "DELETE", writer, each)
    drain(post_id)
    assert stored(post_id) == []
    assert pinned(post_id) == []


def test_the_count_equals_what_the_lists_show() -> None:
    author, writers = a_user(), [a_user() for _ in range(6)]
    post_id = a_post(author)

    def live(number: int) -> None:
        writer = writers[number]
        roots = [write_comment(writer, post_id) for _ in range(3)]
        for root in roots:
            write_comment(author, post_id, root)
            write_comment(writer, post_id, root)
        on(pin_comment, "POST", author, roots[0])
        on(pin_comment, "POST", author, roots[1])
        assert on(delete_comment, "DELETE", writer, roots[number % 3]) == 200

    with ThreadPoolExecutor(len(writers)) as pool:
        list(pool.map(live, range(len(writers))))
    drain(post_id)
    roots = walk(list_comments, "GET /posts/{post_id}/comments", writers[0], post_id=post_id)
    replies = [
        reply
        for root in roots
        for reply in walk(
            list_replies, "GET /comments/{comment_id}/replies", writers[0], comment_id=root
        )
    ]
    pins = pinned(post_id)
    assert roots[: len(pins)] == pins
    assert len({*roots, *replies}) == len(roots) + len(replies) == 6 * 2 * 3
    post = Post.find(post_id, consistent=True)
    assert post is not None
    assert post.comment_count == len(roots) + len(replies) == len(stored(post_id))
