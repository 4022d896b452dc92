"""Which event tells whom what, and which one takes it back."""

import pytest

from notifications.facts import entry_of
from shared.clock import now
from shared.events import (
    Event,
    FollowRequested,
    PostCreated,
    PostLiked,
    PostUnliked,
    UserFollowed,
    UserRegistered,
    UserUnfollowed,
)
from shared.ids import is_id

AT = "2026-01-05T12:00:00.678Z"
LATER = "2026-01-05T12:00:01.678Z"
LIKED = PostLiked("post", "author", "liker", "liker_name", AT)
FOLLOWED = UserFollowed("follower", "follower_name", "followed", AT)
REQUESTED = FollowRequested("follower", "follower_name", "followed", AT)
CREATED = PostCreated("post", "author", "author_name", "public", False, AT)


@pytest.mark.parametrize(
    ("event", "user_id", "kind", "actor_id", "entity_id"),
    [
        (LIKED, "author", "post.liked", "liker", "post"),
        (FOLLOWED, "followed", "user.followed", "follower", "follower"),
        (REQUESTED, "followed", "follow.request", "follower", "follower"),
        (CREATED, "author", "post.created", "author", "post"),
    ],
)
def test_who_is_told_what(
    event: Event, user_id: str, kind: str, actor_id: str, entity_id: str
) -> None:
    entry = entry_of(event)
    assert entry
    told = (entry.user_id, entry.type, entry.actor_id, entry.entity_id)
    assert told == (user_id, kind, actor_id, entity_id)
    assert is_id(entry.notification_id)
    assert entry.created_at == AT
    assert entry.is_unread
    assert entry.expires_at == pytest.approx(now() + 90 * 86400, abs=5)


def test_the_same_fact_has_the_same_id() -> None:
    first, again = entry_of(LIKED), entry_of(LIKED)
    assert first
    assert again
    assert first.notification_id == again.notification_id


def test_other_facts_have_other_ids() -> None:
    facts = [
        LIKED,
        PostLiked("post", "author", "liker", "liker_name", LATER),
        PostLiked("post", "author", "another", "liker_name", AT),
        PostLiked("another", "author", "liker", "liker_name", AT),
        FOLLOWED,
        REQUESTED,
        CREATED,
    ]
    ids = [entry.notification_id for entry in map(entry_of, facts) if entry]
    assert len(set(ids)) == len(facts)


@pytest.mark.parametrize(
    ("done", "undone"),
    [
        (LIKED, PostUnliked("post", "author", "liker", AT)),
        (FOLLOWED, UserUnfollowed("follower", "followed", AT)),
    ],
)
def test_an_undoing_event_withdraws_the_entry_of_its_fact(done: Event, undone: Event) -> None:
    made, withdrawn = entry_of(done), entry_of(undone)
    assert made
    assert withdrawn
    assert (made.user_id, made.notification_id) == (withdrawn.user_id, withdrawn.notification_id)
    assert not withdrawn.is_unread
    # It must outlive every message that could bring the entry back: dead letters stay 14 days.
    assert withdrawn.expires_at > now() + 14 * 86400


@pytest.mark.parametrize(
    "event",
    [
        PostLiked("post", "author", "author", "author_name", AT),
        PostUnliked("post", "author", "author", AT),
    ],
)
def test_nobody_is_told_of_their_own_acts(event: Event) -> None:
    assert entry_of(event) is None


def test_what_is_nobodys_news_makes_no_entry() -> None:
    assert entry_of(UserRegistered("user", "name")) is None
