"""Recounting the likes of a post, and mending a count that is wrong beyond doubt.

A count that differs may only be late: the changes are on their way through the stream. So a
difference is noted first, and mended when a later run finds the post exactly as it was, after
longer than the stream keeps a change waiting: what has not arrived by then does not arrive. The
condition of the mending write holds off everything that is counted meanwhile.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pynamodb.expressions.condition import Condition

from posts.models import Like, Post, Recount
from shared.aws import client
from shared.clock import now, seconds, timestamp
from shared.tables import ConditionFailed

SETTLED_AFTER = 2 * 3600  # seconds; `MaximumRecordAgeInSeconds` of the stream is one hour
_REMEMBERED = 14 * 24 * 3600  # seconds that a difference is remembered


def recounting(post_id: str, like_count: int) -> Callable[[], int]:
    """A call that recounts a post last seen with `like_count`, and returns by how much it mended
    the count (0: not at all)."""

    def recount() -> int:
        return 0 if likes_of(post_id) == like_count else _look_closer(post_id)

    return recount


def likes_of(post_id: str) -> int:
    """How many likes the table holds for a post."""
    total = 0
    start: dict[str, Any] = {}
    while True:
        answer = client("dynamodb").query(
            TableName=Like.Meta.table_name,
            KeyConditionExpression="post_id = :post",
            ExpressionAttributeValues={":post": {"S": post_id}},
            Select="COUNT",
            ConsistentRead=True,
            **start,
        )
        total += answer["Count"]
        if not answer.get("LastEvaluatedKey"):
            return total
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _look_closer(post_id: str) -> int:
    post = Post.find(post_id, consistent=True)
    if post is None:
        return 0
    counted = likes_of(post_id)
    if counted == post.like_count:
        return 0
    noted = Recount.find(f"post#{post_id}", consistent=True)
    if noted is None or not _is_as_noted(noted, post, counted):
        _note(post, counted)
        return 0
    if seconds(noted.noted_at) > now() - SETTLED_AFTER:
        return 0
    with suppress(ConditionFailed):  # it is counted on at this very moment: another time then
        post.change(
            Post.like_count.set(counted),
            condition=(Post.like_count == noted.like_count) & _is_at(noted.like_seq),
        )
        return counted - int(noted.like_count)
    return 0


def _is_as_noted(noted: Recount, post: Post, counted: int) -> bool:
    then = (noted.like_count, noted.like_seq, noted.counted)
    return then == (post.like_count, post.like_seq, counted)


def _note(post: Post, counted: int) -> None:
    Recount(
        f"post#{post.post_id}",
        like_count=post.like_count,
        like_seq=post.like_seq,
        counted=counted,
        noted_at=timestamp(),
        expires_at=int(now()) + _REMEMBERED,
    ).save()


def _is_at(like_seq: str | None) -> Condition:
    return Post.like_seq == like_seq if like_seq else Post.like_seq.does_not_exist()
