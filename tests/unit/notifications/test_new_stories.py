"""story.created: followers in the story's audience are notified, within bounds."""

import json
from typing import Any

import pytest

from notifications import notify_followers, on_story_created, story_jobs
from notifications.edit_preferences import app as preferences_app
from notifications.models import Notification, NotificationStats
from notifications.visible_notifications import page_of
from shared.access.caller import Caller
from shared.aws.clients import client
from shared.clock import timestamp
from shared.events.envelopes import Envelope
from shared.events.stories import StoryCreated
from stories import delete_story, restore_story
from stories.models import Story
from tests.bench.memory import noted
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.lambda_time import TimeLeft
from tests.support.memory_aws import MemoryAws
from tests.support.posts import connect
from tests.support.stories import a_story, on_story, stored
from users.models import Relationship, User, edge

MANY = 201  # followers, from which on only those are notified who asked


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws) -> None:
    """AWS in memory."""


def a_follower(author: Caller, asks: bool | None = None) -> Caller:
    person = a_user()
    connect(person, "follows", author)
    follow = Relationship(person.user_id, edge("follows", author.user_id))
    if asks is not None:
        follow.update(actions=[Relationship.notify_stories.set(asks)])
    if asks:
        follow.update(actions=[Relationship.notified_by.set(author.user_id)])
    return person


def consume(app: Any, *bodies: str, pages: int = 1_000) -> None:
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    assert app({"Records": records}, TimeLeft(pages)) == {"batchItemFailures": []}


def jobs(aws: MemoryAws, author: Caller, story_id: str, pages: int = 1_000) -> list[str]:
    """The jobs that a new story makes."""
    story = stored(author, story_id)
    event = StoryCreated(
        *(story_id, author.user_id, author.username), story.close_friends_only, story.created_at
    )
    consume(
        on_story_created.app, Envelope("record-0", timestamp(), None, event).to_json(), pages=pages
    )
    return aws.sent.pop("story-notifications", [])


def announce(aws: MemoryAws, author: Caller, **given: Any) -> str:
    """Publish a story, and notify its audience."""
    story_id = a_story(author, **given)
    consume(notify_followers.app, *jobs(aws, author, story_id))
    return story_id


def notified(*people: Caller) -> list[bool]:
    """Who has exactly one entry, and who none."""
    counts = [len(list(Notification.query(person.user_id))) for person in people]
    assert set(counts) <= {0, 1}
    return [count == 1 for count in counts]


def listed(reader: Caller) -> list[str]:
    return [shape["message"] for shape in page_of(reader.user_id, 20, None).shapes]


def test_a_follower_is_notified_once(aws: MemoryAws) -> None:
    author = a_user()
    reader, other = a_follower(author), a_user()
    NotificationStats(reader.user_id, read_epoch=3).save()
    story_id = a_story(author)
    for _ in range(2):  # delivered twice
        for job in jobs(aws, author, story_id):
            consume(notify_followers.app, job, job)
    [entry] = Notification.query(reader.user_id)
    assert (entry.type, entry.entity_id, entry.actor_id) == (
        "story.created",
        story_id,
        author.user_id,
    )
    assert (entry.actor_username, entry.read_epoch) == (author.username, 3)
    assert entry.created_at == stored(author, story_id).created_at
    assert listed(reader) == [f"{author.username} added a story"]
    assert notified(other, author) == [False, False]


def test_one_story_makes_few_entries_that_nobody_asked_for(aws: MemoryAws) -> None:
    author = a_user(follower_count=MANY)
    default, asking, refusing = (a_follower(author, asks) for asks in (None, True, False))
    announce(aws, author)
    assert notified(default, asking, refusing) == [False, True, False]
    User(author.user_id).update(actions=[User.follower_count.set(MANY - 1)])
    announce(aws, author)
    assert len(list(Notification.query(asking.user_id))) == 2
    assert notified(default, refusing) == [True, False]


def test_every_page_of_followers_is_one_job(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story_jobs, "PAGE", 2)
    author = a_user()
    people = [a_follower(author) for _ in range(5)]
    found = jobs(aws, author, a_story(author))
    assert [len(json.loads(job)["user_ids"]) for job in found] == [2, 2, 1]
    consume(notify_followers.app, *found)
    assert notified(*people) == [True] * 5


def test_a_story_that_has_just_become_ready_is_announced(aws: MemoryAws) -> None:
    author = a_user()
    a_follower(author)
    found = jobs(aws, author, a_story(author))
    with noted(client("dynamodb")) as calls:
        consume(notify_followers.app, *found)
    reads = [
        given["ConsistentRead"]
        for call in calls
        if call.operation == "BatchGetItem"
        for table, given in call.parameters["RequestItems"].items()
        if table == "hoshi-stories"
    ]
    assert reads == [True]


