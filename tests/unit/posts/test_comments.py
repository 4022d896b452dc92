"""Comments: who may write, see, change and delete them, in either dialect."""

from dataclasses import replace
from typing import Any

import pytest

from moderation.models import AuditEntry
from posts import (
    create_comment,
    delete_comment,
    edit_comment,
    like_comment,
    list_comments,
    list_likers,
    list_replies,
    unlike_comment,
)
from posts.models import Comment, CommentLike, Like, Post
from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from shared.dynamodb.tables import query
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post, call, connect
from tests.unit.conftest import NOON
from users.models import Claim, User

NOWHERE = "01KAEJ8V0X2Y4Z6A8B0C1D3E5F"


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, settings: pytest.MonkeyPatch, noon: float) -> None:
    """AWS in memory, a bound on mentions, and a stopped clock."""
    settings.setenv("MAX_MENTIONS", "20")


def write(caller: Caller, post_id: str, content: str = "Nice!", **more: Any) -> Any:
    body = {"post_id": post_id, "content": content, **more}
    status, comment = call(create_comment, "POST /comments", caller, body=body)
    assert status == 201, comment
    return comment


def listed(caller: Caller, post_id: str, **asked: str) -> list[str]:
    status, page = call(
        list_comments,
        "GET /posts/{post_id}/comments",
        caller,
        path={"post_id": post_id},
        query=asked or None,
    )
    assert status == 200, page
    return [comment["content"] for comment in page["comments"]]


def replies(caller: Caller, comment_id: str) -> tuple[int, Any]:
    path = {"comment_id": comment_id}
    return call(list_replies, "GET /comments/{comment_id}/replies", caller, path=path)


def on_comment(handler: Any, method: str, caller: Caller, comment_id: str, **given: Any) -> Any:
    """The status and the code of a call about one comment."""
    tail = "/like" if handler in (like_comment, unlike_comment) else ""
    route = f"{method} /comments/{{comment_id}}{tail}"
    status, body = call(handler, route, caller, path={"comment_id": comment_id}, **given)
    return status, body.get("code"), body


def test_the_answer_has_every_field_of_a_comment() -> None:
    author, reader = a_user(), a_user(name="The Reader", is_verified=True)
    post_id = a_post(author)
    comment = write(reader, post_id, "  Nice! \n")
    assert comment == {
        "id": comment["id"],
        "post_id": post_id,
        "parent_comment_id": None,
        "user_id": reader.user_id,
        "author_username": reader.username,
        "author_profile_url": None,
        "author_is_verified": True,
        "content": "Nice!",
        "mentions": [],
        "like_count": 0,
        "reply_count": 0,
        "is_liked": False,
        "is_pinned": False,
        "edited_at": None,
        "created_at": "2026-01-05T12:00:00.000Z",
    }


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_socialhub_names_the_post_in_the_path(prefix: str) -> None:
    reader, post_id = a_user(), a_post(a_user())
    status, answer = call(
        create_comment,
        f"POST {prefix}/posts/{{post_id}}/comment",
        reader,
        path={"post_id": post_id},
        body={"content": "Nice!", "parentCommentId": ""},
    )
    assert (status, answer["message"]) == (201, "Comment added")
    assert answer["comment"] == {
        "id": answer["comment"]["id"],
        "postId": post_id,
        "userId": reader.user_id,
        "content": "Nice!",
        "parentCommentId": None,
        "likeCount": 0,
        "createdAt": "2026-01-05T12:00:00.000Z",
        "user": {"id": reader.user_id, "username": reader.username, "avatar": None},
    }


@pytest.mark.parametrize("none", [None, "", 0, "0"])
def test_the_values_that_mean_no_parent(none: Any) -> None:
    comment = write(a_user(), a_post(a_user()), parent_comment_id=none)
    assert comment["parent_comment_id"] is None


