"""Many concurrent requests on one post: what is counted and stored is exact."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from posts import (
    answer_collaboration,
    create_post,
    delete_post,
    edit_post,
    on_posts_changed,
    restore_post,
    share_post,
    unshare_post,
)
from posts.models import Collaborator, Post, PostEdit, Share
from posts.public import author_stats
from shared.access.caller import Caller
from shared.dynamodb.tables import query
from tests.integration.posts.world import a_post, a_user, call, deliver, stream_records

pytestmark = pytest.mark.usefixtures("foundation")


def at_once(*calls: Callable[[], tuple[int, Any]]) -> list[int]:
    with ThreadPoolExecutor(16) as pool:
        return [status for status, _ in pool.map(lambda each: each(), calls)]


def on(handler: Any, route: str, who: Caller, post_id: str, body: Any = None) -> Any:
    return lambda: call(handler.app, route, who, path={"post_id": post_id}, body=body)


def stored(post_id: str) -> Post:
    post = Post.find(post_id, consistent=True)
    assert post is not None
    return post


def test_concurrent_deletions_and_restorations_count_once() -> None:
    author = a_user()
    post_id = call(create_post.app, "POST /posts", author, body={"content": "Hi"})[1]["id"]
    delete = on(delete_post, "DELETE /posts/{post_id}", author, post_id)
    restore = on(restore_post, "POST /posts/{post_id}/restore", author, post_id)
    statuses = at_once(*[delete] * 8)
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 404}
    assert author_stats(author.user_id) == (0, 0)
    at_once(*[restore, delete] * 8)
    is_there = stored(post_id).deleted_at is None
    assert author_stats(author.user_id) == (int(is_there), 0)


def test_concurrent_shares_and_unshares_leave_at_most_one_share_each() -> None:
    people, post_id = [a_user() for _ in range(6)], a_post(a_user())
    calls = []
    for person in people:
        share = on(share_post, "POST /posts/{post_id}/share", person, post_id, {"caption": "!"})
        unshare = on(unshare_post, "DELETE /posts/{post_id}/share", person, post_id)
        calls += [share, unshare, share]
    assert set(at_once(*calls)) <= {200, 201}
    records = stream_records("shares", post_id)
    deliver(on_posts_changed.app, records)
    deliver(on_posts_changed.app, records[len(records) // 2 :])
    shares, _ = query(Share, post_id, limit=100, consistent=True)
    assert stored(post_id).share_count == len(shares) <= len(people)


def test_concurrent_edits_are_all_made_and_all_recorded() -> None:
    author = a_user()
    post_id = a_post(author, caption="0", location="nowhere")
    bodies = [{"caption": f"{n}"} for n in range(1, 4)] + [{"comments_disabled": True}]
    edits = [on(edit_post, "PATCH /posts/{post_id}", author, post_id, body) for body in bodies]
    statuses = at_once(*edits)
    assert set(statuses) <= {200, 503}
    made = statuses.count(200)
    kept, _ = query(PostEdit, post_id, limit=100, consistent=True)
    post = stored(post_id)
    assert post.revision == len(kept) == made >= 1
    assert post.location == "nowhere"


def test_all_invitees_can_answer_at_the_same_time() -> None:
    author, people = a_user(), [a_user() for _ in range(5)]
    body = {"content": "Hi", "collaborator_ids": [person.user_id for person in people]}
    post_id = call(create_post.app, "POST /posts", author, body=body)[1]["id"]
    route = "PUT /posts/{post_id}/collaboration"
    statuses = at_once(
        *(
            on(answer_collaboration, route, person, post_id, {"accept": n != 2})
            for n, person in enumerate(people)
        )
    )
    assert statuses == [200] * 5
    accepted = {person.user_id for n, person in enumerate(people) if n != 2}
    assert {each["user_id"] for each in stored(post_id).collaborators} == accepted
    rows, _ = query(Collaborator, post_id, limit=10, consistent=True)
    assert {row.user_id for row in rows} == accepted
    assert {row.status for row in rows} == {"accepted"}
