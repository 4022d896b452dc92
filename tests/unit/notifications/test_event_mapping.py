"""Which event creates which entries for whom, and which event withdraws them."""

import pytest

from notifications.event_mapping import HANDLED, entries_of
from notifications.models import Notification
from shared.clock import now, seconds
from shared.events.chat import ConversationRead
from shared.events.comments import (
    CommentDeleted,
    CommentLiked,
    CommentMentioned,
    CommentUnliked,
    CommentUnmentioned,
    PostCommented,
)
from shared.events.emails import MailFailed
from shared.events.envelopes import Event
from shared.events.media import MediaFailed
from shared.events.moderation import (
    AppealCreated,
    AppealReversed,
    AppealUpheld,
    ContentRemoved,
    ReportCreated,
    ReportResolved,
    VerificationApproved,
    VerificationRejected,
    VerificationRequested,
)
from shared.events.posts import (
    CollaborationEnded,
    CollaborationInvited,
    PostCreated,
    PostLiked,
    PostMentioned,
    PostShared,
    PostUnliked,
    PostUnmentioned,
    PostUnshared,
)
from shared.events.stories import StoryLiked, StoryMentioned, StoryUnliked
from shared.events.users import (
    ExportReady,
    FollowApproved,
    FollowRequested,
    FollowRequestEnded,
    UserFollowed,
    UserRegistered,
    UserUnfollowed,
)
from shared.ids import first_id_at, is_id

AT = "2026-01-05T12:00:00.678Z"
LATER = "2026-01-05T12:00:01.678Z"
LIKED = PostLiked("post", "author", "liker", "liker_name", AT)
FOLLOWED = UserFollowed("follower", "follower_name", "followed", AT)
REQUESTED = FollowRequested("follower", "follower_name", "followed", AT)
APPROVED = FollowApproved("follower", "followed", "followed_name", AT, LATER)
CREATED = PostCreated("post", "author", "author_name", "public", False, AT)
COMMENTED = PostCommented("post", "author", "comment", None, None, "writer", "writer_name", AT)
REPLIED = PostCommented("post", "author", "reply", "comment", "parent", "writer", "w_name", AT)
COMMENT_LIKED = CommentLiked("post", "comment", "writer", "liker", "liker_name", AT)
COMMENT_MENTIONED = CommentMentioned("post", "comment", "writer", "writer_name", "named", AT)
SHARED = PostShared("post", "author", "sharer", "sharer_name", AT)
MENTIONED = PostMentioned("post", "author", "author_name", "named", AT)
INVITED = CollaborationInvited("post", "author", "author_name", "asked", AT)
STORY_LIKED = StoryLiked("story", "author", "liker", "liker_name", AT)
STORY_MENTIONED = StoryMentioned("story", "author", "author_name", "named", AT)
EXPORTED = ExportReady("owner", AT)
ASKED = VerificationRequested("owner", "request", ["admin", "chief", "owner"], AT)
VERIFIED = VerificationApproved("owner", "request", AT)
REJECTED = VerificationRejected("owner", "request", AT)
FAILED = MediaFailed(first_id_at(seconds(AT)), "owner", "video", None, "media_too_long")


def key(entry: Notification) -> tuple[str, str]:
    return entry.user_id, entry.notification_id


def made(event: Event) -> list[Notification]:
    return [entry for entry in entries_of(event) if entry.is_unread]


def withdrawn(event: Event) -> list[Notification]:
    return [entry for entry in entries_of(event) if not entry.is_unread]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (LIKED, [("author", "post.liked", "liker", "post", None)]),
        (FOLLOWED, [("followed", "user.followed", "follower", "follower", None)]),
        (REQUESTED, [("followed", "follow.request", "follower", "follower", None)]),
        (CREATED, [("author", "post.created", "author", "post", None)]),
        (COMMENTED, [("author", "post.commented", "writer", "comment", "post")]),
        (
            REPLIED,
            [
                ("author", "post.commented", "writer", "reply", "post"),
                ("parent", "comment.replied", "writer", "reply", "post"),
            ],
        ),
        (COMMENT_LIKED, [("writer", "comment.liked", "liker", "comment", "post")]),
        (COMMENT_MENTIONED, [("named", "comment.mentioned", "writer", "comment", "post")]),
        (SHARED, [("author", "post.shared", "sharer", "post", None)]),
        (MENTIONED, [("named", "post.mentioned", "author", "post", "post")]),
        (INVITED, [("asked", "post.collaboration", "author", "post", "post")]),
        (STORY_LIKED, [("author", "story.liked", "liker", "story", None)]),
        (STORY_MENTIONED, [("named", "story.mentioned", "author", "story", None)]),
        (EXPORTED, [("owner", "export.ready", None, "owner", None)]),
        (FAILED, [("owner", "media.failed", None, FAILED.upload_id, None)]),
    ],
)
def test_who_is_notified_of_what(
    event: Event, expected: list[tuple[str, str, str, str, str]]
) -> None:
    entries = entries_of(event)
    assert [
        (entry.user_id, entry.type, entry.actor_id, entry.entity_id, entry.post_id)
        for entry in entries
    ] == expected
    for entry in entries:
        assert is_id(entry.notification_id)
        assert entry.created_at == AT
        assert entry.is_unread
        assert entry.expires_at == pytest.approx(now() + 90 * 86400, abs=5)


