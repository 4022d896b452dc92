"""Sharing posts: one share per person, exact counts in the answers, and who sees shares."""

from typing import Any

import pytest

from posts import list_shares, share_post, unshare_post
from posts.models import Post, Share
from shared.access.caller import Caller
from shared.clock import stop_at
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post, connect, on_post
from tests.unit.conftest import NOON


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float) -> None:
    """AWS in memory, and a stopped clock."""


def share(who: Caller, post_id: str, **body: Any) -> tuple[int, Any]:
    return on_post(share_post, "POST /share", who, post_id, body=body or None)


def unshare(who: Caller, post_id: str) -> tuple[int, Any]:
    return on_post(unshare_post, "DELETE /share", who, post_id)


def listed(who: Caller, post_id: str, **asked: str) -> Any:
    status, page = on_post(list_shares, "GET /shares", who, post_id, query=asked or None)
    assert status == 200, page
    return page


def test_one_share_per_person_with_its_latest_caption() -> None:
    author, reader = a_user(), a_user()
    post_id = a_post(author)
    status, first = share(reader, post_id, caption=" Look! ")
    assert (status, first["share_count"]) == (201, 1)
    status, again = share(reader, post_id, caption="Look at this!")
    assert (status, again["shared_post_id"], again["share_count"]) == (
        200,
        first["shared_post_id"],
        1,
    )
    assert share(reader, post_id) == (200, again), "without a caption the caption stays"
    [shown] = listed(author, post_id)["shares"]
    assert shown == {
        "id": first["shared_post_id"],
        "shared_post_id": first["shared_post_id"],
        "post_id": post_id,
        "user": {
            "id": reader.user_id,
            "user_id": reader.user_id,
            "username": reader.username,
            "name": "Some Person",
            "profile_picture_url": None,
            "is_verified": False,
        },
        "caption": "Look at this!",
        "created_at": "2026-01-05T12:00:00.000Z",
        "shared_at": "2026-01-05T12:00:00.000Z",
    }


def test_unsharing_is_idempotent() -> None:
    reader, post_id = a_user(), a_post(a_user())
    share(reader, post_id)
    assert unshare(reader, post_id)[1]["share_count"] == 0
    assert unshare(reader, post_id)[1]["share_count"] == 0
    assert listed(reader, post_id)["shares"] == []


def test_the_count_in_an_answer_considers_what_is_counted_already() -> None:
    reader, post_id = a_user(), a_post(a_user(), share_count=4, share_seq="7")
    assert share(reader, post_id)[1]["share_count"] == 5
    Post(post_id).update(actions=[Post.share_count.set(5), Post.share_seq.set("8")])
    assert share(reader, post_id, caption="!")[1]["share_count"] == 5
    assert unshare(reader, post_id)[1]["share_count"] == 4


def test_the_latest_share_comes_first_and_hidden_people_are_left_out() -> None:
    author, viewer = a_user(), a_user()
    post_id = a_post(author)
    people = [a_user() for _ in range(3)]
    banned, blocked = a_user(status="banned"), a_user()
    for minute, person in enumerate([*people, banned, blocked]):
        with stop_at(NOON + minute * 60):
            share(person, post_id)
    connect(viewer, "blocks", blocked)
    page = listed(viewer, post_id, limit="3")
    rest = listed(viewer, post_id, limit="3", cursor=page["next_cursor"])
    names = [each["user"]["username"] for each in page["shares"] + rest["shares"]]
    assert names == [person.username for person in reversed(people)]


def test_a_hidden_post_cannot_be_shared() -> None:
    author, follower, non_follower = a_user(), a_user(), a_user()
    connect(follower, "follows", author)
    post_id = a_post(author, visibility="followers")
    assert share(follower, post_id)[0] == 201
    for answer in (
        share(non_follower, post_id),
        unshare(non_follower, post_id),
        on_post(list_shares, "GET /shares", non_follower, post_id),
    ):
        assert (answer[0], answer[1]["code"]) == (404, "post_not_found")
    Post(post_id).update(actions=[Post.visibility.set("private")])
    assert on_post(list_shares, "GET /shares", follower, post_id)[0] == 404


def test_captions_have_a_bound() -> None:
    assert share(a_user(), a_post(a_user()), caption="x" * 2201)[0] == 400


def test_two_shares_at_the_same_time_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, post_id = a_user(), a_post(a_user())
    create = Share.create
    raced: list[str] = []

    def race(self: Share, condition: Any = None) -> None:
        if not raced:
            raced.append(share_id_of_other())
        create(self, condition)

    def share_id_of_other() -> str:
        raced.append("")
        status, body = share(reader, post_id, caption="first")
        assert status == 201
        return str(body["shared_post_id"])

    monkeypatch.setattr(Share, "create", race)
    status, body = share(reader, post_id, caption="second")
    assert (status, body["shared_post_id"]) == (200, raced[-1])
    assert listed(reader, post_id)["shares"][0]["caption"] == "second"
