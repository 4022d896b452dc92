"""Comments: exact counts under concurrency, replay and overlap, and deleted threads."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from posts import (
    create_comment,
    delete_comment,
    like_comment,
    list_comments,
    on_comment_deleted,
    on_posts_changed,
)
from posts.comment_cleanup import sync_orphans
from posts.models import Comment, CommentLike, Post
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

THREADS = 10
REPLIES = 4


def delete(caller: Caller, comment_id: str) -> int:
    path = {"comment_id": comment_id}
    status, _ = call(delete_comment.app, "DELETE /comments/{comment_id}", caller, path=path)
    return status


def find(post_id: str) -> Post:
    post = Post.find(post_id, consistent=True)
    assert post is not None
    return post


def stored(post_id: str) -> list[Comment]:
    found, _ = query(Comment, post_id, limit=1000, consistent=True)
    return found


def of_post(post_id: str) -> Any:
    return lambda event: event["data"].get("post_id") == post_id


def drain(post_id: str) -> None:
    """Run the stream Lambda and the consumer of deleted comments until no work is left."""
    done = 0
    while len(records := stream_records("comments", post_id)) > done:
        begin = max(0, done - random.randint(0, 5))  # a part of it again
        for start in range(begin, len(records), 7):
            deliver(on_posts_changed.app, records[start : start + 7])
        done = len(records)
        with stop_at(now() + 61):  # so that no second look is due
            consume(
                on_comment_deleted.app,
                *(each["body"] for each in take("posts-comment-deleted", of_post(post_id))),
            )


def test_parallel_threads_that_are_written_and_deleted_are_counted_exactly() -> None:
    post_id, keeper = a_post(a_user()), a_user()
    kept = [write_comment(keeper, post_id) for _ in range(3)]

    def write_and_delete(_: int) -> None:
        writer = a_user()
        root = write_comment(writer, post_id)
        with ThreadPoolExecutor(REPLIES) as pool:
            list(pool.map(lambda _: write_comment(writer, post_id, root), range(REPLIES)))
        assert delete(writer, root) == 200
        assert delete(writer, root) == 404

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write_and_delete, range(THREADS)))
        list(pool.map(lambda root: write_comment(keeper, post_id, root), kept))
    drain(post_id)
    assert find(post_id).comment_count == len(stored(post_id)) == 6
    assert {each.reply_count for each in stored(post_id) if each.comment_id in kept} == {1}


def test_replies_that_race_with_the_deletion_of_their_thread_do_not_outlive_it() -> None:
    post_id = a_post(a_user())
    writer = a_user()
    root = write_comment(writer, post_id)

    def reply(_: int) -> int:
        body = {"post_id": post_id, "content": "late", "parent_comment_id": root}
        return call(create_comment.app, "POST /comments", writer, body=body)[0]

    with ThreadPoolExecutor(9) as pool:
        answers = pool.map(reply, range(24))
        assert pool.submit(delete, writer, root).result() == 200
        assert set(answers) <= {201, 404}
    drain(post_id)
    assert stored(post_id) == []
    assert find(post_id).comment_count == 0


def test_a_reply_to_a_just_deleted_thread_is_hidden_and_deleted() -> None:
    post_id, writer = a_post(a_user()), a_user()
    root = write_comment(writer, post_id)
    assert delete(writer, root) == 200
    late = a_comment(post_id, writer, thread=root, parent_comment_id=root)
    kept = a_comment(post_id, writer)
    route = "GET /api/v1/posts/{post_id}/comments"
    _, page = call(list_comments.app, route, writer, path={"post_id": post_id})
    assert [each["id"] for each in page["comments"]] == [kept]
    sync_orphans(stored(post_id))
    assert [each.comment_id for each in stored(post_id)] == [kept]
    drain(post_id)
    assert find(post_id).comment_count == 1
    assert Comment.find(post_id, late, consistent=True) is None


def test_a_deleted_comments_likes_are_deleted() -> None:
    post_id, writer, fan = a_post(a_user()), a_user(), a_user()
    root = write_comment(writer, post_id)
    reply = write_comment(writer, post_id, root)
    for comment_id in (root, reply):
        path = {"comment_id": comment_id}
        status, _ = call(like_comment.app, "POST /comments/{comment_id}/like", fan, path=path)
        assert status == 200
    deliver(on_posts_changed.app, stream_records("comment-likes", root))
    assert next(each for each in stored(post_id) if each.comment_id == root).like_count == 1
    delete(writer, root)
    drain(post_id)
    for comment_id in (root, reply):
        assert CommentLike.find(comment_id, fan.user_id, consistent=True) is None


def test_the_index_is_read_again_when_it_is_up_to_date() -> None:
    post_id, writer = a_post(a_user()), a_user()
    root = write_comment(writer, post_id)
    deliver(on_posts_changed.app, stream_records("comments", post_id))
    delete(writer, root)
    deliver(on_posts_changed.app, stream_records("comments", post_id))
    [message] = take("posts-comment-deleted", of_post(post_id))
    late = a_comment(post_id, writer, thread=root, parent_comment_id=root)
    consume(on_comment_deleted.app, message["body"])
    assert take("posts-comment-deleted", of_post(post_id)) == []  # it is delayed
    assert Comment.find(post_id, late, consistent=True) is None


def test_likes_of_a_comment_are_counted_exactly() -> None:
    post_id, writer = a_post(a_user()), a_user()
    comment_id = write_comment(writer, post_id)
    crowd = [a_user() for _ in range(20)]

    def like(fan: Caller) -> int:
        path = {"comment_id": comment_id}
        return call(like_comment.app, "POST /comments/{comment_id}/like", fan, path=path)[0]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(like, crowd * 2)) == {200}
    records = stream_records("comment-likes", comment_id)
    deliver(on_posts_changed.app, records[:12])
    deliver(on_posts_changed.app, records[8:])
    deliver(on_posts_changed.app, records)
    [comment] = stored(post_id)
    assert comment.like_count == 20
    # A new count is a change of the comment, but no event and nothing to count.
    deliver(on_posts_changed.app, stream_records("comments", post_id))
    assert find(post_id).comment_count == 1


def test_top_comments_come_from_the_index_of_likes() -> None:
    post_id, writer = a_post(a_user()), a_user()
    few, many, none = (a_comment(post_id, writer, like_count=each) for each in (2, 10, 0))
    path, route = {"post_id": post_id}, "GET /posts/{post_id}/comments"
    query_of = {"sort": "top", "limit": "2"}
    _, page = call(list_comments.app, route, writer, path=path, query=query_of)
    assert [each["id"] for each in page["comments"]] == [many, few]
    query_of["cursor"] = page["next_cursor"]
    _, page = call(list_comments.app, route, writer, path=path, query=query_of)
    assert [each["id"] for each in page["comments"]] == [none]
