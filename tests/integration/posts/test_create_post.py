"""Creating, reading and deleting posts."""

import json
from typing import Any

import pytest

from media.models import Upload
from posts import create_post, delete_post, get_post, list_user_posts, on_posts_changed
from posts.attachments import Attachments, find_attachments
from posts.models import Post
from posts.public import author_stats, latest_posts
from shared.access.caller import Caller
from shared.http.idempotency import Made
from tests.integration.posts.world import (
    a_post,
    a_user,
    an_upload,
    call,
    connect,
    deliver,
    follow,
    stored,
    stream_records,
    take,
)
from tests.support.gateway import LambdaContext, gateway_event

pytestmark = pytest.mark.usefixtures("foundation")


def publish(who: Caller, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    return call(create_post.app, "POST /posts", who, body=body, headers=headers)


def read(who: Caller, post_id: str) -> tuple[int, Any]:
    return call(get_post.app, "GET /posts/{post_id}", who, path={"post_id": post_id})


def remove(who: Caller, post_id: str) -> tuple[int, Any]:
    return call(delete_post.app, "DELETE /posts/{post_id}", who, path={"post_id": post_id})


def test_creating_and_deleting_a_post_changes_its_authors_count() -> None:
    author, other = a_user(), a_user()
    status, post = publish(author, {"content": "The first snow #Winter"})
    assert (status, post["caption"], post["hashtags"]) == (
        201,
        "The first snow #Winter",
        ["winter"],
    )
    assert author_stats(author.user_id) == (1, 0)
    assert read(other, post["id"]) == (200, post)
    assert remove(other, post["id"])[1]["code"] == "not_owner"
    assert remove(author, post["id"])[0] == 200
    assert [read(who, post["id"])[0] for who in (author, other)] == [404, 404]
    assert remove(author, post["id"])[0] == 404
    assert author_stats(author.user_id) == (0, 0)
    assert latest_posts(author.user_id, 10) == []

    deliver(on_posts_changed.app, stream_records("posts", post["id"]))
    created = take("feeds-post-created", lambda event: event["data"]["post_id"] == post["id"])
    assert len(created) == 1


def test_socialhubs_dialect() -> None:
    author = a_user()
    status, body = call(
        create_post.app, "POST /api/v1/posts", author, body={"content": "Hello", "is_reel": None}
    )
    assert (status, body["message"], body["post"]["content"]) == (201, "Post created", "Hello")
    path = {"post_id": body["post"]["id"]}
    assert call(get_post.app, "GET /api/v1/posts/{post_id}", author, path=path)[1] == {
        "post": body["post"]
    }


def test_a_post_with_pictures_attaches_them() -> None:
    author = a_user()
    first, second = an_upload(author), an_upload(author)
    key = f"uploads/image/{author.user_id}/{second}"
    items = [{"upload_id": first, "alt_text": "Snow"}, {"media_url": key}]
    status, post = publish(author, {"caption": "Two", "media": items})
    assert status == 201
    assert [item["upload_id"] for item in post["media"]] == [first, second]
    assert [item["alt_text"] for item in post["media"]] == ["Snow", None]
    assert post["status"] == "ready"
    for upload_id in (first, second):
        upload = Upload.find(upload_id, consistent=True)
        assert upload is not None
        assert (upload.post_id, upload.expires_at) == (post["id"], None)


@pytest.mark.parametrize(
    ("status", "kind", "is_reel", "code"),
    [
        ("failed", "image", False, "upload_not_ready"),
        ("failed", "video", True, "upload_not_ready"),
        ("pending", "image", True, "invalid_input"),
        ("ready", "image", True, "invalid_input"),
    ],
)
def test_uploads_that_cannot_be_shown(status: str, kind: str, is_reel: bool, code: str) -> None:
    author = a_user()
    upload_id = an_upload(author, status, kind)
    answer = publish(author, {"upload_ids": [upload_id], "is_reel": is_reel})
    assert answer[1]["code"] == code
    assert author_stats(author.user_id) == (0, 0)


def test_others_and_unknown_uploads_are_not_found() -> None:
    author, other = a_user(), a_user()
    foreign = an_upload(other)
    for body in (
        {"upload_ids": [foreign]},
        {"media_urls": [f"uploads/image/{author.user_id}/{foreign}"]},
        {"media_urls": ["something else"]},
        {"upload_ids": [an_upload(author)], "thumbnail_upload_id": foreign},
    ):
        assert publish(author, body)[1]["code"] == "upload_not_found"
    assert author_stats(author.user_id) == (0, 0)


def test_a_reel_waits_for_its_video() -> None:
    author, other = a_user(), a_user()
    upload_id = an_upload(author, "processing", "video")
    status, reel = publish(author, {"upload_ids": [upload_id], "is_reel": True})
    assert (status, reel["status"], reel["is_reel"]) == (201, "processing", True)
    assert [read(who, reel["id"])[0] for who in (author, other)] == [200, 404]
    assert author_stats(author.user_id) == (0, 1)
    assert latest_posts(author.user_id, 10) == []
    # A second post cannot wait for the same video: `media.ready` names only one.
    assert publish(author, {"upload_ids": [upload_id], "is_reel": True})[0] == 409


def test_a_video_that_becomes_ready_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    author = a_user()
    upload_id = an_upload(author, "processing", "video")

    def find_late(body: Any, owner_id: str) -> Attachments:
        found = find_attachments(body, owner_id)
        Upload(upload_id).update(
            actions=[Upload.status.set("ready"), Upload.media.set(stored(upload_id))]
        )
        return found

    monkeypatch.setattr(create_post, "find_attachments", find_late)
    status, reel = publish(author, {"upload_ids": [upload_id], "is_reel": True})
    assert (status, reel["status"]) == (201, "ready")
    assert author_stats(author.user_id) == (0, 1)


def test_a_repeated_request_makes_one_post() -> None:
    author = a_user()
    headers = {"Idempotency-Key": "one"}
    first, again = (publish(author, {"content": "Once"}, headers) for _ in range(2))
    assert first == again
    assert publish(author, {"content": "Other"}, headers)[1]["code"] == "idempotency_key_reused"
    assert author_stats(author.user_id) == (1, 0)


def test_a_request_whose_function_died_after_its_write_makes_one_post() -> None:
    author = a_user()
    body, headers = {"content": "Once"}, {"idempotency-key": "one"}
    _, first = publish(author, body, headers)
    # Without the answer that the function would have stored if it had not died.
    for record in Made.scan(Made.id.startswith("create_post")):
        record.delete()
    _, again = publish(author, body, headers)
    assert again["id"] == first["id"]
    assert author_stats(author.user_id) == (1, 0)


def test_other_content_types_are_refused() -> None:
    event = gateway_event(
        "POST /posts",
        caller=a_user(),
        body="--x--",
        headers={"content-type": "multipart/mixed; boundary=x"},
    )
    answer = create_post.app(event, LambdaContext())
    assert json.loads(answer["body"])["code"] == "unsupported_media_type"


def test_visibility_through_the_handlers() -> None:
    author, friend, non_follower, blocked = a_user(is_private=True), a_user(), a_user(), a_user()
    follow(friend, author)
    connect(author, "close_friend", "mutes", friend)  # the mirror does not matter here
    connect(blocked, "blocks", "blocked_by", author)
    open_post, close = a_post(author), a_post(author, visibility="close_friends")
    secret = a_post(author, visibility="private")
    statuses = {
        name: [read(who, post_id)[0] for post_id in (open_post, close, secret)]
        for name, who in (
            ("author", author),
            ("friend", friend),
            ("non-follower", non_follower),
            ("blocked", blocked),
        )
    }
    assert statuses == {
        "author": [200, 200, 200],
        "friend": [200, 200, 404],
        "non-follower": [404, 404, 404],
        "blocked": [404, 404, 404],
    }
    unverified = Caller(friend.user_id, friend.username, friend.session_id, "user", "unverified")
    assert read(unverified, open_post)[0] == 404


def test_the_list_of_an_accounts_posts() -> None:
    author, reader = a_user(), a_user()
    posts = [a_post(author) for _ in range(5)]
    reel = a_post(author, is_reel=True, reel_author_id=author.user_id)
    a_post(author, visibility="followers")
    a_post(author, deleted_at="2026-01-02T03:04:05.678Z")
    found: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        status, page = call(
            list_user_posts.app,
            "GET /users/{user}/posts",
            reader,
            path={"user": author.user_id},
            query=query,
        )
        assert status == 200
        found += [post["id"] for post in page["posts"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert found == posts[::-1]
    _, socialhub = call(
        list_user_posts.app, "GET /posts/user/{user}", reader, path={"user": author.user_id}
    )
    assert [post["id"] for post in socialhub["posts"]] == [reel, *posts[::-1]]


def test_a_private_accounts_list_is_closed_to_non_followers() -> None:
    author, follower, non_follower = a_user(is_private=True), a_user(), a_user()
    follow(follower, author)
    post_id = a_post(author)

    def listed(who: Caller) -> Any:
        route, path = "GET /users/{user}/posts", {"user": author.user_id}
        return call(list_user_posts.app, route, who, path=path)

    assert listed(non_follower)[1]["code"] == "account_private"
    assert [post["id"] for post in listed(follower)[1]["posts"]] == [post_id]
    assert Post.find(post_id) is not None
