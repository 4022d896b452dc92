"""Collaborators: invited, accepted, shown, leaving, and removed by a block."""

import json
from typing import Any

import pytest

from posts import (
    answer_collaboration,
    create_post,
    edit_post,
    get_post,
    list_user_tagged,
    on_user_blocked,
    on_user_erased,
)
from posts.models import Collaborator, Post
from posts.public import read_posts
from shared.access.caller import Caller
from tests.support.accounts import a_user
from tests.support.erasing import erase
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_picture, a_post, call, connect, on_post


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, settings: pytest.MonkeyPatch, noon: float) -> None:
    """AWS in memory, bounds, and a stopped clock."""
    for name, value in (("HASHTAGS", "30"), ("MENTIONS", "20"), ("MEDIA_PER_POST", "10")):
        settings.setenv(f"MAX_{name}", value)


def publish(author: Caller, *people: Caller, **body: Any) -> tuple[int, Any]:
    ids = [person.user_id for person in people]
    body = {"content": "Together", "collaborator_ids": ids, **body}
    return call(create_post, "POST /posts", author, body=body)


def answer(who: Caller, post_id: str, accept: bool) -> tuple[int, Any]:
    return on_post(
        answer_collaboration, "PUT /collaboration", who, post_id, body={"accept": accept}
    )


def collaborators(post: Any) -> list[tuple[str, str]]:
    return [(each["id"], each["status"]) for each in post["collaborators"]]


def read(who: Caller, post_id: str) -> Any:
    status, post = on_post(get_post, "GET", who, post_id)
    return post if status == 200 else status


def tagged(who: Caller, person: Caller) -> list[str]:
    route = "GET /users/{user}/tagged"
    status, page = call(list_user_tagged, route, who, path={"user": person.user_id})
    assert status == 200, page
    return [post["id"] for post in page["posts"]]


def rows(aws: MemoryAws) -> list[tuple[str, str]]:
    return [
        (each["user_id"]["S"], each["status"]["S"])
        for each in aws.dynamo.items("hoshi-collaborators")
    ]


def test_followers_are_accepted_at_once_and_others_invited(aws: MemoryAws) -> None:
    author, follower, non_follower, reader = a_user(), a_user(), a_user(), a_user()
    connect(follower, "follows", author)
    status, post = publish(author, follower, non_follower)
    assert status == 201
    both = [(follower.user_id, "accepted"), (non_follower.user_id, "pending")]
    assert collaborators(post) == both
    assert sorted(rows(aws)) == sorted(both)
    assert collaborators(read(non_follower, post["id"])) == both
    for who in (reader, follower):
        assert collaborators(read(who, post["id"])) == both[:1], (
            "pending collaborators are hidden from others"
        )
    assert (tagged(reader, follower), tagged(reader, non_follower)) == ([post["id"]], [])


def test_accepting_and_leaving(aws: MemoryAws) -> None:
    author, invitee = a_user(), a_user()
    post_id = publish(author, invitee, visibility="private")[1]["id"]
    assert read(invitee, post_id) == 404, "an invitation does not make a collaborator"
    status, post = answer(invitee, post_id, accept=True)
    assert (status, collaborators(post)) == (200, [(invitee.user_id, "accepted")])
    assert rows(aws) == [(invitee.user_id, "accepted")]
    assert answer(invitee, post_id, accept=True) == (200, post)
    assert read(invitee, post_id) == post, "collaborators always see"
    assert tagged(invitee, invitee) == [post_id]
    status, post = answer(invitee, post_id, accept=False)
    assert (status, collaborators(post), rows(aws)) == (200, [], [])
    assert read(invitee, post_id) == 404
    assert tagged(invitee, invitee) == []
    assert answer(invitee, post_id, accept=True)[1]["code"] == "request_not_found"


def test_only_invitees_can_answer() -> None:
    author, invitee, other = a_user(), a_user(), a_user()
    post_id = publish(author, invitee)[1]["id"]
    uninvited = a_post(author)
    for who, id_ in ((other, post_id), (author, post_id), (invitee, uninvited), (invitee, "x")):
        status, body = answer(who, id_, accept=True)
        assert (status, body["code"]) == (404, "request_not_found")


@pytest.mark.parametrize("change", ["deleted", "processing", "banned", "blocked"])
def test_an_invitation_is_as_hidden_as_its_post(change: str) -> None:
    author, invitee = a_user(status="banned" if change == "banned" else "active"), a_user()
    invited = [{"user_id": invitee.user_id, "status": "pending", "since": "s"}]
    post_id = a_post(
        author,
        collaborators=invited,
        deleted_at="d" if change == "deleted" else None,
        status="processing" if change == "processing" else "ready",
    )
    if change == "blocked":
        connect(author, "blocks", invitee)
    assert answer(invitee, post_id, accept=True)[1]["code"] == "request_not_found"