def test_what_one_message_does_not_finish_is_left_to_another(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many have asked for an author's stories."""
    monkeypatch.setattr(story_jobs, "PAGE", 2)
    author = a_user(follower_count=MANY)
    people = [a_follower(author, asks=True) for _ in range(9)]
    messages = [jobs(aws, author, a_story(author), pages=2)]
    while messages[-1]:
        consume(notify_followers.app, *messages[-1], pages=2)
        messages.append(aws.sent.pop("story-notifications", []))
    found = [[len(json.loads(job).get("user_ids", ())) for job in each] for each in messages]
    assert found == [[2, 2, 0], [2, 2, 0], [1], []]
    assert notified(*people) == [True] * 9


def test_only_its_audience_is_notified(aws: MemoryAws) -> None:
    author = a_user()
    follower, friend, hidden, blocked, blocking, muting = (
        a_follower(author, asks=True) for _ in range(6)
    )
    connect(author, "close_friend", friend)
    connect(author, "hides_story_from", hidden)
    connect(author, "blocks", blocked)
    connect(blocking, "blocks", author)
    connect(muting, "mutes", author)
    everybody = (follower, friend, hidden, blocked, blocking, muting)
    announce(aws, author, close_friends_only=True)
    assert notified(*everybody) == [False, True, False, False, False, False]
    announce(aws, author)
    counts = [len(list(Notification.query(person.user_id))) for person in everybody]
    assert counts == [1, 2, 0, 0, 0, 0]


def test_a_story_for_close_friends_asks_about_them_alone(aws: MemoryAws) -> None:
    author = a_user(follower_count=MANY)
    friend, silent = a_follower(author, asks=True), a_follower(author)
    others = [a_follower(author, asks=True) for _ in range(3)]
    for each in (friend, silent):
        connect(author, "close_friend", each)
    found = jobs(aws, author, a_story(author, close_friends_only=True))
    assert [sorted(json.loads(job)["user_ids"]) for job in found] == [
        sorted([friend.user_id, silent.user_id])
    ]
    consume(notify_followers.app, *found)
    assert notified(friend, silent, *others) == [True, False, False, False, False]


def test_who_unfollowed_before_the_job_ran_is_not_notified(aws: MemoryAws) -> None:
    author = a_user()
    reader = a_follower(author, asks=True)
    story_id = a_story(author)
    found = jobs(aws, author, story_id)
    Relationship(reader.user_id, edge("follows", author.user_id)).update(
        actions=[Relationship.is_active.set(False)]
    )
    consume(notify_followers.app, *found)
    assert notified(reader) == [False]


@pytest.mark.parametrize("gone", ["story", "author", "deleted"])
def test_a_story_that_is_gone_is_not_announced(aws: MemoryAws, gone: str) -> None:
    author = a_user()
    reader = a_follower(author)
    story_id = a_story(author)
    found = jobs(aws, author, story_id)
    if gone == "story":
        Story(author.user_id, story_id).delete()
    elif gone == "author":
        User(author.user_id).delete()
    else:
        on_story(delete_story, "DELETE", author, story_id)
    consume(notify_followers.app, *found)
    assert notified(reader) == [False]


def test_the_type_can_be_switched_off(aws: MemoryAws) -> None:
    author = a_user()
    reader = a_follower(author, asks=True)
    body = {"types": {"story.created": False}}
    event = gateway_event("PUT /settings/notifications", caller=reader, body=body)
    assert preferences_app(event, LambdaContext())["statusCode"] == 200
    announce(aws, author)
    assert notified(reader) == [False]


def test_an_entry_is_listed_while_the_story_may_be_seen(aws: MemoryAws) -> None:
    author = a_user()
    reader = a_follower(author)
    story_id = announce(aws, author)
    assert len(listed(reader)) == 1
    on_story(delete_story, "DELETE", author, story_id)
    assert listed(reader) == []
    on_story(restore_story, "POST /restore", author, story_id)
    assert len(listed(reader)) == 1
    connect(author, "hides_story_from", reader)
    assert listed(reader) == []


def test_what_is_not_written_is_tried_again(aws: MemoryAws) -> None:
    author = a_user()
    a_follower(author)
    [job] = jobs(aws, author, a_story(author))
    aws.fail("dynamodb.TransactWriteItems", "ThrottlingException")
    answer = notify_followers.app({"Records": [{"messageId": "1", "body": job}]}, LambdaContext())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
