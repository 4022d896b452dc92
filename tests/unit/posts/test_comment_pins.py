"""Pinned comments: who may pin which, where they are listed, and what unpins them."""

from typing import Any

import pytest

from posts import (
    comment_pins,
    create_comment,
    delete_comment,
    edit_comment,
    list_comments,
    list_replies,
    on_posts_changed,
    pin_comment,
    unpin_comment,
)
from posts.comment_pins import forget_pinned
from posts.models import Comment, Post
from shared.access.caller import Caller
from shared.clock import stop_at
from shared.dynamodb.tables import ConditionFailed
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post, call, connect, on_post
from tests.support.streams import batch, stream_record
from tests.unit.conftest import NOON


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, settings: pytest.MonkeyPatch, noon: float) -> None:
    """AWS in memory, a bound on mentions, and a stopped clock."""
    settings.setenv("MAX_MENTIONS", "20")


def write(writer: Caller, post_id: str, content: str = "Nice!", **more: Any) -> str:
    body = {"post_id": post_id, "content": content, **more}
    status, comment = call(create_comment, "POST /comments", writer, body=body)
    assert (status, comment["is_pinned"]) == (201, False)
    return str(comment["id"])


def several(writer: Caller, post_id: str, count: int) -> list[str]:
    """Comments whose texts are their numbers, in order."""
    made = []
    for number in range(count):
        with stop_at(NOON + number):
            made.append(write(writer, post_id, str(number)))
    return made


def on_comment(handler: Any, method: str, who: Caller, comment_id: str, **given: Any) -> Any:
    tail = "/pin" if handler in (pin_comment, unpin_comment) else ""
    route = f"{method} /comments/{{comment_id}}{tail}"
    return call(handler, route, who, path={"comment_id": comment_id}, **given)


def pin(who: Caller, comment_id: str) -> tuple[int, Any]:
    status, body = on_comment(pin_comment, "POST", who, comment_id)
    return status, body.get("code", body)


def unpin(who: Caller, comment_id: str) -> tuple[int, Any]:
    status, body = on_comment(unpin_comment, "DELETE", who, comment_id)
    return status, body.get("code", body)


def page(who: Caller, post_id: str, **asked: str) -> Any:
    status, body = on_post(list_comments, "GET /comments", who, post_id, query=asked or None)
    assert status == 200, body
    return body


def listed(who: Caller, post_id: str, **asked: str) -> list[str]:
    return [each["content"] for each in page(who, post_id, **asked)["comments"]]


def pinned(post_id: str) -> list[str]:
    """The ids of the post's pins."""
    post = Post.find(post_id)
    assert post is not None
    return [each["comment_id"] for each in post.pinned_comments or []]


def test_pinned_comments_come_first_in_every_order_the_latest_pinned_first() -> None:
    author, reader = a_user(), a_user()
    post_id = a_post(author)
    made = several(reader, post_id, 5)
    for number in (3, 1):
        assert pin(author, made[number]) == (200, {"message": "Comment pinned", "pinned": True})
    assert listed(reader, post_id) == list("13024")
    assert listed(reader, post_id, sort="newest") == list("13420")
    top = listed(reader, post_id, sort="top")
    assert (top[:2], sorted(top)) == (list("13"), list("01234"))
    flags = [each["is_pinned"] for each in page(author, post_id)["comments"]]
    assert flags == [True, True, False, False, False]
    assert unpin(author, made[1]) == (200, {"message": "Comment unpinned", "pinned": False})
    assert listed(reader, post_id) == list("30124")
    assert pinned(post_id) == [made[3]]


def test_socialhub_lists_by_time_alone() -> None:
    author = a_user()
    post_id = a_post(author)
    made = several(author, post_id, 3)
    pin(author, made[2])
    route = "GET /api/v1/posts/{post_id}/comments"
    _, body = call(list_comments, route, author, path={"post_id": post_id})
    assert [each["content"] for each in body["comments"]] == list("012")


def test_pinning_twice_and_unpinning_what_is_not_pinned_change_nothing(aws: MemoryAws) -> None:
    author = a_user()
    post_id = a_post(author)
    first, second = several(author, post_id, 2)
    for comment_id in (first, second):
        pin(author, comment_id)
    aws.calls.clear()
    assert pin(author, first)[0] == 200
    assert pinned(post_id) == [second, first]
    unpin(author, first)
    aws.calls.clear()
    assert unpin(author, first)[0] == 200
    assert "dynamodb.TransactWriteItems" not in aws.calls
    unpin(author, second)
    assert pinned(post_id) == []