def test_a_reply_to_a_reply_joins_the_top_level_comment() -> None:
    one, two, post_id = a_user(), a_user(), a_post(a_user())
    root = write(one, post_id)
    reply = write(two, post_id, "reply", parent_comment_id=root["id"])
    answer = write(one, post_id, "answer", parentCommentId=reply["id"])
    assert reply["parent_comment_id"] == answer["parent_comment_id"] == root["id"]
    stored = Comment.find(post_id, answer["id"])
    assert stored
    assert (stored.thread, stored.parent_author_id) == (root["id"], two.user_id)


@pytest.mark.parametrize(
    "body",
    [
        {"content": ""},
        {"content": "x" * 501},
        {"content": " \n "},
        {"content": 5},
        {},
        {"content": "x", "parent_comment_id": "nope"},
        {"content": "x", "parent_comment_id": False},
        {"content": " ".join(f"@name_{number}" for number in range(21))},
    ],
)
def test_invalid_comments(body: dict[str, Any]) -> None:
    post_id, reader = a_post(a_user()), a_user()
    given = {"post_id": post_id, **body}
    status, answer = call(create_comment, "POST /comments", reader, body=given)
    assert (status, answer["code"]) == (400, "invalid_input")
    assert listed(reader, post_id) == []


def test_a_comment_needs_its_post() -> None:
    status, answer = call(create_comment, "POST /comments", a_user(), body={"content": "x"})
    assert (status, answer["details"][0]["field"]) == (400, "post_id")


def test_five_hundred_characters_are_allowed() -> None:
    assert write(a_user(), a_post(a_user()), "ü" * 500)["content"] == "ü" * 500


def test_nobody_comments_where_comments_are_disabled() -> None:
    author = a_user()
    post_id = a_post(author, comments_disabled=True)
    for caller in (author, a_user()):
        body = {"post_id": post_id, "content": "x"}
        status, answer = call(create_comment, "POST /comments", caller, body=body)
        assert (status, answer["code"]) == (403, "comments_disabled")


def test_a_post_that_may_not_be_seen_has_no_comments() -> None:
    author, reader = a_user(), a_user()
    connect(author, "blocks", reader)
    hidden = [a_post(author), a_post(a_user(), visibility="followers"), NOWHERE]
    for post_id in hidden:
        body = {"post_id": post_id, "content": "x"}
        status, answer = call(create_comment, "POST /comments", reader, body=body)
        assert (status, answer["code"]) == (404, "post_not_found")
        path = {"post_id": post_id}
        for handler, tail in ((list_comments, "comments"), (list_likers, "likes")):
            status, answer = call(handler, f"GET /posts/{{post_id}}/{tail}", reader, path=path)
            assert (status, answer["code"]) == (404, "post_not_found")


def test_a_comment_on_a_hidden_post_cannot_be_reached_by_its_id() -> None:
    author, reader = a_user(), a_user()
    post_id = a_post(author)
    comment = write(reader, post_id)
    connect(author, "blocks", reader)
    for handler, method, given in EVERY_WAY:
        status, code, _ = on_comment(handler, method, reader, comment["id"], **given)
        assert (status, code) == (404, "comment_not_found"), handler
    assert replies(reader, comment["id"])[0] == 404


EVERY_WAY: list[tuple[Any, str, dict[str, Any]]] = [
    (edit_comment, "PATCH", {"body": {"content": "x"}}),
    (delete_comment, "DELETE", {}),
    (like_comment, "POST", {}),
    (unlike_comment, "DELETE", {}),
]


def test_comments_of_hidden_people_are_hidden() -> None:
    author, reader, blocked, banned = a_user(), a_user(), a_user(), a_user()
    post_id = a_post(author)
    kept = write(author, post_id, "kept")
    hidden = [write(blocked, post_id, "blocked"), write(banned, post_id, "banned")]
    write(blocked, post_id, "reply", parent_comment_id=kept["id"])
    connect(reader, "blocks", blocked)
    User(banned.user_id).update(actions=[User.status.set("banned")])
    assert listed(reader, post_id) == ["kept"]
    assert listed(author, post_id) == ["kept", "blocked"]
    assert replies(reader, kept["id"])[1]["comments"] == []
    for comment in hidden:
        for handler, method, given in EVERY_WAY:
            status, code, _ = on_comment(handler, method, reader, comment["id"], **given)
            assert (status, code) == (404, "comment_not_found"), handler
        body = {"post_id": post_id, "content": "x", "parent_comment_id": comment["id"]}
        status, answer = call(create_comment, "POST /comments", reader, body=body)
        assert (status, answer["code"]) == (404, "comment_not_found")


