"""Erasing in steps: the next message goes on with the rest, however often a handler is cut off."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.clock import stop_at, timestamp
from shared.events.envelopes import Envelope
from shared.events.users import UserErased
from shared.lifecycle.erasure import Erasure, erasure
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place
from tests.support.lambda_time import TimeLeft
from tests.support.memory_aws import MemoryAws
from tests.support.models import Like

GONE = "01KAEJ8V0M3Z5Q9W2X7Y4T6R1B"


@pytest.fixture
def app() -> Erasure:
    return erasure("posts")


def erased(at: float) -> str:
    return Envelope("record-0", timestamp(at), None, UserErased(GONE)).to_json()


def take(app: Erasure, body: str, pages: int = 1_000) -> list[dict[str, str]]:
    record = {"messageId": "message", "body": body}
    answer = app({"Records": [record]}, TimeLeft(pages))
    failures: list[dict[str, str]] = answer["batchItemFailures"]
    return failures


def test_every_step_is_done_until_nothing_is_left(
    aws: MemoryAws, app: Erasure, noon: float
) -> None:
    left = {"posts": 3, "likes": 1}
    done: list[str] = []

    def eraser(name: str) -> Callable[[str], Place]:
        def erase(user_id: str) -> Place:
            assert user_id == GONE
            done.append(name)
            left[name] -= 1
            return [str(left[name])] if left[name] else None

        return erase

    app.step(eraser("posts"))
    app.step(eraser("likes"))
    assert take(app, erased(noon - 3600)) == []
    assert done == ["posts", "posts", "posts", "likes"]
    assert aws.sent == {}


def test_what_does_not_fit_into_one_message_is_left_to_the_next(
    aws: MemoryAws, app: Erasure, noon: float
) -> None:
    pages = 50

    @app.step
    def erase(user_id: str) -> Place:
        nonlocal pages
        pages -= 1
        return [str(pages)] if pages else None

    body, messages = erased(noon - 3600), 0
    while True:
        assert take(app, body, pages=20) == []
        messages += 1
        queued = aws.sent.pop("posts-user-erased", [])
        if not queued:
            break
        [body] = queued
    assert pages == 0
    assert messages == 3


def test_later_steps_wait_until_the_earlier_ones_are_done(
    aws: MemoryAws, app: Erasure, noon: float
) -> None:
    app.step(lambda _: ["more"])
    app.step(lambda _: pytest.fail("what the first one leads to is still needed"))
    assert take(app, erased(noon), pages=1) == []
    assert len(aws.sent["posts-user-erased"]) == 1


def test_a_second_look_finds_what_was_on_its_way(aws: MemoryAws, app: Erasure, noon: float) -> None:
    looks = []
    app.step(looks.append)
    assert take(app, erased(noon)) == []
    [again] = aws.sent.pop("posts-user-erased")
    assert json.loads(again)["data"] == {"user_id": GONE}
    with stop_at(noon + 900):
        assert take(app, again) == []
    assert looks == [GONE, GONE]
    assert aws.sent == {}, "two looks are enough"


def test_after_a_failure_the_message_is_delivered_again(
    aws: MemoryAws, app: Erasure, noon: float
) -> None:
    app.step(lambda user_id: delete_page(Like, "post"))
    Like("post", GONE).save()
    aws.fail("dynamodb.BatchWriteItem", "ProvisionedThroughputExceededException", times=3)
    assert take(app, erased(noon)) == [{"itemIdentifier": "message"}]
    assert take(app, erased(noon)) == []
    assert aws.dynamo.items("hoshi-likes") == []


def test_a_page_of_a_table_and_of_an_index(aws: MemoryAws) -> None:
    for number in range(300):
        Like("post", f"user-{number}").save()
        Like(f"post-{number}", GONE).save()
    assert delete_page(Like, "post")
    assert delete_page(Like, "post") is None
    assert delete_page(Like.by_user, GONE)
    assert delete_page(Like.by_user, GONE) is None
    assert aws.dynamo.items("hoshi-likes") == []


def test_nothing_left_is_nothing_to_do(aws: MemoryAws) -> None:
    found: Any = delete_page(Like, "no such user")
    assert found is None
