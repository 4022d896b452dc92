"""What the streams of accounts and edges count and publish."""

from typing import Any

import pytest

from shared.dynamodb.changes import Change
from shared.events.envelopes import Event
from shared.events.users import (
    FollowApproved,
    FollowRequested,
    FollowRequestEnded,
    UserBanned,
    UserBlocked,
    UserDeleted,
    UserErased,
    UserFollowed,
    UserRegistered,
    UserRestored,
    UserUnbanned,
    UserUnfollowed,
    UserUpdated,
    UserVerified,
)
from users.models import Relationship, User, edge
from users.on_users_changed import account_events, count_edge, edge_events

ME, OTHER = "01KAEJ8V0M3Z5Q9W2X7Y4T6R1B", "01KAEJ9B7Q2X4C6V8N0M1Z3D5F"
SINCE = "2026-01-05T12:00:00.000Z"


def change(old: Any, new: Any) -> Change[Any]:
    return Change(old=old, new=new, sequence="1", record_id="r", occurred_at=SINCE)


def an_edge(kind: Any, is_active: bool = True, **more: Any) -> Relationship:
    return Relationship(
        ME,
        edge(kind, OTHER),
        is_active=is_active,
        username="yuki",
        since=SINCE,
        updated_at=SINCE,
        **more,
    )


def an_account(**more: Any) -> User:
    user = User(ME, username="yuki", name="Yuki", email="yuki@example.com", status="active")
    for name, value in more.items():
        setattr(user, name, value)
    return user


def published(happened: Change[Any]) -> list[tuple[str | None, Event]]:
    publisher: Any = account_events if isinstance(happened.item, User) else edge_events
    return list(publisher(happened))


@pytest.mark.parametrize(
    ("old", "new", "delta"),
    [
        (None, True, 1),
        (False, True, 1),
        (True, False, -1),
        (True, True, 0),
        (False, False, 0),
        (None, False, 0),
        (True, None, -1),
        (False, None, 0),
    ],
)
@pytest.mark.parametrize(
    ("kind", "count"), [("follows", "following_count"), ("followed_by", "follower_count")]
)
def test_an_edge_counts_while_it_is_active(
    kind: str, count: str, old: bool | None, new: bool | None, delta: int
) -> None:
    happened = change(
        None if old is None else an_edge(kind, old), None if new is None else an_edge(kind, new)
    )
    assert count_edge(happened) == ({count: delta} if delta else {})


@pytest.mark.parametrize("kind", ["requested", "requested_by", "blocks", "mutes", "close_friend"])
def test_other_edges_count_nothing(kind: str) -> None:
    assert count_edge(change(None, an_edge(kind))) == {}


def test_a_follow_is_published_once_for_the_followers_edge() -> None:
    followed = UserFollowed(ME, "yuki", OTHER, SINCE)
    assert published(change(None, an_edge("follows"))) == [(ME, followed)]
    assert published(change(an_edge("follows", False), an_edge("follows"))) == [(ME, followed)]
    assert published(change(None, an_edge("followed_by"))) == []


def test_the_end_of_a_follow_names_the_follow_that_it_ends() -> None:
    ended = change(an_edge("follows"), an_edge("follows", False))
    assert published(ended) == [(ME, UserUnfollowed(ME, OTHER, SINCE))]


def test_a_request_and_its_end_are_published() -> None:
    asked = FollowRequested(ME, "yuki", OTHER, SINCE)
    assert published(change(None, an_edge("requested"))) == [(ME, asked)]
    assert published(change(an_edge("requested", False), an_edge("requested"))) == [(ME, asked)]
    ended = FollowRequestEnded(ME, OTHER, SINCE)
    assert published(change(an_edge("requested"), an_edge("requested", False))) == [(ME, ended)]
    assert published(change(an_edge("requested"), None)) == [(ME, ended)]