def test_an_approval_notifies_the_requester_and_withdraws_the_request() -> None:
    [entry] = made(APPROVED)
    shown = (entry.user_id, entry.type, entry.actor_id, entry.entity_id, entry.actor_username)
    assert shown == ("follower", "follow.approved", "followed", "followed", "followed_name")
    assert entry.created_at == LATER
    assert [key(entry) for entry in withdrawn(APPROVED)] == [key(made(REQUESTED)[0])]


def test_the_author_of_post_and_parent_gets_one_entry_of_a_reply() -> None:
    own = PostCommented("post", "author", "reply", "comment", "author", "writer", "w_name", AT)
    assert [(entry.user_id, entry.type, entry.yields_to) for entry in entries_of(own)] == [
        ("author", "post.commented", ("comment.replied",)),
        ("author", "comment.replied", ()),
    ]


def test_the_same_fact_has_the_same_id() -> None:
    assert [key(entry) for entry in made(LIKED)] == [key(entry) for entry in made(LIKED)]


def test_other_facts_have_other_ids() -> None:
    facts = [
        LIKED,
        PostLiked("post", "author", "liker", "liker_name", LATER),
        PostLiked("post", "author", "another", "liker_name", AT),
        PostLiked("another", "author", "liker", "liker_name", AT),
        FOLLOWED,
        REQUESTED,
        APPROVED,
        CREATED,
        COMMENTED,
        COMMENT_LIKED,
        COMMENT_MENTIONED,
        SHARED,
        MENTIONED,
        INVITED,
        STORY_LIKED,
        STORY_MENTIONED,
        EXPORTED,
        FAILED,
    ]
    ids = [entry.notification_id for event in facts for entry in made(event)]
    assert len(set(ids)) == len(facts)


@pytest.mark.parametrize(
    ("done", "undone"),
    [
        (LIKED, PostUnliked("post", "author", "liker", AT)),
        (FOLLOWED, UserUnfollowed("follower", "followed", AT)),
        (APPROVED, UserUnfollowed("follower", "followed", LATER)),
        (REQUESTED, FollowRequestEnded("follower", "followed", AT)),
        (COMMENTED, CommentDeleted("post", "author", "comment", None, None, "writer", AT)),
        (REPLIED, CommentDeleted("post", "author", "reply", "comment", "parent", "writer", AT)),
        (COMMENT_LIKED, CommentUnliked("post", "comment", "writer", "liker", AT)),
        (COMMENT_MENTIONED, CommentUnmentioned("post", "comment", "writer", "named", AT)),
        (SHARED, PostUnshared("post", "author", "sharer", AT)),
        (MENTIONED, PostUnmentioned("post", "author", "named", AT)),
        (INVITED, CollaborationEnded("post", "author", "asked", AT)),
        (STORY_LIKED, StoryUnliked("story", "author", "liker", AT)),
    ],
)
def test_an_undoing_event_withdraws_the_entries_of_its_fact(done: Event, undone: Event) -> None:
    assert made(undone) == []
    gone = withdrawn(undone)
    assert {key(entry) for entry in made(done)} <= {key(entry) for entry in gone}
    # They must outlive every message that could create the entries again: dead-letter queues keep
    # messages for 14 days.
    assert all(entry.expires_at > now() + 14 * 86400 for entry in gone)


@pytest.mark.parametrize(
    "event",
    [
        PostLiked("post", "author", "author", "author_name", AT),
        PostUnliked("post", "author", "author", AT),
        PostCommented("post", "author", "comment", None, None, "author", "author_name", AT),
        PostCommented("post", "author", "reply", "comment", "author", "author", "a_name", AT),
        CommentLiked("post", "comment", "writer", "writer", "writer_name", AT),
        PostShared("post", "author", "author", "author_name", AT),
        PostMentioned("post", "author", "author_name", "author", AT),
        CommentMentioned("post", "comment", "writer", "writer_name", "writer", AT),
        CommentUnmentioned("post", "comment", "writer", "writer", AT),
        StoryLiked("story", "author", "author", "author_name", AT),
        StoryMentioned("story", "author", "author_name", "author", AT),
    ],
)
def test_nobody_is_notified_of_their_own_acts(event: Event) -> None:
    assert entries_of(event) == []


def test_a_reply_to_oneself_notifies_only_the_author_of_the_post() -> None:
    own = PostCommented("post", "author", "reply", "comment", "writer", "writer", "w_name", AT)
    assert [entry.user_id for entry in entries_of(own)] == ["author"]


def test_an_event_that_concerns_nobody_else_creates_no_entry() -> None:
    assert entries_of(UserRegistered("user", "name")) == []


def test_the_consumer_handles_every_event_that_creates_or_withdraws_an_entry() -> None:
    events = [LIKED, FOLLOWED, REQUESTED, APPROVED, CREATED, COMMENTED, COMMENT_LIKED, EXPORTED]
    events += [SHARED, MENTIONED, COMMENT_MENTIONED, INVITED, FAILED, STORY_LIKED, STORY_MENTIONED]
    events += [ASKED, VERIFIED, REJECTED]
    undoing = {PostUnliked, UserUnfollowed, FollowRequestEnded, CommentDeleted, CommentUnliked}
    undoing |= {PostUnshared, PostUnmentioned, CommentUnmentioned, CollaborationEnded, StoryUnliked}
    undoing |= {ConversationRead}
    elsewhere = {ContentRemoved, ReportCreated, ReportResolved}  # tests/unit/moderation
    elsewhere |= {AppealCreated, AppealUpheld, AppealReversed}  # likewise
    elsewhere |= {MailFailed}  # tests/unit/emails
    assert set(HANDLED) == {type(event) for event in events} | undoing | elsewhere
