"""The shapes Notification and S.Notification of each type."""

from typing import Any

import pytest

from notifications.entries import new_entry
from notifications.event_mapping import entries_of
from notifications.models import Notification
from notifications.shapes import notification_shape, socialhub_notification
from notifications.types import SWITCHES, TYPES
from shared.events.comments import CommentLiked, CommentMentioned, PostCommented
from shared.events.emails import MailFailed
from shared.events.envelopes import Event
from shared.events.media import MediaFailed
from shared.events.moderation import (
    VerificationApproved,
    VerificationRejected,
    VerificationRequested,
)
from shared.events.posts import (
    CollaborationInvited,
    PostCreated,
    PostLiked,
    PostMentioned,
    PostShared,
)
from shared.events.stories import StoryLiked, StoryMentioned
from shared.events.users import ExportReady, FollowApproved, FollowRequested, UserFollowed
from shared.ids import new_id
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
        FollowApproved("A", "F", "old_name", AT, AT),
        "FOLLOW",
        "user",
        "new_name accepted your follow request",
        {},
        {"followerId": "A"},
    ),
    (
        PostCommented("P", "A", "C", None, None, "W", "old_name", AT),
        "COMMENT",
        "comment",
        "new_name commented on your post",
        {"post_id": "P", "comment_id": "C"},
        {"post_id": "P", "postId": "P", "comment_id": "C", "commentId": "C", "commenterId": "W"},
    ),
    (
        PostCommented("P", "B", "R", "C", "A", "W", "old_name", AT),
        "COMMENT",
        "comment",
        "new_name replied to your comment",
        {"post_id": "P", "comment_id": "R"},
        {"post_id": "P", "postId": "P", "comment_id": "R", "commentId": "R", "commenterId": "W"},
    ),
    (
        CommentLiked("P", "C", "A", "L", "old_name", AT),
        "LIKE",
        "comment",
        "new_name liked your comment",
        {"post_id": "P", "comment_id": "C"},
        {"post_id": "P", "postId": "P", "comment_id": "C", "commentId": "C", "likerId": "L"},
    ),
    (
        PostCreated("P", "A", "old_name", "public", False, AT),
        "POST",
        "post",
        "You created a new post!",
        {"post_id": "P"},
        {"post_id": "P", "postId": "P"},
    ),
    (
        PostShared("P", "A", "S", "old_name", AT),
        "POST",
        "post",
        "new_name shared your post",
        {"post_id": "P"},
        {"post_id": "P", "postId": "P"},
    ),
    (
        CollaborationInvited("P", "W", "old_name", "A", AT),
        "POST",
        "post",
        "new_name invited you to collaborate",
        {"post_id": "P"},
        {"post_id": "P", "postId": "P"},
    ),
    (
        StoryLiked("S", "A", "L", "old_name", AT),
        "LIKE",
        "story",
        "new_name liked your story",
        {"story_id": "S"},
        {"story_id": "S", "likerId": "L"},
    ),
    (
        StoryMentioned("S", "W", "old_name", "A", AT),
        "MENTION",
        "story",
        "new_name mentioned you in a story",
        {"story_id": "S", "can_add_to_story": False},
        {"story_id": "S", "can_add_to_story": False},
    ),
    (
        PostMentioned("P", "W", "old_name", "A", AT),
        "MENTION",
        "post",
        "new_name mentioned you in a post",
        {"post_id": "P"},
        {"post_id": "P", "postId": "P"},
    ),
    (
        CommentMentioned("P", "C", "W", "old_name", "A", AT),
        "MENTION",
        "comment",
        "new_name mentioned you in a comment",
        {"post_id": "P", "comment_id": "C"},
        {"post_id": "P", "postId": "P", "comment_id": "C", "commentId": "C", "commenterId": "W"},
    ),
]


def entry(event: Event) -> Notification:
    """The entry that the event creates for the account A."""
    [made] = [entry for entry in entries_of(event) if entry.user_id == "A" and entry.is_unread]
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


