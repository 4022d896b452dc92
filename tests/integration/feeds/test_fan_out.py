"""Timelines: written once even if events arrive twice, and in sync with the follows."""

import json
from typing import Any

import pytest

from feeds import (
    fan_out,
    on_collaboration_accepted,
    on_post_created,
    on_user_followed,
    on_user_unfollowed,
    timelines,
)
from feeds.models import Timeline
from posts.models import Post
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.ids import new_id
from tests.integration.posts.world import (
    a_post,
    a_user,
    connect,
    consume,
    event,
    follow,
    take,
    unfollow,
)

pytestmark = pytest.mark.usefixtures("foundation")


def created(author: Caller, post_id: str, **given: Any) -> dict[str, Any]:
    data = {
        "post_id": post_id,
        "author_id": author.user_id,
        "author_username": author.username,
        "visibility": "public",
        "is_reel": False,
        "created_at": "2026-01-02T03:04:05.678Z",
        **given,
    }
    return event("post.created", author.user_id, **data)


def jobs_of(post_id: str) -> list[str]:
    taken = take("feed-fan-out", lambda job: job["post_id"] == post_id)
    return [message["body"] for message in taken]


def followed(reader: Caller, author: Caller) -> dict[str, Any]:
    return event(
        "user.followed",
        reader.user_id,
        follower_id=reader.user_id,
        follower_username=reader.username,
        followed_id=author.user_id,
        since="2026-01-02T03:04:05.678Z",
    )


def unfollowed(reader: Caller, author: Caller) -> dict[str, Any]:
    return event(
        "user.unfollowed",
        reader.user_id,
        follower_id=reader.user_id,
        followed_id=author.user_id,
        since="2026-01-02T03:04:05.678Z",
    )


def timeline(reader: Caller) -> list[dict[str, Any]]:
    found = Timeline.query(reader.user_id, consistent_read=True, scan_index_forward=False)
    return [each.serialize() for each in found]


def post_ids(reader: Caller) -> list[str]:
    return [each["post_id"]["S"] for each in timeline(reader)]


def test_a_page_of_followers_becomes_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_post_created, "PAGE", 4)
    author, readers, gone = a_user(), [a_user() for _ in range(10)], a_user()
    for reader in readers:
        follow(reader, author)
    unfollow(gone, author)
    post_id = a_post(author)
    consume(on_post_created.app, created(author, post_id))
    jobs = jobs_of(post_id)
    users = [user for job in jobs for user in json.loads(job)["user_ids"]]
    assert len(jobs) == 3
    assert sorted(users) == sorted(reader.user_id for reader in readers)

    consume(fan_out.app, *jobs)
    before = [timeline(reader) for reader in readers]
    assert all([each["post_id"]["S"] for each in found] == [post_id] for found in before)
    consume(fan_out.app, *jobs, jobs[0])  # delivered again
    assert [post_ids(reader) for reader in readers] == [[post_id]] * 10


def test_cut_off_half_way_and_delivered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_post_created, "PAGE", 2)
    author, readers = a_user(), [a_user() for _ in range(6)]
    for reader in readers:
        follow(reader, author)
    post_id = a_post(author)
    sent: list[str] = []

    def send_one(queue: str, body: str) -> None:
        if sent:
            raise ConnectionError
        sent.append(body)

    with monkeypatch.context() as broken:
        broken.setattr(on_post_created, "send", send_one)
        answer = on_post_created.app(
            {"Records": [{"messageId": "m", "body": json.dumps(created(author, post_id))}]}, None
        )
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m"}]}
    consume(on_post_created.app, created(author, post_id))
    consume(fan_out.app, *sent, *jobs_of(post_id))
    assert [post_ids(reader) for reader in readers] == [[post_id]] * 6


def test_private_posts_and_celebrities_are_not_fanned_out() -> None:
    author, star, reader = a_user(), a_user(is_pulled=True), a_user()
    follow(reader, author)
    connect(reader, "follows", "followed_by", star, celebrity_id=star.user_id)
    private, pulled = a_post(author, visibility="private"), a_post(star)
    consume(
        on_post_created.app,
        created(author, private, visibility="private"),
        created(star, pulled),
        created(Caller(new_id(), "gone", new_id(), "user", "full"), new_id()),
    )
    assert jobs_of(private) == jobs_of(pulled) == []


def test_a_new_follower_gets_the_latest_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelines, "BACKFILL", 5)
    author, reader = a_user(), a_user()
    posts = [a_post(author) for _ in range(7)]
    a_post(author, status="processing")
    follow(reader, author)
    for _ in range(2):
        consume(on_user_followed.app, followed(reader, author))
        assert post_ids(reader) == posts[:1:-1]


def test_an_unfollow_removes_only_the_authors_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelines, "_PAGE", 3)
    author, other, reader = a_user(), a_user(), a_user()
    kept = []
    for _ in range(8):
        timelines.add_post(a_post(author), author.user_id, [reader.user_id])
        kept.append(a_post(other))
        timelines.add_post(kept[-1], other.user_id, [reader.user_id])
    unfollow(reader, author)
    consume(on_user_unfollowed.app, unfollowed(reader, author))
    assert post_ids(reader) == kept[::-1]


