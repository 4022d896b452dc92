"""How an account becomes a celebrity, and how its followers' edges are marked."""

import json
from typing import Any

import pytest

from shared.aws.clients import client
from tests.support.events import load_event
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join, as_caller, draw
from users import celebrities, follows
from users.mark_celebrity import app as mark_app
from users.models import Relationship, User, edge
from users.on_users_changed import app as stream_app
from users.public import following_celebrities


def jobs(aws: MemoryAws) -> list[dict[str, Any]]:
    found = [json.loads(body) for body in aws.sent.get("celebrities", [])]
    aws.sent.clear()
    return found


def do(job: dict[str, Any]) -> None:
    event = load_event("users", "mark_celebrity")
    event["Records"][0]["body"] = json.dumps(job)
    assert mark_app(event, None) == {"batchItemFailures": []}


def do_all(aws: MemoryAws) -> list[str]:
    """Do all queued jobs, and the jobs that they queue; return their steps."""
    steps = []
    while found := jobs(aws):
        for job in found:
            steps.append(job["step"])
            do(job)
    return steps


def grow(user: User, before: int, after: int) -> None:
    """Deliver a change of the follower count to the stream's Lambda."""
    event = load_event("users", "on_users_changed")
    record = event["Records"][0]
    record["eventSourceARN"] = record["eventSourceARN"].replace("relationships", "users")
    images = []
    for count in (before, after):
        user.follower_count = count
        images.append(user.serialize())
    record["dynamodb"] |= {"OldImage": images[0], "NewImage": images[1]}
    assert stream_app({"Records": [record]}, None) == {"batchItemFailures": []}


def stored(user: User) -> User:
    found = User.find(user.user_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "after", "since", "is_announced"),
    [
        (2, 3, None, False),
        (3, 4, None, True),
        (4, 5, None, True),  # not announced yet
        (3, 4, "2026-01-01T00:00:00.000Z", False),
        (5, 2, None, False),
    ],
)
def test_when_an_account_becomes_a_celebrity(
    before: int, after: int, since: str | None, is_announced: bool, aws: MemoryAws, join: Join
) -> None:
    star = join("star", celebrity_since=since)
    grow(star, before, after)
    assert jobs(aws) == ([{"user_id": star.user_id, "step": "announce"}] if is_announced else [])


def test_all_followers_are_marked_page_by_page_before_the_fan_out_ends(
    aws: MemoryAws, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(celebrities, "PAGE", 2)
    star, former = join("star"), join("former")
    fans = [join(f"fan{index}") for index in range(5)]
    for fan in (*fans, former):
        follows.begin(as_caller(fan), star)
    follows.end(former.user_id, star.user_id)
    do({"user_id": star.user_id, "step": "announce"})
    assert stored(star).celebrity_since
    assert not stored(star).is_pulled
    late = join("late")
    follows.begin(as_caller(late), stored(star))
    assert following_celebrities(late.user_id) == [star.user_id]
    assert set(do_all(aws)) == {"mark"}
    assert stored(star).is_pulled
    assert all(following_celebrities(fan.user_id) == [star.user_id] for fan in (*fans, late))
    assert following_celebrities(former.user_id) == []


def test_marking_waits_for_requests_that_read_the_older_account(aws: MemoryAws, join: Join) -> None:
    delays = []

    def listen(request: Any, **_: Any) -> None:
        delays.extend(entry["DelaySeconds"] for entry in json.loads(request.body)["Entries"])

    sqs = client("sqs").meta.events
    sqs.register_first("before-send.sqs.SendMessageBatch", listen)
    try:
        do({"user_id": join("star").user_id, "step": "announce"})
    finally:
        sqs.unregister("before-send.sqs.SendMessageBatch", listen)
    assert delays == [celebrities.GRACE]


def test_repeated_jobs_change_nothing(aws: MemoryAws, join: Join) -> None:
    star, fan = join("star"), join("fan")
    follows.begin(as_caller(fan), star)
    do({"user_id": star.user_id, "step": "announce"})
    do_all(aws)
    before = stored(star).serialize()
    do({"user_id": star.user_id, "step": "announce"})
    do_all(aws)
    assert stored(star).serialize() == before
    assert following_celebrities(fan.user_id) == [star.user_id]


def test_an_edge_that_ends_during_the_marking_is_not_marked(aws: MemoryAws, join: Join) -> None:
    star, gone = join("star"), join("gone")
    # As if the page was read before: the mirror is still active, the edge has ended.
    draw("followed_by", star, gone)
    draw("follows", gone, star, is_active=False)
    do({"user_id": star.user_id, "step": "mark", "after": None})
    kept = Relationship.find(gone.user_id, edge("follows", star.user_id))
    assert kept is not None
    assert kept.celebrity_id is None
    assert stored(star).is_pulled


def test_jobs_of_a_deleted_account_do_nothing(aws: MemoryAws) -> None:
    for job in ({"step": "announce"}, {"step": "mark", "after": None}):
        do({"user_id": "0" * 26, **job})
    assert aws.dynamo.items("hoshi-users") == []
    assert jobs(aws) == []