def test_people_whom_an_author_cannot_invite(aws: MemoryAws) -> None:
    author, friend = a_user(), a_user()
    banned, blocked, blocking = a_user(status="banned"), a_user(), a_user()
    connect(author, "blocks", blocked)
    connect(blocking, "blocks", author)
    unknown = Caller("01KAEJ8V0X2Y4Z6A8B0C1D3E5F", "unknown", "s", "user", "full")
    for person in (banned, blocked, blocking, unknown):
        status, body = publish(author, friend, person)
        assert (status, body["code"]) == (404, "user_not_found")
    for people in ([author], [friend, friend], [a_user() for _ in range(6)]):
        status, body = publish(author, *people)
        assert (status, body["code"]) == (400, "invalid_input")
    assert aws.dynamo.items("hoshi-posts") == rows(aws) == []


def test_a_collaborator_sees_but_does_not_own() -> None:
    author, friend = a_user(is_private=True), a_user()
    accepted = [{"user_id": friend.user_id, "status": "accepted", "since": "s"}]
    media = [a_picture(status="processing")]
    waiting = a_post(author, collaborators=accepted, status="processing", media=media)
    post = read(friend, waiting)
    assert post["status"] == "processing"
    # Only the owner sees files as they were uploaded.
    assert (post["media"], post["media_urls"], post["thumbnail_url"]) == ([], [], None)
    [raw] = read(author, waiting)["media_urls"]
    assert "uploads/" in raw
    body = {"caption": "Mine"}
    assert on_post(edit_post, "PATCH", friend, waiting, body=body)[1]["code"] == "not_owner"


def test_a_block_ends_a_collaboration_at_once_and_for_good(aws: MemoryAws) -> None:
    author, friend, other = a_user(), a_user(), a_user()
    for person in (friend, other):
        connect(person, "follows", author)
    post_id = publish(author, friend, other)[1]["id"]
    mine = publish(friend, author)[1]["id"]
    connect(friend, "blocks", author)
    assert read(friend, post_id) == 404, "before the event is handled"
    event = {
        "event_id": "e",
        "type": "user.blocked",
        "version": 1,
        "occurred_at": "2026-01-05T12:00:00.000Z",
        "actor": friend.user_id,
        "data": {"blocker_id": friend.user_id, "blocked_id": author.user_id},
    }
    record = {"messageId": "m", "body": json.dumps(event), "eventSource": "aws:sqs"}
    for _ in range(2):
        assert on_user_blocked.app({"Records": [record]}, None) == {"batchItemFailures": []}
        assert collaborators(read(other, post_id)) == [(other.user_id, "accepted")]
        assert collaborators(read(other, mine)) == []
        assert rows(aws) == [(other.user_id, "accepted")]


def test_erasing_an_account_ends_its_collaborations(aws: MemoryAws) -> None:
    author, friend, other = a_user(), a_user(), a_user()
    for person in (friend, other):
        connect(person, "follows", author)
    post_id = publish(author, friend, other)[1]["id"]
    Collaborator(
        "gone", friend.user_id, author_id="a", status="pending", since="2026-01-05T12:00:00.000Z"
    ).save()
    erase(on_user_erased.app, friend.user_id)
    assert rows(aws) == [(other.user_id, "accepted")]
    post = Post.find(post_id)
    assert post is not None
    assert [each["user_id"] for each in post.collaborators] == [other.user_id]
    erase(on_user_erased.app, author.user_id)
    assert rows(aws) == aws.dynamo.items("hoshi-posts") == []


def test_two_answers_at_once_are_both_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    author, first, second = a_user(), a_user(), a_user()
    post_id = publish(author, first, second)[1]["id"]
    accept = answer_collaboration.accept

    def race(post: Post, user_id: str) -> Post:
        if user_id == first.user_id:
            assert answer(second, post_id, accept=True)[0] == 200
        return accept(post, user_id)

    monkeypatch.setattr(answer_collaboration, "accept", race)
    post = answer(first, post_id, accept=True)[1]
    assert collaborators(post) == [(first.user_id, "accepted"), (second.user_id, "accepted")]


def test_a_home_feed_may_contain_posts_on_which_its_reader_collaborates() -> None:
    author, friend, non_follower = a_user(), a_user(), a_user()
    accepted = [{"user_id": friend.user_id, "status": "accepted", "since": "s"}]
    post_id = a_post(author, collaborators=accepted)
    authors = {post_id: author.user_id}

    def in_feed(who: Caller) -> int:
        return len(read_posts(who, [post_id], authors, followed_only=True))

    assert (in_feed(friend), in_feed(non_follower), in_feed(author)) == (1, 0, 1)
    connect(author, "blocks", friend)
    assert in_feed(friend) == 0