def test_an_approval_names_the_request_and_the_follow() -> None:
    approved = an_edge("requested", False, approved_by="omar")
    approved.updated_at = "2026-01-06T12:00:00.000Z"
    assert published(change(an_edge("requested"), approved)) == [
        (OTHER, FollowApproved(ME, OTHER, "omar", SINCE, "2026-01-06T12:00:00.000Z"))
    ]


def test_a_block_is_published_once_and_its_end_is_not() -> None:
    assert published(change(None, an_edge("blocks"))) == [(ME, UserBlocked(ME, OTHER))]
    assert published(change(an_edge("blocks"), an_edge("blocks", False))) == []


@pytest.mark.parametrize(
    "kind",
    ["followed_by", "requested_by", "blocked_by", "mutes", "close_friend", "hides_story_from"],
)
@pytest.mark.parametrize("begins", [True, False])
def test_mirrors_and_private_lists_are_not_published(kind: str, begins: bool) -> None:
    assert published(change(an_edge(kind, not begins), an_edge(kind, begins))) == []


def test_the_size_of_a_list_counts_and_publishes_nothing() -> None:
    size = Relationship(ME, "size#close_friend", entries=3)
    assert published(change(None, size)) == []
    assert count_edge(change(None, size)) == {}


def test_the_mark_of_a_celebrity_counts_and_publishes_nothing() -> None:
    marked = change(an_edge("follows"), an_edge("follows", celebrity_id=OTHER))
    assert published(marked) == []
    assert count_edge(marked) == {}


def test_a_sign_up_and_its_verification() -> None:
    new = an_account(status="unverified")
    assert published(change(None, new)) == [(ME, UserRegistered(ME, "yuki"))]
    assert published(change(new, an_account())) == [(ME, UserVerified(ME, "yuki"))]
    at_once = [UserRegistered(ME, "yuki"), UserVerified(ME, "yuki")]
    assert [event for _, event in published(change(None, an_account()))] == at_once


def test_a_change_that_others_see_is_published() -> None:
    after = an_account(name="Yuki O", bio="Hi", email="new@example.com", show_presence=False)
    assert published(change(an_account(), after)) == [
        (ME, UserUpdated(ME, "yuki", ["name", "bio"]))
    ]


@pytest.mark.parametrize(
    "more", [{"follower_count": 9, "edges_seq": "1"}, {"show_presence": False}, {"is_pulled": True}]
)
def test_a_change_that_others_do_not_see_publishes_nothing(more: dict[str, Any]) -> None:
    assert published(change(an_account(), an_account(**more))) == []


def test_a_ban_and_its_change_are_published() -> None:
    banned = an_account(status="banned", ban_reason="Spam")
    longer = an_account(status="banned", ban_reason="Spam", banned_until=SINCE)
    assert published(change(an_account(), banned)) == [(None, UserBanned(ME, "Spam", None))]
    assert published(change(banned, longer)) == [(None, UserBanned(ME, "Spam", SINCE))]
    assert published(change(banned, an_account(status="banned", ban_reason="Spam", bio=""))) == []


def test_the_end_of_a_ban_is_published_unless_the_account_is_being_deleted() -> None:
    banned = an_account(status="banned")
    for status in ("active", "unverified"):
        ended = an_account(status=status)
        assert published(change(banned, ended)) == [(None, UserUnbanned(ME))]
    assert published(change(banned, an_account(status="deleted"))) == []


@pytest.mark.parametrize("status", ["unverified", "deleted", "banned"])
def test_a_purged_account_publishes_its_erasure(status: str) -> None:
    assert published(change(an_account(status=status), None)) == [(None, UserErased(ME))]


def test_a_deletion_and_its_undoing_are_published_once() -> None:
    deleted = an_account(status="deleted", purge_at=SINCE)
    banned = an_account(status="banned", purge_at=SINCE)
    assert published(change(an_account(), deleted)) == [(ME, UserDeleted(ME, SINCE))]
    assert published(change(deleted, an_account())) == [(ME, UserRestored(ME))]
    assert published(change(banned, deleted)) == [], "a ban that ends is no new deletion"