def test_only_the_author_of_the_post_pins() -> None:
    author, reader, friend = a_user(), a_user(), a_user()
    collaborators = [{"user_id": friend.user_id, "status": "accepted", "since": "s"}]
    post_id = a_post(author, collaborators=collaborators)
    comment_id = write(reader, post_id)
    for other in (reader, friend):
        assert pin(other, comment_id) == (403, "not_owner")
        assert unpin(other, comment_id) == (403, "not_owner")
    assert pinned(post_id) == []


def test_what_the_author_does_not_see_cannot_be_pinned() -> None:
    author, blocked = a_user(), a_user()
    post_id = a_post(author)
    comment_id = write(blocked, post_id)
    connect(author, "blocks", blocked)
    assert pin(author, comment_id) == (404, "comment_not_found")
    assert pin(author, "01KAEJ8V0X2Y4Z6A8B0C1D3E5F") == (404, "comment_not_found")


def test_a_reply_cannot_be_pinned() -> None:
    author = a_user()
    post_id = a_post(author)
    root = write(author, post_id)
    reply = write(author, post_id, parent_comment_id=root)
    assert pin(author, reply) == (400, "invalid_input")
    path = {"comment_id": root}
    _, body = call(list_replies, "GET /comments/{comment_id}/replies", author, path=path)
    assert [each["is_pinned"] for each in body["comments"]] == [False]


def test_at_most_three_are_pinned() -> None:
    author = a_user()
    post_id = a_post(author)
    made = several(author, post_id, 5)
    for comment_id in made[:3]:
        assert pin(author, comment_id)[0] == 200
    assert pin(author, made[3]) == (409, "limit_reached")
    assert pin(author, made[0])[0] == 200
    unpin(author, made[1])
    assert pin(author, made[3])[0] == 200
    assert pin(author, made[4]) == (409, "limit_reached")
    assert pinned(post_id) == [made[3], made[2], made[0]]


def test_a_deleted_comment_makes_room_for_another_pin_at_once() -> None:
    author = a_user()
    post_id = a_post(author)
    made = several(author, post_id, 4)
    for comment_id in made[:3]:
        pin(author, comment_id)
    on_comment(delete_comment, "DELETE", author, made[1])
    assert listed(author, post_id) == list("203")
    assert pin(author, made[3])[0] == 200, "although the stream has not been consumed yet"
    assert pinned(post_id) == [made[3], made[2], made[0]]


def test_the_stream_unpins_deleted_comments(aws: MemoryAws) -> None:
    author = a_user()
    post_id = a_post(author)
    made = several(author, post_id, 3)
    for comment_id in made[:2]:
        pin(author, comment_id)
    gone = [each for comment_id in made if (each := Comment.find(post_id, comment_id))]
    forget_pinned(gone[:1])
    assert pinned(post_id) == [made[1]]
    forget_pinned(gone[:1])  # a second delivery
    aws.calls.clear()
    forget_pinned([gone[2]])  # it was not pinned
    assert aws.calls == []
    forget_pinned([gone[1]])
    assert pinned(post_id) == []
    Post(post_id).delete()
    forget_pinned(gone)
    assert Post.find(post_id) is None


def test_the_stream_unpins_a_deleted_comment_whatever_deleted_it() -> None:
    author = a_user()
    post_id = a_post(author)
    made = several(author, post_id, 2)
    for comment_id in made:
        pin(author, comment_id)
    gone, kept = (Comment.find(post_id, comment_id) for comment_id in made)
    assert gone is not None
    gone.delete()
    records = batch(stream_record(1, old=gone), stream_record(2, old=kept, new=kept))
    assert on_posts_changed.app(records, LambdaContext()) == {"batchItemFailures": []}
    assert pinned(post_id) == [made[1]]


def test_a_lost_race_is_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    author = a_user()
    post_id = a_post(author)
    first, second = several(author, post_id, 2)
    are_as_read, raced = comment_pins._are_as_read, []

    def race(post: Post) -> Any:
        if not raced:
            raced.append(post)
            pin(author, second)
        return are_as_read(post)

    monkeypatch.setattr("posts.comment_pins._are_as_read", race)
    assert pin(author, first)[0] == 200
    assert pinned(post_id) == [first, second]