def test_a_comment_of_another_post_is_no_parent() -> None:
    reader, author = a_user(), a_user()
    elsewhere = write(reader, a_post(author))
    for parent in (elsewhere["id"], NOWHERE):
        body = {"post_id": a_post(author), "content": "x", "parent_comment_id": parent}
        status, answer = call(create_comment, "POST /comments", reader, body=body)
        assert (status, answer["code"]) == (404, "comment_not_found")


def test_the_orders_of_a_list() -> None:
    reader, post_id = a_user(), a_post(a_user())
    for number, likes in enumerate([2, 10, 0]):
        with stop_at(NOON + number):
            comment = write(reader, post_id, f"likes {likes}")
            Comment(post_id, comment["id"]).update(actions=[Comment.like_count.set(likes)])
            write(reader, post_id, "reply", parent_comment_id=comment["id"])
    oldest = ["likes 2", "likes 10", "likes 0"]
    assert listed(reader, post_id) == listed(reader, post_id, sort="oldest") == oldest
    assert listed(reader, post_id, sort="newest") == oldest[::-1]
    assert listed(reader, post_id, sort="top") == ["likes 10", "likes 2", "likes 0"]
    path = {"post_id": post_id}
    route = "GET /posts/{post_id}/comments"
    assert call(list_comments, route, reader, path=path, query={"sort": "best"})[0] == 400


@pytest.mark.parametrize("sort", ["oldest", "newest", "top"])
def test_pages_of_a_list_show_everything_once(sort: str) -> None:
    reader, post_id = a_user(), a_post(a_user())
    for number in range(5):
        write(reader, post_id, str(number))
    shown, asked = [], {"sort": sort, "limit": "2"}
    while True:
        _, page = call(
            list_comments,
            "GET /posts/{post_id}/comments",
            reader,
            path={"post_id": post_id},
            query=asked,
        )
        shown += [comment["content"] for comment in page["comments"]]
        if page["next_cursor"] is None:
            break
        asked = {**asked, "cursor": page["next_cursor"]}
    assert sorted(shown) == list("01234")


@pytest.mark.parametrize("sort", ["oldest", "newest", "top"])
def test_socialhub_lists_replies_too(sort: str) -> None:
    reader, post_id = a_user(), a_post(a_user())
    root = write(reader, post_id, "root")
    write(reader, post_id, "reply", parent_comment_id=root["id"])
    status, page = call(
        list_comments,
        "GET /api/v1/posts/{post_id}/comments",
        reader,
        path={"post_id": post_id},
        query={"sort": sort},
    )
    assert status == 200
    assert {each["content"]: each["parentCommentId"] for each in page["comments"]} == {
        "root": None,
        "reply": root["id"],
    }


def test_a_deleted_top_level_comment_hides_its_thread_at_once() -> None:
    author, reader = a_user(), a_user()
    post_id = a_post(author)
    root = write(reader, post_id, "root")
    reply = write(author, post_id, "reply", parent_comment_id=root["id"])
    assert [each["content"] for each in replies(reader, root["id"])[1]["comments"]] == ["reply"]
    status, _, answer = on_comment(delete_comment, "DELETE", reader, root["id"])
    assert (status, answer["message"]) == (200, "Comment deleted")
    assert listed(reader, post_id) == []
    assert replies(reader, root["id"])[0] == replies(reader, reply["id"])[0] == 404
    assert on_comment(like_comment, "POST", reader, reply["id"])[:2] == (404, "comment_not_found")
    route = "GET /api/v1/posts/{post_id}/comments"
    assert call(list_comments, route, reader, path={"post_id": post_id})[1]["comments"] == []
    body = {"post_id": post_id, "content": "late", "parent_comment_id": reply["id"]}
    assert call(create_comment, "POST /comments", reader, body=body)[0] == 404


