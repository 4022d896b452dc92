"""Erasing the posts, comments and likes of a deleted account."""

from typing import Any

from posts.models import AuthorStats, Comment, CommentLike, Like, Post
from posts.on_user_erased import app
from tests.support.erasing import erase, try_to_erase
from tests.support.memory_aws import MemoryAws

MOMENT = "2026-01-02T03:04:05.678Z"
GONE, OTHER = "01KAEJ8V0M3Z5Q9W2X7Y4T6R1B", "01KAEJ9B7Q2X4C6V8N0M1Z3D5F"


def a_post(post_id: str, author_id: str, **more: Any) -> None:
    Post(
        post_id,
        author_id=author_id,
        author_username="a",
        media=[],
        created_at=MOMENT,
        updated_at=MOMENT,
        **more,
    ).save()


def a_like(post_id: str, user_id: str, author_id: str) -> None:
    Like(post_id, user_id, username="u", author_id=author_id, liked_at=MOMENT).save()


def a_comment(post_id: str, comment_id: str, user_id: str) -> None:
    Comment(
        post_id,
        comment_id,
        thread=post_id,
        user_id=user_id,
        username="u",
        post_author_id=OTHER,
        content="c",
        created_at=MOMENT,
    ).save()


def a_comment_like(comment_id: str, user_id: str) -> None:
    CommentLike(
        comment_id, user_id, post_id="p", username="u", commenter_id=OTHER, liked_at=MOMENT
    ).save()


def test_what_it_posted_wrote_and_liked_is_deleted(aws: MemoryAws) -> None:
    a_post("own", GONE)
    a_post("own-deleted", GONE, deleted_at=MOMENT)
    a_post("own-failed", GONE, status="failed")
    a_post("other", OTHER)
    AuthorStats(GONE, post_count=2).save()
    AuthorStats(OTHER, post_count=1).save()
    for user_id in (GONE, OTHER):
        a_like("own", user_id, GONE)
        a_like("other", user_id, OTHER)
        a_comment("own", f"below-own-{user_id}", user_id)
        a_comment("other", f"below-other-{user_id}", user_id)
        a_comment_like("comment", user_id)
    erase(app, GONE)
    assert [post["post_id"]["S"] for post in aws.dynamo.items("hoshi-posts")] == ["other"]
    for table in ("likes", "comments", "comment-likes"):
        [left] = aws.dynamo.items(f"hoshi-{table}")
        assert left["user_id"] == {"S": OTHER}
    [stats] = aws.dynamo.items("hoshi-author-stats")
    assert stats["author_id"] == {"S": OTHER}
    erase(app, GONE)
    assert len(aws.dynamo.items("hoshi-posts")) == 1, "a second delivery changes nothing"


def test_a_post_stays_until_everything_that_belongs_to_it_is_deleted(aws: MemoryAws) -> None:
    a_post("own", GONE)
    for number in range(300):
        a_like("own", f"user-{number}", GONE)
    aws.fail("dynamodb.BatchWriteItem", "InternalServerError", first=5, times=9)
    assert not try_to_erase(app, GONE)
    assert aws.dynamo.items("hoshi-posts"), "the rest is found through it"
    assert 0 < len(aws.dynamo.items("hoshi-likes")) < 300
    aws.fail("dynamodb.BatchWriteItem", None, times=0)
    erase(app, GONE)
    assert aws.dynamo.items("hoshi-likes") == aws.dynamo.items("hoshi-posts") == []