def test_after_too_many_lost_races_the_answer_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    author = a_user()
    post_id = a_post(author)
    comment_id = write(author, post_id)

    def refuse(*_: Any) -> None:
        raise ConditionFailed

    monkeypatch.setattr("posts.comment_pins._store", refuse)
    assert pin(author, comment_id) == (503, "dependency_unavailable")
    stored = Comment.find(post_id, comment_id)
    assert stored is not None
    assert not stored.is_pinned


def test_a_comment_that_is_deleted_while_it_is_pinned_is_not_pinned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    author = a_user()
    post_id = a_post(author)
    comment_id = write(author, post_id)
    are_as_read = comment_pins._are_as_read

    def delete(post: Post) -> Any:
        Comment(post_id, comment_id).delete()
        return are_as_read(post)

    monkeypatch.setattr("posts.comment_pins._are_as_read", delete)
    assert pin(author, comment_id) == (404, "comment_not_found")
    assert pinned(post_id) == []


def test_a_post_that_is_purged_at_the_same_time_does_not_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    author = a_user()
    post_id = a_post(author)
    comment_id = write(author, post_id)
    are_as_read = comment_pins._are_as_read

    def purge(post: Post) -> Any:
        Post(post_id).delete()
        return are_as_read(post)

    monkeypatch.setattr("posts.comment_pins._are_as_read", purge)
    assert pin(author, comment_id) == (404, "comment_not_found")
    assert Post.find(post_id) is None


@pytest.mark.parametrize("sort", ["oldest", "newest", "top"])
@pytest.mark.parametrize("limit", ["1", "2", "3", "4", "20"])
def test_pages_show_every_comment_once(sort: str, limit: str) -> None:
    author = a_user()
    post_id = a_post(author)
    made = several(author, post_id, 7)
    for number in (6, 0, 3):
        pin(author, made[number])
    shown: list[str] = []
    asked = {"sort": sort, "limit": limit}
    while True:
        answer = page(author, post_id, **asked)
        assert len(answer["comments"]) <= int(limit)
        shown += [each["content"] for each in answer["comments"]]
        if answer["next_cursor"] is None:
            break
        asked["cursor"] = answer["next_cursor"]
    assert sorted(shown) == list("0123456")
    fitting = min(int(limit), 3)
    assert shown[:fitting] == list("306")[:fitting]


def test_pinning_between_two_pages_moves_nothing() -> None:
    author = a_user()
    post_id = a_post(author)
    made = several(author, post_id, 6)
    pin(author, made[4])
    answer = page(author, post_id, limit="3")
    assert [each["content"] for each in answer["comments"]] == list("401")
    unpin(author, made[4])
    pin(author, made[5])
    rest, cursor = [], answer["next_cursor"]
    while cursor:
        answer = page(author, post_id, limit="3", cursor=cursor)
        rest += [each["content"] for each in answer["comments"]]
        cursor = answer["next_cursor"]
    assert rest == list("235")


def test_a_pinned_comment_of_a_hidden_person_is_hidden() -> None:
    author, reader, blocked = a_user(), a_user(), a_user()
    post_id = a_post(author)
    theirs, kept = write(blocked, post_id, "theirs"), write(author, post_id, "kept")
    pin(author, theirs)
    connect(reader, "blocks", blocked)
    assert listed(reader, post_id) == ["kept"]
    assert listed(author, post_id) == ["theirs", "kept"]
    assert kept not in pinned(post_id)


def test_an_edited_comment_stays_pinned() -> None:
    author = a_user()
    post_id = a_post(author)
    comment_id = write(author, post_id)
    pin(author, comment_id)
    body = {"content": "Better"}
    status, changed = on_comment(edit_comment, "PATCH", author, comment_id, body=body)
    assert (status, changed["is_pinned"]) == (200, True)


def test_a_page_with_pinned_comments_costs_no_more_calls(aws: MemoryAws) -> None:
    author = a_user()
    post_id = a_post(author)
    made = several(author, post_id, 3)
    costs = []
    for _ in range(2):
        page(author, post_id)
        aws.calls.clear()
        page(author, post_id)
        costs.append(sorted(aws.calls))  # the gate runs beside the first reads
        pin(author, made[2])
    assert costs[0] == costs[1]


def test_pinning_costs_a_gate_a_read_and_a_write(aws: MemoryAws) -> None:
    author = a_user()
    post_id = a_post(author)
    comment_id = write(author, post_id)  # this process knows where it is now
    aws.calls.clear()
    pin(author, comment_id)
    assert aws.calls == [
        "dynamodb.UpdateItem",
        "dynamodb.BatchGetItem",
        "dynamodb.TransactWriteItems",
    ]