def test_who_may_delete() -> None:
    author, writer, reader = a_user(), a_user(), a_user()
    post_id = a_post(author)
    for caller, status in ((reader, 403), (writer, 200), (author, 200)):
        comment = write(writer, post_id)
        assert on_comment(delete_comment, "DELETE", caller, comment["id"])[0] == status
        assert (Comment.find(post_id, comment["id"]) is None) == (status == 200)


def test_an_administrator_whose_session_is_not_fresh_is_like_any_reader() -> None:
    author, writer, person = a_user(), a_user(), a_user()
    admin = replace(person, role="admin", authenticated_at=int(now()) - 12 * 3600)
    comment, own = write(writer, a_post(author)), write(person, a_post(author))
    status, _, answer = on_comment(delete_comment, "DELETE", admin, comment["id"])
    assert (status, answer["code"]) == (403, "reauthentication_required")
    connect(author, "blocks", admin)
    assert on_comment(delete_comment, "DELETE", admin, comment["id"])[0] == 404
    elsewhere = write(person, a_post(writer))
    assert on_comment(delete_comment, "DELETE", admin, elsewhere["id"])[0] == 200
    assert (
        on_comment(delete_comment, "DELETE", replace(admin, authenticated_at=None), own["id"])[0]
        == 200
    )


def test_an_administrator_deletes_any_comment_and_it_is_recorded() -> None:
    author, writer, admin = a_user(), a_user(), replace(a_user(), role="admin")
    connect(author, "blocks", admin)
    comment = write(writer, a_post(author))
    assert on_comment(delete_comment, "DELETE", admin, comment["id"])[0] == 200
    [entry], _ = query(AuditEntry, "2026-01", limit=10)
    assert (entry.admin_id, entry.action, entry.target_type, entry.target_id) == (
        admin.user_id,
        "delete_comment",
        "comment",
        comment["id"],
    )
    assert on_comment(delete_comment, "DELETE", admin, comment["id"])[0] == 404
    own = write(admin, a_post(writer))
    assert on_comment(delete_comment, "DELETE", admin, own["id"])[0] == 200
    assert len(query(AuditEntry, "2026-01", limit=10)[0]) == 1


@pytest.mark.parametrize(
    ("stored", "seq", "replies_counted", "count"),
    [
        (5, "9", 0, 4),  # the stream has counted it
        (5, None, 0, 5),  # it has not
        (5, "9", 3, 1),  # its replies go with it
        (0, "9", 0, 0),
    ],
)
def test_the_count_without_a_deleted_comment(
    stored: int, seq: str | None, replies_counted: int, count: int
) -> None:
    writer, post_id = a_user(), a_post(a_user())
    comment = write(writer, post_id)
    seq_action = Post.comment_seq.set(seq) if seq else Post.comment_seq.remove()
    Post(post_id).update(actions=[Post.comment_count.set(stored), seq_action])
    Comment(post_id, comment["id"]).update(actions=[Comment.reply_count.set(replies_counted)])
    status, _, answer = on_comment(delete_comment, "DELETE", writer, comment["id"])
    assert (status, answer["comment_count"]) == (200, count)


def test_only_its_author_changes_a_comment() -> None:
    author, writer = a_user(), a_user()
    post_id = a_post(author)
    comment = write(writer, post_id)
    body = {"content": "Better"}
    assert on_comment(edit_comment, "PATCH", author, comment["id"], body=body)[:2] == (
        403,
        "not_owner",
    )
    status, _, changed = on_comment(edit_comment, "PATCH", writer, comment["id"], body=body)
    assert status == 200
    assert changed == {**comment, "content": "Better", "edited_at": "2026-01-05T12:00:00.000Z"}
    assert listed(author, post_id) == ["Better"]


