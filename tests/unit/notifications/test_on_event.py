"""From events to entries: none for a type that is switched off or a post that is not visible."""

from typing import Any

import pytest

from notifications.models import Notification
from notifications.on_event import app
from notifications.visible_notifications import page_of
from posts.comment_removal import remove_comment, return_comment
from posts.models import Comment, Post
from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from shared.dynamodb.tables import transaction
from shared.events.comments import CommentLiked, CommentMentioned, CommentUnmentioned, PostCommented
from shared.events.envelopes import Envelope, Event
from shared.events.posts import PostCreated, PostDeleted, PostLiked, PostShared
from shared.events.stories import StoryLiked, StoryMentioned
from shared.events.users import UserFollowed
from shared.ids import new_id
from stories.models import Story
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_comment, connect
from tests.support.stories import a_story
from users.models import Relationship, User, edge

AT = "2026-01-05T12:00:00.678Z"


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws) -> None:
    """AWS in memory."""


def consume(*events: Event) -> dict[str, Any]:
    records = [
        {
            "messageId": str(number),
            "body": Envelope(new_id(), AT, None, event).to_json(),
            "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "1"},
        }
        for number, event in enumerate(events)
    ]
    return app({"Records": records}, LambdaContext())


def stored(reader: Caller) -> list[str]:
    """The types of a reader's stored entries."""
    return sorted(entry.type for entry in Notification.query(reader.user_id))


def listed(reader: Caller) -> list[str]:
    """The types in a reader's list."""
    return sorted(shape["type"] for shape in page_of(reader.user_id, 20, None)[0])


def a_post(author: Caller, **given: Any) -> str:
    post_id = new_id()
    given = {"visibility": "public", "status": "ready", **given}
    Post(
        post_id,
        author_id=author.user_id,
        author_username=author.username,
        media=[],
        created_at=timestamp(),
        updated_at=timestamp(),
        **given,
    ).save()
    return post_id


def commented(
    writer: Caller, post_id: str, author: Caller, parent: Caller | None = None
) -> PostCommented:
    return PostCommented(
        post_id=post_id,
        author_id=author.user_id,
        comment_id=new_id(),
        parent_comment_id=new_id() if parent else None,
        parent_author_id=parent.user_id if parent else None,
        commenter_id=writer.user_id,
        commenter_username=writer.username,
        commented_at=AT,
    )


def test_a_type_that_is_switched_off_makes_no_entry_for_that_reader() -> None:
    quiet, other, writer = a_user(muted_types=["post.liked"]), a_user(), a_user()
    for author in (quiet, other):
        consume(
            PostLiked(new_id(), author.user_id, writer.user_id, writer.username, AT),
            UserFollowed(writer.user_id, writer.username, author.user_id, AT),
        )
    assert stored(quiet) == ["user.followed"]
    assert stored(other) == ["post.liked", "user.followed"]


@pytest.mark.parametrize("kind", ["blocks", "blocked_by"])
def test_a_block_in_either_direction_prevents_the_entry(kind: Any) -> None:
    author, writer = a_user(), a_user()
    Relationship(author.user_id, edge(kind, writer.user_id), since=AT, updated_at=AT).save()
    consume(commented(writer, a_post(author), author))
    assert stored(author) == []


def test_a_reply_notifies_only_those_who_may_see_the_post() -> None:
    author, insider, outsider, writer = a_user(is_private=True), a_user(), a_user(), a_user()
    post_id = a_post(author)
    Relationship(insider.user_id, edge("follows", author.user_id), since=AT, updated_at=AT).save()
    consume(
        commented(writer, post_id, author, parent=insider),
        commented(writer, post_id, author, parent=outsider),
    )
    assert stored(insider) == ["comment.replied"]
    assert stored(outsider) == []
    assert stored(author) == ["post.commented", "post.commented"]