def test_a_failed_upload_is_shown_with_its_post() -> None:
    upload_id = new_id()
    shape = notification_shape(
        entry(MediaFailed(upload_id, "A", "video", "P", "media_too_long")), None
    )
    about = (shape["kind"], shape["entity_type"], shape["entity_id"])
    assert about == ("SYSTEM", "upload", upload_id)
    assert shape["message"] == "A file of yours could not be processed."
    assert shape["metadata"] == {"upload_id": upload_id, "post_id": "P"}


def test_an_entry_of_the_system_has_no_actor() -> None:
    shape = notification_shape(entry(ExportReady("A", AT)), None)
    assert shape["actor"] is shape["actor_id"] is shape["actor_username"] is None
    assert (shape["kind"], shape["entity_type"], shape["entity_id"]) == ("SYSTEM", "user", "A")
    assert shape["message"] == "Your data is ready to download."
    assert shape["metadata"] == socialhub_notification(shape)["metadata"] == {}


def test_every_administrator_is_notified_of_a_verification_request() -> None:
    made = entries_of(VerificationRequested("U", "R", ["A", "B"], AT))
    assert [(each.user_id, each.entity_id) for each in made] == [("A", "R"), ("B", "R")]
    shape = notification_shape(made[0], None)
    assert shape["message"] == "A verification request waits for a decision."
    assert (shape["entity_type"], shape["actor"]) == ("request", None)


def test_every_administrator_is_notified_of_dead_mails() -> None:
    made = entries_of(MailFailed("newsletters", AT, ["A", "B"]))
    assert [(each.user_id, each.entity_id) for each in made] == [
        ("A", "newsletters"),
        ("B", "newsletters"),
    ]
    shape = notification_shape(made[0], None)
    assert shape["message"] == "Some mails could not be sent."
    assert (shape["kind"], shape["entity_type"], shape["actor"]) == ("SYSTEM", "queue", None)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (VerificationApproved("A", "R", AT), "You are verified: your badge is there."),
        (VerificationRejected("A", "R", AT), "Your verification request was rejected."),
    ],
)
def test_a_decision_about_verification_has_no_actor(event: Event, message: str) -> None:
    made = entry(event)
    shape = notification_shape(made, None)
    assert (made.user_id, made.type, shape["message"]) == ("A", event.type, message)
    assert (shape["kind"], shape["entity_type"], shape["actor"]) == ("SYSTEM", "request", None)
    assert shape["metadata"] == {"request_id": "R"}


def test_a_new_story_is_shown_in_both_dialects() -> None:
    made = new_entry("A", "story.created", AT, ("W", "old_name"), "S")
    shape = notification_shape(made, a_user())
    assert (shape["kind"], shape["entity_type"], shape["entity_id"]) == ("STORY", "story", "S")
    assert shape["message"] == "new_name added a story"
    assert shape["metadata"] == {"story_id": "S"}
    assert socialhub_notification(shape)["metadata"] == {"story_id": "S"}


def test_every_type_is_shown_here() -> None:
    types = {entry(event).type for event, *_ in EVENTS}
    types |= {"export.ready", "mail.failed", "media.failed", "message.received", "story.created"}
    types |= {"verification.approved", "verification.rejected", "verification.requested"}
    moderation = {"content.removed", "report.created", "report.resolved"}  # tests/unit/moderation
    moderation |= {"appeal.created", "appeal.upheld", "appeal.reversed"}  # likewise
    assert types | moderation == set(TYPES)


def test_every_type_can_be_switched_off() -> None:
    assert set(TYPES) <= set(SWITCHES)
    assert len(SWITCHES) == len(set(SWITCHES))


def test_a_deleted_actor_is_shown_with_the_name_in_the_entry() -> None:
    shape = notification_shape(entry(EVENTS[0][0]), None)
    assert shape["actor"] is None
    assert shape["actor_profile_picture_url"] is None
    assert shape["message"] == "old_name liked your post"


def test_a_read_entry_says_so_in_both_fields() -> None:
    made = entry(EVENTS[0][0])
    made.read_at = AT
    shape = notification_shape(made, None)
    assert shape["is_read"] is True
    assert shape["read"] is True