def test_mentioned_people_are_shown_as_they_are_now() -> None:
    writer, named, blocked = a_user(), a_user(), a_user()
    for person in (named, blocked):
        Claim(f"username#{person.username}", user_id=person.user_id).save()
    post_id = a_post(writer)
    text = f"@{named.username} and @{named.username.upper()}, @{blocked.username}, @nobody_here"
    comment = write(writer, post_id, text)
    assert [each["id"] for each in comment["mentions"]] == [named.user_id, blocked.user_id]
    connect(writer, "blocks", blocked)
    User(named.user_id).update(actions=[User.username.set("renamed")])
    path = {"post_id": post_id}
    _, page = call(list_comments, "GET /posts/{post_id}/comments", writer, path=path)
    assert [each["username"] for each in page["comments"][0]["mentions"]] == ["renamed"]
    body = {"content": "nobody"}
    _, _, changed = on_comment(edit_comment, "PATCH", writer, comment["id"], body=body)
    assert changed["mentions"] == []


def test_the_count_in_an_answer_includes_the_change() -> None:
    writer, reader = a_user(), a_user()
    comment = write(writer, a_post(a_user()))
    for handler, method, liked, count in (
        (like_comment, "POST", True, 1),
        (like_comment, "POST", True, 1),
        (unlike_comment, "DELETE", False, 0),
        (unlike_comment, "DELETE", False, 0),
    ):
        status, _, answer = on_comment(handler, method, reader, comment["id"])
        assert (status, answer["liked"], answer["like_count"]) == (200, liked, count)
    assert CommentLike.find(comment["id"], reader.user_id) is None


def test_a_like_that_was_counted_is_not_counted_twice() -> None:
    writer, reader = a_user(), a_user()
    comment = write(writer, a_post(a_user()))
    on_comment(like_comment, "POST", reader, comment["id"])
    Comment(comment["post_id"], comment["id"]).update(
        actions=[Comment.like_count.set(1), Comment.like_seq.set("1")]
    )
    assert on_comment(like_comment, "POST", reader, comment["id"])[2]["like_count"] == 1
    assert on_comment(unlike_comment, "DELETE", reader, comment["id"])[2]["like_count"] == 0


def test_an_unverified_caller_reads_only() -> None:
    reader = replace(a_user(), scope="unverified")
    post_id = a_post(a_user())
    assert listed(reader, post_id) == []
    body = {"post_id": post_id, "content": "x"}
    status, answer = call(create_comment, "POST /comments", reader, body=body)
    assert (status, answer["code"]) == (403, "email_not_verified")


def test_the_same_request_again_gives_the_first_comment() -> None:
    writer, post_id = a_user(), a_post(a_user())
    given = {
        "body": {"post_id": post_id, "content": "once"},
        "headers": {"Idempotency-Key": "mine"},
    }
    first = call(create_comment, "POST /comments", writer, **given)
    assert call(create_comment, "POST /comments", writer, **given) == first
    assert listed(writer, post_id) == ["once"]


def test_likers_are_listed_latest_first_without_hidden_people() -> None:
    author, reader, blocked = a_user(), a_user(), a_user()
    post_id = a_post(author, like_count=3)
    for number, fan in enumerate((author, blocked, reader)):
        with stop_at(NOON + number):
            Like(
                post_id,
                fan.user_id,
                username=fan.username,
                author_id=author.user_id,
                liked_at=timestamp(),
            ).save()
    connect(reader, "blocks", blocked)
    route, path = "GET /posts/{post_id}/likes", {"post_id": post_id}
    status, page = call(list_likers, route, reader, path=path)
    assert (status, page["like_count"]) == (200, 3)
    assert [each["id"] for each in page["users"]] == [reader.user_id, author.user_id]
    assert {each["follow_status"] for each in page["users"]} == {"none"}


def test_a_comment_costs_a_gate_a_read_and_a_write(aws: MemoryAws) -> None:
    writer, post_id = a_user(), a_post(a_user())
    write(writer, post_id)  # this process knows the post's author now
    aws.calls.clear()
    write(writer, post_id)
    assert aws.calls == [
        "dynamodb.UpdateItem",
        "dynamodb.BatchGetItem",
        "dynamodb.TransactWriteItems",
    ]