def test_events_that_come_late_or_out_of_order() -> None:
    author, reader = a_user(), a_user()
    post_id = a_post(author)
    unfollow(reader, author)
    consume(on_user_followed.app, followed(reader, author))  # they unfollowed before it arrived
    assert post_ids(reader) == []
    follow(reader, author)
    consume(on_user_unfollowed.app, unfollowed(reader, author))  # they follow again already
    assert post_ids(reader) == [post_id]


def test_a_follow_that_ends_during_the_backfill(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    author, reader = a_user(), a_user()
    a_post(author)
    follow(reader, author)
    backfill = timelines._backfill

    def backfill_and_unfollow(user_id: str, author_id: str) -> None:
        backfill(user_id, author_id)
        unfollow(reader, author)

    monkeypatch.setattr(timelines, "_backfill", backfill_and_unfollow)
    consume(on_user_followed.app, followed(reader, author))
    assert post_ids(reader) == []


def updated(author: Caller, post_id: str, *changed: str) -> dict[str, Any]:
    data = {"post_id": post_id, "author_id": author.user_id, "visibility": "public"}
    return event("post.updated", author.user_id, **data, changed=list(changed))


def restored(author: Caller, post_id: str) -> dict[str, Any]:
    data = {"post_id": post_id, "author_id": author.user_id, "visibility": "public"}
    return event("post.restored", author.user_id, **data)


def test_a_post_that_gets_an_audience_is_fanned_out() -> None:
    author, reader = a_user(), a_user()
    follow(reader, author)
    post_id = a_post(author, visibility="private", is_reel=True)
    consume(on_post_created.app, created(author, post_id, visibility="private"))
    Post(post_id).update(actions=[Post.visibility.set("followers")])
    consume(on_post_created.app, updated(author, post_id, "caption"))
    assert jobs_of(post_id) == []
    consume(on_post_created.app, updated(author, post_id, "caption", "visibility"))
    consume(fan_out.app, *jobs_of(post_id))
    [entry] = timeline(reader)
    assert (entry["post_id"]["S"], entry["reel_id"]["S"]) == (post_id, post_id)


def test_a_restored_post_is_fanned_out_to_the_present_followers() -> None:
    author, reader = a_user(), a_user()
    post_id = a_post(author, deleted_at=timestamp())
    consume(on_post_created.app, created(author, post_id))  # late: the post is deleted already
    follow(reader, author)
    assert jobs_of(post_id) == []
    Post(post_id).update(actions=[Post.deleted_at.remove()])
    consume(on_post_created.app, restored(author, post_id))
    consume(fan_out.app, *jobs_of(post_id))
    assert post_ids(reader) == [post_id]


def collaboration(kind: str, person: Caller, author: Caller, post_id: str) -> dict[str, Any]:
    data = {"post_id": post_id, "author_id": author.user_id, "user_id": person.user_id}
    return event(f"post.collaboration_{kind}", person.user_id, **data, since=timestamp())


def set_collaborators(post_id: str, *people: tuple[Caller, str]) -> None:
    collaborators = [
        {"user_id": person.user_id, "status": status, "since": timestamp()}
        for person, status in people
    ]
    Post(post_id).update(actions=[Post.collaborators.set(collaborators)])


def test_a_collaboration_is_in_the_collaborators_timeline() -> None:
    author, person = a_user(), a_user()
    post_id = a_post(author)
    accepted = collaboration("accepted", person, author, post_id)
    set_collaborators(post_id, (person, "pending"))
    consume(on_collaboration_accepted.app, accepted)
    assert post_ids(person) == []
    set_collaborators(post_id, (person, "accepted"))
    for _ in range(2):
        consume(on_collaboration_accepted.app, accepted)
        assert post_ids(person) == [post_id]
    set_collaborators(post_id)
    consume(on_collaboration_accepted.app, accepted)  # late
    assert post_ids(person) == []


def test_a_collaboration_outlives_an_unfollow_and_a_follow_a_collaboration() -> None:
    author, person = a_user(), a_user()
    follow(person, author)
    together, alone = a_post(author), a_post(author)
    set_collaborators(together, (person, "accepted"))
    consume(on_user_followed.app, followed(person, author))
    consume(
        on_collaboration_accepted.app,
        collaboration("accepted", person, author, together),
    )
    ended = collaboration("ended", person, author, alone)
    consume(on_collaboration_accepted.app, ended)
    assert post_ids(person) == [alone, together]
    unfollow(person, author)
    consume(on_user_unfollowed.app, unfollowed(person, author))
    assert post_ids(person) == [together]
    set_collaborators(together)
    consume(on_collaboration_accepted.app, collaboration("ended", person, author, together))
    assert post_ids(person) == []