@pytest.mark.parametrize(
    ("switched_off", "expected"),
    [
        ([], ["comment.replied"]),
        (["comment.replied"], ["post.commented"]),
        (["comment.replied", "post.commented"], ["comment.mentioned"]),
        (["post.commented", "comment.mentioned"], ["comment.replied"]),
        (["comment.replied", "post.commented", "comment.mentioned"], []),
    ],
)
@pytest.mark.parametrize("mention_first", [True, False])
def test_one_comment_makes_one_entry_of_the_strongest_type_that_is_switched_on(
    switched_off: list[str], expected: list[str], mention_first: bool
) -> None:
    reader, writer = a_user(muted_types=switched_off), a_user()
    reply = commented(writer, a_post(reader), reader, parent=reader)
    mention = mentioned_in(reply, reader)
    for event in (mention, reply) if mention_first else (reply, mention):
        consume(event)
    assert stored(reader) == expected


def test_a_reply_that_names_its_target_makes_one_entry_and_others_keep_theirs() -> None:
    author, target, other, writer = a_user(), a_user(), a_user(), a_user()
    reply = commented(writer, a_post(author), author, parent=target)
    consume(reply, mentioned_in(reply, target), mentioned_in(reply, other))
    assert stored(author) == ["post.commented"]
    assert stored(target) == ["comment.replied"]
    assert stored(other) == ["comment.mentioned"]


def mentioned_in(comment: PostCommented, person: Caller) -> CommentMentioned:
    return CommentMentioned(
        comment.post_id,
        comment.comment_id,
        comment.commenter_id,
        comment.commenter_username,
        person.user_id,
        AT,
        comment.author_id,
        comment.parent_author_id,
    )


def test_a_mention_in_a_comment_notifies_only_those_who_may_see_the_post_and_its_writer() -> None:
    author, writer = a_user(is_private=True), a_user()
    insider, outsider, blocked, quiet = (
        *(a_user(), a_user(), a_user()),
        a_user(muted_types=["comment.mentioned"]),
    )
    for follower in (insider, blocked, quiet):
        edge_of = edge("follows", author.user_id)
        Relationship(follower.user_id, edge_of, since=AT, updated_at=AT).save()
    block = edge("blocked_by", writer.user_id)
    Relationship(blocked.user_id, block, since=AT, updated_at=AT).save()
    post_id, comment_id = a_post(author), new_id()
    people = (insider, outsider, blocked, quiet, author, writer)
    mentions = [
        CommentMentioned(post_id, comment_id, writer.user_id, writer.username, each.user_id, AT)
        for each in people
    ]
    consume(*mentions)
    consume(*mentions[:1])  # delivered twice
    assert [stored(each) for each in people] == [
        ["comment.mentioned"],
        [],
        [],
        [],
        ["comment.mentioned"],
        [],
    ]
    assert listed(insider) == ["comment.mentioned"]
    consume(CommentUnmentioned(post_id, comment_id, writer.user_id, insider.user_id, AT))
    consume(*mentions[:1])  # an edit mentions them again
    assert listed(insider) == []
    assert listed(author) == ["comment.mentioned"]


def test_entries_about_a_post_that_was_hidden_since_are_not_listed_for_others() -> None:
    author, reader, liker = a_user(), a_user(), a_user()
    post_id = a_post(author)
    consume(
        comment_liked(post_id, a_comment(post_id, reader), reader, liker),
        commented(liker, post_id, author, parent=reader),
    )
    assert listed(reader) == ["comment.liked", "comment.replied"]
    User(author.user_id).update(actions=[User.is_private.set(True)])
    assert listed(reader) == []
    assert listed(author) == ["post.commented"]


def comment_liked(post_id: str, comment_id: str, reader: Caller, liker: Caller) -> CommentLiked:
    return CommentLiked(post_id, comment_id, reader.user_id, liker.user_id, liker.username, AT)


def test_the_likes_of_ones_own_comment_are_listed_unless_it_is_gone_or_hidden() -> None:
    reader, liker = a_user(), a_user()
    post_id = a_post(a_user())
    hidden, deleted = a_comment(post_id, reader), a_comment(post_id, reader)
    consume(*(comment_liked(post_id, each, reader, liker) for each in (hidden, deleted)))
    assert listed(reader) == ["comment.liked"] * 2
    with transaction() as write:
        remove_comment(write, Comment.get(post_id, hidden), "admin")
    assert listed(reader) == ["comment.liked"]
    Comment(post_id, deleted).delete()
    assert listed(reader) == []
    with transaction() as write:
        return_comment(write, Comment.get(post_id, hidden))
    assert listed(reader) == ["comment.liked"]


