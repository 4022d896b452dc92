"""The events that the streams of posts, likes, shares and comments publish."""

from typing import Any

import pytest

from posts.models import Comment, CommentLike, Like, Post, Share
from posts.on_posts_changed import (
    app,
    comment_events,
    comment_like_events,
    like_events,
    share_events,
)
from posts.stream_events import post_events
from shared.dynamodb.changes import Change
from shared.events.comments import CommentMentioned, CommentUnmentioned
from tests.support.events import load_event

MOMENT = "2026-01-02T03:04:05.678Z"


def a_post(**given: Any) -> Post:
    return Post(
        "01KAEJ8V0X2Y4Z6A8B0C1D3E5F",
        **{
            "author_id": "01KAEJ5W2N8Q4R6S8T0V1W3X5Y",
            "author_username": "author_one",
            "media": [],
            "created_at": MOMENT,
            "updated_at": MOMENT,
            **given,
        },
    )


def change(old: Any, new: Any) -> Change[Any]:
    return Change(old, new, "1", "record", MOMENT)


READY, PROCESSING = a_post(), a_post(status="processing")
DELETED, FAILED = a_post(deleted_at=MOMENT), a_post(status="failed")


@pytest.mark.parametrize(
    ("old", "new", "types"),
    [
        (None, READY, ["post.created"]),
        (None, PROCESSING, []),
        (PROCESSING, READY, ["post.created"]),
        (PROCESSING, FAILED, []),
        (PROCESSING, a_post(status="processing", deleted_at=MOMENT), ["post.deleted"]),
        (a_post(status="processing", deleted_at=MOMENT), DELETED, []),
        (READY, a_post(like_count=7, like_seq="7"), []),
        (READY, a_post(caption="other"), ["post.updated"]),
        (PROCESSING, a_post(status="processing", caption="other"), []),
        (READY, DELETED, ["post.deleted"]),
        (DELETED, READY, ["post.restored"]),
        (a_post(status="processing", deleted_at=MOMENT), PROCESSING, []),
        (DELETED, None, ["post.purged"]),
        (READY, None, ["post.deleted", "post.purged"]),
    ],
)
def test_events_of_a_post(old: Post | None, new: Post | None, types: list[str]) -> None:
    assert [event.type for _, event in post_events(change(old, new))] == types


def edit_events(old: Post | None, new: Post | None) -> list[tuple[str | None, Any]]:
    """The actors and events, without those of creating, deleting, restoring and purging."""
    of_posts = ("post.created", "post.deleted", "post.restored", "post.purged")
    return [each for each in post_events(change(old, new)) if each[1].type not in of_posts]


def test_an_edit_names_what_changed() -> None:
    edited = a_post(caption="other", visibility="private", revision=1, updated_at="later")
    [(_, event)] = edit_events(READY, edited)
    assert (event.changed, event.visibility) == (["caption", "visibility"], "private")


def mention(user_id: str, since: str = MOMENT) -> dict[str, str]:
    return {"user_id": user_id, "since": since}


def collaborator(user_id: str, status: str) -> dict[str, str]:
    return {"user_id": user_id, "status": status, "since": MOMENT}


def test_mentions_are_published_when_the_post_is_ready() -> None:
    waiting = a_post(status="processing", mentions=[mention("named")])
    there = a_post(mentions=[mention("named")])
    assert edit_events(None, waiting) == []
    [(actor, event)] = edit_events(waiting, there)
    assert (actor, event.type, event.user_id) == (READY.author_id, "post.mentioned", "named")
    assert event.since == MOMENT
    assert [each.type for _, each in edit_events(a_post(deleted_at=MOMENT), there)] == [
        "post.mentioned"
    ]


def test_an_edit_adds_and_removes_mentions() -> None:
    before = a_post(mentions=[mention("kept"), mention("forgotten")])
    after = a_post(mentions=[mention("kept"), mention("new", "later")])
    events = [event for _, event in edit_events(before, after)]
    assert [(event.type, getattr(event, "user_id", "")) for event in events] == [
        ("post.updated", ""),
        ("post.mentioned", "new"),
        ("post.unmentioned", "forgotten"),
    ]
    assert (events[1].since, events[2].since) == ("later", MOMENT)


def test_events_of_collaborators() -> None:
    begun = a_post(
        collaborators=[collaborator("friend", "accepted"), collaborator("invitee", "pending")]
    )
    assert [(actor, each.type) for actor, each in edit_events(None, begun)] == [
        (READY.author_id, "post.collaboration_invited"),
        ("friend", "post.collaboration_accepted"),
        (READY.author_id, "post.collaboration_invited"),
    ]
    agreed = a_post(
        collaborators=[collaborator("friend", "accepted"), collaborator("invitee", "accepted")]
    )
    assert [(actor, each.type) for actor, each in edit_events(begun, agreed)] == [
        (READY.author_id, "post.updated"),
        ("invitee", "post.collaboration_accepted"),
    ]
    left = a_post(collaborators=[collaborator("invitee", "accepted")])
    assert [(actor, each.type) for actor, each in edit_events(agreed, left)] == [
        (READY.author_id, "post.updated"),
        ("friend", "post.collaboration_ended"),
    ]
    gone = a_post(collaborators=[collaborator("invitee", "accepted")], deleted_at=MOMENT)
    assert [each.type for _, each in edit_events(left, gone)] == ["post.collaboration_ended"]


