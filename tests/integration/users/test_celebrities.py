"""An account that becomes a celebrity on real tables and a real queue."""

import json
import time

from shared.aws.clients import client
from shared.messaging.queues import queue_url
from tests.integration.users.conftest import Join, as_caller, stored
from tests.support.events import load_event
from users import celebrities, follows
from users.mark_celebrity import app
from users.public import following_celebrities


def test_existing_followers_are_marked(join: Join) -> None:
    star, fans = join("star"), [join("fan") for _ in range(3)]
    for fan in fans:
        follows.begin(as_caller(fan), star)
    for job in (
        {"user_id": star.user_id, "step": "announce"},
        {"user_id": star.user_id, "step": "mark", "after": None},
    ):
        event = load_event("users", "mark_celebrity")
        event["Records"][0]["body"] = json.dumps(job)
        assert app(event, None) == {"batchItemFailures": []}
    assert stored(star).celebrity_since
    assert stored(star).is_pulled
    assert [following_celebrities(fan.user_id) for fan in fans] == [[star.user_id]] * 3


def test_the_marking_is_delayed_in_the_queue(join: Join) -> None:
    url = queue_url(celebrities.QUEUE)
    client("sqs").purge_queue(QueueUrl=url)
    celebrities.announce(join("star").user_id)
    names: list[str] = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesDelayed",
    ]
    deadline = time.monotonic() + 5
    waiting: list[str] = []
    while waiting != ["0", "1"] and time.monotonic() < deadline:
        answer = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)  # type: ignore[arg-type]
        waiting = [answer["Attributes"][name] for name in names]  # type: ignore[index]
    assert waiting == ["0", "1"]
