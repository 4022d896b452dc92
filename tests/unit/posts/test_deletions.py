"""Deleting, restoring and purging posts."""

import json
from typing import Any

import pytest

from posts import (
    delete_post,
    deletions,
    get_post,
    list_deleted,
    on_post_purged,
    purge_posts,
    restore_post,
)
from posts.models import AuthorStats, Collaborator, Comment, Like, Post, PostEdit, Share
from shared.access.caller import Caller
from shared.clock import stop_at, timestamp
from shared.dynamodb.tables import ConditionFailed
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post, call, on_post
from tests.unit.conftest import NOON

DAY = 24 * 3600
NOWHERE = "01KAEJ8V0X2Y4Z6A8B0C1D3E5F"


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float) -> None:
    """AWS in memory, and a stopped clock."""


def delete(who: Caller, post_id: str) -> int:
    return on_post(delete_post, "DELETE", who, post_id)[0]


def restore(who: Caller, post_id: str) -> tuple[int, Any]:
    return on_post(restore_post, "POST /restore", who, post_id)


def read(who: Caller, post_id: str) -> int:
    return on_post(get_post, "GET", who, post_id)[0]


def listed(who: Caller, **asked: str) -> Any:
    status, page = call(list_deleted, "GET /posts/deleted", who, query=asked or None)
    assert status == 200, page
    return page


def stats(who: Caller) -> tuple[int, int]:
    found = AuthorStats.find(who.user_id)
    return (found.post_count, found.reel_count) if found else (0, 0)


def test_a_deleted_post_is_back_as_it_was() -> None:
    author, reader = a_user(), a_user()
    post_id = a_post(author, caption="Snow", like_count=3, comment_count=2, share_count=1)
    before = on_post(get_post, "GET", author, post_id)
    assert delete(author, post_id) == 200
    assert [read(who, post_id) for who in (author, reader)] == [404, 404]
    assert delete(author, post_id) == 404
    assert restore(author, post_id) == before
    assert read(reader, post_id) == 200
    assert stats(author) == (0, 0), "one less and one more"
    assert restore(author, post_id)[0] == 404, "it is not deleted"
    assert listed(author)["posts"] == []


def test_reels_count_as_reels() -> None:
    author = a_user()
    post_id = a_post(author, is_reel=True)
    delete(author, post_id)
    assert stats(author) == (0, -1)
    restore(author, post_id)
    assert stats(author) == (0, 0)


def test_the_last_deleted_comes_first() -> None:
    author, other = a_user(), a_user()
    ids = [a_post(author) for _ in range(3)]
    a_post(author)
    delete(other, a_post(other))
    Like(
        ids[2], author.user_id, username="a", author_id=author.user_id, liked_at=timestamp()
    ).save()
    for minute, post_id in enumerate([ids[1], ids[2], ids[0]]):
        with stop_at(NOON + minute * 60):
            delete(author, post_id)
    page = listed(author, limit="2")
    rest = listed(author, limit="2", cursor=page["next_cursor"])
    shown = page["posts"] + rest["posts"]
    assert [post["id"] for post in shown] == [ids[0], ids[2], ids[1]]
    assert [post["is_liked"] for post in shown] == [False, True, False]
    assert (shown[0]["deleted_at"], shown[0]["purge_at"]) == (
        "2026-01-05T12:02:00.000Z",
        "2026-02-04T12:02:00.000Z",
    )


def test_others_can_neither_delete_nor_restore() -> None:
    author, other = a_user(), a_user()
    post_id = a_post(author)
    assert on_post(delete_post, "DELETE", other, post_id)[1]["code"] == "not_owner"
    delete(author, post_id)
    for who, id_ in ((other, post_id), (author, NOWHERE), (author, "x")):
        status, body = restore(who, id_)
        assert (status, body["code"]) == (404, "post_not_found")


def test_the_author_cannot_restore_what_an_administrator_removed() -> None:
    author = a_user()
    post_id = a_post(author)
    delete(author, post_id)
    Post(post_id).update(actions=[Post.removed_by.set("admin")])
    assert restore(author, post_id)[0] == 404
    assert listed(author)["posts"] == []


def test_after_thirty_days_it_is_gone() -> None:
    author = a_user()
    post_id, kept = a_post(author), a_post(author)
    delete(author, post_id)
    with stop_at(NOON + 30 * DAY - 1):
        assert len(listed(author)["posts"]) == 1
        assert purge_posts.app({}, LambdaContext(remaining=60_000)) == {"purged": 0, "failed": 0}
    with stop_at(NOON + 30 * DAY):
        assert listed(author)["posts"] == []
        assert restore(author, post_id)[0] == 404, "even before the purge"
        assert purge_posts.app({}, LambdaContext(remaining=60_000)) == {"purged": 1, "failed": 0}
        assert purge_posts.app({}, LambdaContext(remaining=60_000)) == {"purged": 0, "failed": 0}
    assert Post.find(post_id) is None
    assert Post.find(kept)


def test_a_post_restored_at_the_last_moment_is_not_purged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    author = a_user()
    post_id = a_post(author)
    delete(author, post_id)
    restore(author, post_id)
    with stop_at(NOON + 31 * DAY), pytest.raises(ConditionFailed):
        deletions.purge_post(post_id)
    assert Post.find(post_id)


def test_a_failed_purge_delays_no_other(aws: MemoryAws) -> None:
    author = a_user()
    for _ in range(3):
        delete(author, a_post(author))
    aws.fail("dynamodb.DeleteItem", "InternalServerError", times=5)
    with stop_at(NOON + 31 * DAY):
        result = purge_posts.app({}, LambdaContext(remaining=60_000))
    assert result["purged"] + result["failed"] == 3
    assert result["failed"] >= 1
    aws.fail("dynamodb.DeleteItem", None, times=0)
    with stop_at(NOON + 31 * DAY):
        assert purge_posts.app({}, LambdaContext(remaining=60_000))["failed"] == 0
    assert aws.dynamo.items("hoshi-posts") == []


def test_a_purge_deletes_everything_that_belongs_to_the_post(aws: MemoryAws) -> None:
    moment = timestamp()
    for post_id in ("gone", "other"):
        Like(post_id, "u", username="u", author_id="a", liked_at=moment).save()
        Share(post_id, "u", share_id="s", username="u", author_id="a", shared_at=moment).save()
        Comment(
            post_id,
            "c",
            thread=post_id,
            user_id="u",
            username="u",
            post_author_id="a",
            content="c",
            created_at=moment,
        ).save()
        Collaborator(post_id, "u", author_id="a", status="accepted", since=moment).save()
        PostEdit(post_id, "00000000", before={}, edited_at=moment, expires_at=1).save()
    event = {
        "event_id": "e",
        "type": "post.purged",
        "version": 1,
        "occurred_at": moment,
        "actor": "a",
        "data": {"post_id": "gone", "author_id": "a", "upload_ids": []},
    }
    deliver(event)
    for table in ("likes", "shares", "comments", "collaborators", "post-edits"):
        [left] = aws.dynamo.items(f"hoshi-{table}")
        assert left["post_id"] == {"S": "other"}
    assert len(aws.sent["posts-post-purged"]) == 1, "late writes are looked for again"
    with stop_at(NOON + 3600):
        deliver(event)
    assert len(aws.sent["posts-post-purged"]) == 1, "but only once"


def deliver(event: dict[str, Any]) -> None:
    record = {"messageId": "m", "body": json.dumps(event), "eventSource": "aws:sqs"}
    assert on_post_purged.app({"Records": [record]}, None) == {"batchItemFailures": []}