def test_entries_about_ones_own_post_are_listed_unless_it_is_deleted() -> None:
    author, fan = a_user(), a_user()
    kept, deleted = a_post(author), a_post(author)
    consume(
        *(PostLiked(each, author.user_id, fan.user_id, "fan", AT) for each in (kept, deleted)),
        PostCreated(deleted, author.user_id, author.username, "public", False, AT),
        PostShared(deleted, author.user_id, fan.user_id, "fan", AT),
        commented(fan, deleted, author),
    )
    everything = ["post.commented", "post.created", "post.liked", "post.liked", "post.shared"]
    assert listed(author) == everything
    Post(deleted).update(actions=[Post.deleted_at.set(AT)])
    assert listed(author) == ["post.liked"]
    Post(deleted).update(actions=[Post.deleted_at.remove()])
    assert listed(author) == everything
    Post(deleted).delete()  # for good
    assert listed(author) == ["post.liked"]


def test_only_the_audience_of_a_story_is_notified_of_its_mentions() -> None:
    author, friend, follower, hidden = a_user(), a_user(), a_user(), a_user()
    for_all, for_friends = a_story(author), a_story(author, close_friends_only=True)
    connect(author, "close_friend", friend)
    connect(author, "hides_story_from", hidden)
    consume(
        *(
            StoryMentioned(story_id, author.user_id, author.username, reader.user_id, AT)
            for story_id in (for_all, for_friends)
            for reader in (friend, follower, hidden)
        )
    )
    assert stored(friend) == ["story.mentioned", "story.mentioned"]
    assert stored(follower) == ["story.mentioned"]
    assert stored(hidden) == []
    [shape] = page_of(follower.user_id, 20, None)[0]
    assert shape["message"] == f"{author.username} mentioned you in a story"
    about = {"story_id": for_all, "can_add_to_story": False}  # its caption mentions no one
    assert (shape["kind"], shape["metadata"]) == ("MENTION", about)
    connect(author, "hides_story_from", follower)
    assert listed(follower) == [], "the entry is hidden with the story"


def test_a_mention_says_whether_the_story_may_be_added_to_ones_own() -> None:
    author, reader = a_user(), a_user()
    story_id = a_story(author, mentions=[reader.user_id])
    consume(StoryMentioned(story_id, author.user_id, author.username, reader.user_id, AT))
    [shape] = page_of(reader.user_id, 20, None).shapes
    assert shape["metadata"] == {"story_id": story_id, "can_add_to_story": True}
    with stop_at(now() + 86400):
        [shape] = page_of(reader.user_id, 20, None).shapes
    assert shape["metadata"]["can_add_to_story"] is False


def test_likes_of_ones_own_story_are_listed_unless_it_is_deleted() -> None:
    author, fan = a_user(), a_user()
    story_id = a_story(author)
    consume(StoryLiked(story_id, author.user_id, fan.user_id, fan.username, AT))
    assert listed(author) == ["story.liked"]
    Story(author.user_id, story_id).update(actions=[Story.deleted_at.set(AT)])
    assert listed(author) == []
    Story(author.user_id, story_id).update(actions=[Story.deleted_at.remove()])
    assert listed(author) == ["story.liked"]


def test_the_whole_batch_takes_one_read_and_one_write(aws: MemoryAws) -> None:
    author, writer = a_user(), a_user()
    aws.calls.clear()
    consume(*(commented(writer, new_id(), author) for _ in range(10)))
    assert list(aws.calls) == ["dynamodb.BatchGetItem", "dynamodb.TransactWriteItems"]


def test_an_event_whose_entry_cannot_be_written_is_reported_as_failed(aws: MemoryAws) -> None:
    author, parent, writer = a_user(), a_user(), a_user()
    post_id = a_post(author)
    aws.fail("dynamodb.TransactWriteItems", "InternalServerError", status=500)
    answer = consume(commented(writer, post_id, author, parent=parent))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}


def test_an_event_that_is_not_handled_fails_alone() -> None:
    author, writer = a_user(), a_user()
    event = UserFollowed(writer.user_id, writer.username, author.user_id, AT)
    answer = consume(PostDeleted(new_id(), author.user_id), event)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert stored(author) == ["user.followed"]
