"""What the shapes Notification and S.Notification say of each type."""

from typing import Any

import pytest

from notifications.facts import entry_of
from notifications.kinds import TYPES
from notifications.models import Notification
from notifications.shapes import notification_shape, socialhub_notification
from shared.events import Event, FollowRequested, PostCreated, PostLiked, UserFollowed
from users.models import User

AT = "2026-01-05T12:00:00.678Z"
EVENTS: list[tuple[Event, str, str, str, dict[str, Any], dict[str, Any]]] = [
    (
        PostLiked("P", "A", "L", "old_name", AT),
        "LIKE",
        "post",
        "new_name liked your post",
        {"post_id": "P"},
        {"post_id": "P", "postId": "P", "likerId": "L"},
    ),
    (
        UserFollowed("F", "old_name", "A", AT),
        "FOLLOW",
        "user",
        "new_name started following you",
        {},
        {"followerId": "F"},
    ),
    (
        FollowRequested("F", "old_name", "A", AT),
        "FOLLOW",
        "user",
        "new_name asked to follow you",
        {},
        {"followerId": "F"},
    ),
    (
        PostCreated("P", "A", "old_name", "public", False, AT),
        "POST",
        "post",
        "You created a new post!",
        {"post_id": "P"},
        {"post_id": "P", "postId": "P"},
    ),
]


def entry(event: Event) -> Notification:
    made = entry_of(event)
    assert made
    return made


def a_user() -> User:
    return User("L", username="new_name", name="A Name", is_verified=True)


@pytest.mark.parametrize(("event", "kind", "about", "message", "metadata", "socialhub"), EVENTS)
def test_both_dialects_of_every_type(
    event: Event,
    kind: str,
    about: str,
    message: str,
    metadata: dict[str, Any],
    socialhub: dict[str, Any],
) -> None:
    shape = notification_shape(entry(event), a_user())
    assert (shape["kind"], shape["entity_type"]) == (kind, about)
    assert shape["message"] == message
    assert shape["metadata"] == metadata
    assert shape["actor_username"] == "new_name"
    assert shape["actor_is_verified"] is True
    assert shape["id"] == entry(event).notification_id
    assert socialhub_notification(shape) == {
        "id": shape["id"],
        "userId": "A",
        "type": kind,
        "message": message,
        "metadata": socialhub,
        "read": False,
        "createdAt": AT,
    }


def test_every_type_is_shown_here() -> None:
    assert {entry(event).type for event, *_ in EVENTS} == set(TYPES)


def test_an_account_that_is_gone_leaves_the_name_of_then() -> None:
    shape = notification_shape(entry(EVENTS[0][0]), None)
    assert shape["actor"] is None
    assert shape["actor_profile_picture_url"] is None
    assert shape["message"] == "old_name liked your post"


def test_what_was_read_says_so_twice() -> None:
    made = entry(EVENTS[0][0])
    made.read_at = AT
    shape = notification_shape(made, None)
    assert shape["is_read"] is True
    assert shape["read"] is True