def test_a_purged_post_names_all_its_uploads() -> None:
    upload, cover = "01KAEJ7Q9R1S3T5V7W9X1Y3Z5A", "01KAEJ7QB2C4D6E8F0G2H4J6K8"
    post = a_post(
        media=[{"upload_id": upload}],
        thumbnail_key=f"media/{cover}/640.jpg",
        deleted_at=MOMENT,
    )
    [(_, event)] = post_events(change(post, None))
    assert event.upload_ids == [upload, cover]  # type: ignore[attr-defined]


def test_post_created_names_its_uploads() -> None:
    media = [{"upload_id": "01KAEJ7Q9R1S3T5V7W9X1Y3Z5A"}]
    ((actor, event),) = post_events(change(None, a_post(media=media)))
    assert actor == "01KAEJ5W2N8Q4R6S8T0V1W3X5Y"
    assert event.upload_ids == ["01KAEJ7Q9R1S3T5V7W9X1Y3Z5A"]  # type: ignore[attr-defined]


def test_events_of_a_like() -> None:
    like = Like("post", "reader", username="reader_two", author_id="author", liked_at=MOMENT)
    assert [(actor, event.type) for actor, event in like_events(change(None, like))] == [
        ("reader", "post.liked")
    ]
    assert [(actor, event.type) for actor, event in like_events(change(like, None))] == [
        ("reader", "post.unliked")
    ]
    assert list(like_events(change(like, like))) == []


def test_events_of_a_share() -> None:
    share = Share(
        "post",
        "sharer",
        share_id="share",
        username="sharer_one",
        author_id="author",
        caption="Look!",
        shared_at=MOMENT,
    )
    events = [*share_events(change(None, share)), *share_events(change(share, None))]
    assert [(actor, event.type, event.shared_at) for actor, event in events] == [
        ("sharer", "post.shared", MOMENT),
        ("sharer", "post.unshared", MOMENT),
    ]
    assert "Look!" not in str(events)
    assert list(share_events(change(share, share))) == []


def a_comment(**given: Any) -> Comment:
    return Comment(
        "post",
        "comment",
        **{
            "thread": "root",
            "user_id": "writer",
            "username": "writer_one",
            "post_author_id": "author",
            "parent_comment_id": "root",
            "parent_author_id": "answered",
            "content": "Nice!",
            "created_at": MOMENT,
            **given,
        },
    )


def test_events_of_a_comment() -> None:
    comment = a_comment()
    ((actor, made),) = comment_events(change(None, comment))
    ((_, gone),) = comment_events(change(comment, None))
    assert (actor, made.type, gone.type) == ("writer", "post.commented", "comment.deleted")
    for event in (made, gone):
        assert (event.author_id, event.parent_comment_id, event.parent_author_id) == (
            "author",
            "root",
            "answered",
        )
        assert event.commented_at == MOMENT
        assert "Nice!" not in str(event)
    for changed in (a_comment(like_count=3), a_comment(reply_count=1), a_comment(content="x")):
        assert list(comment_events(change(comment, changed))) == []


def mentioned(old: Comment | None, new: Comment | None) -> list[tuple[str, str, str]]:
    """The actor, type and person of each mention event."""
    return [
        (actor, event.type, event.user_id)
        for actor, event in comment_events(change(old, new))
        if isinstance(event, CommentMentioned | CommentUnmentioned)
    ]


def test_events_of_a_comments_mentions() -> None:
    first, other = a_comment(mentions=["ann", "bob"]), a_comment(mentions=["bob", "cleo"])
    assert mentioned(None, first) == [
        ("writer", "comment.mentioned", "ann"),
        ("writer", "comment.mentioned", "bob"),
    ]
    assert mentioned(first, other) == [
        ("writer", "comment.mentioned", "cleo"),
        ("writer", "comment.unmentioned", "ann"),
    ]
    assert mentioned(first, a_comment(mentions=["ann", "bob"], content="Other words")) == []
    assert mentioned(first, a_comment(mentions=["ann", "bob"], like_count=3, is_pinned=True)) == []
    assert [each[1:] for each in mentioned(other, None)] == [
        ("comment.unmentioned", "bob"),
        ("comment.unmentioned", "cleo"),
    ]
    [(_, event), *_] = [
        each for each in comment_events(change(None, first)) if "mention" in each[1].type
    ]
    assert event == CommentMentioned(
        "post", "comment", "writer", "writer_one", "ann", MOMENT, "author", "answered"
    )


def test_events_of_a_like_of_a_comment() -> None:
    like = CommentLike(
        "comment",
        "fan",
        post_id="post",
        username="fan_one",
        commenter_id="writer",
        liked_at=MOMENT,
    )
    events = [*comment_like_events(change(None, like)), *comment_like_events(change(like, None))]
    assert [(actor, event.type, event.commenter_id) for actor, event in events] == [
        ("fan", "comment.liked", "writer"),
        ("fan", "comment.unliked", "writer"),
    ]
    assert list(comment_like_events(change(like, like))) == []


def test_the_sample_event_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK", "hoshi")
    read = [app._read(record)[1] for record in load_event("posts", "on_posts_changed")["Records"]]
    assert [type(each.item) for each in read] == [Post, Like]
