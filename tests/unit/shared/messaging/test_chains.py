"""Chains do pages while their Lambda has time, and end when they make no progress."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from shared.aws.clients import client
from shared.messaging import chains
from shared.messaging.chains import MARGIN, NoProgress, do_pages, follow_pages
from shared.messaging.queues import Consumer, consumer, send_rest
from tests.bench.memory import noted
from tests.support.memory_aws import MemoryAws
from tests.unit.conftest import Log


class Clock:
    """The context of a Lambda on a simulated clock."""

    def __init__(self, *left: int) -> None:
        self._left = list(left)

    def get_remaining_time_in_millis(self) -> int:
        return self._left.pop(0)


class Pages:
    """A list of pages; asks nothing of AWS."""

    def __init__(self, count: int) -> None:
        self.left = count
        self.done = 0

    def do(self) -> chains.Place:
        self.left -= 1
        self.done += 1
        return {"page": str(self.left)} if self.left else None


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits, none of which takes time."""
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    return waits


@pytest.mark.parametrize(
    ("left", "done"),
    [
        ([MARGIN], 1),  # the page that is always done
        ([MARGIN + 1, MARGIN], 2),
        ([MARGIN + 2, MARGIN + 1, MARGIN], 3),
        ([60_000] * 9, 10),  # all of them
    ],
)
def test_pages_are_done_until_the_margin_is_reached(left: Sequence[int], done: int) -> None:
    pages = Pages(10)
    with chains.handling({}, Clock(*left)):
        assert do_pages(pages.do) is (done < 10)
    assert pages.done == done


def test_a_step_that_is_finished_does_not_take_the_turn_of_the_next_one() -> None:
    first, second, third = Pages(1), Pages(3), Pages(3)
    with chains.handling({}, Clock(MARGIN, MARGIN)):
        assert [do_pages(each.do) for each in (first, second, third)] == [False, True, True]
    assert [each.done for each in (first, second, third)] == [1, 1, 0]


def test_pages_go_on_behind_the_last_one() -> None:
    places = []

    def page(after: dict[str, Any] | None) -> chains.Place:
        places.append(after)
        return {"id": len(places)} if len(places) < 4 else None

    with chains.handling({}, Clock(60_000, MARGIN)):
        following = follow_pages(page)
    assert following == {"id": 2}
    assert follow_pages(page, following) is None
    assert places == [None, {"id": 1}, {"id": 2}, {"id": 3}]


def test_a_place_that_no_page_reached_is_not_the_end() -> None:
    with chains.handling({}, Clock(MARGIN, MARGIN, MARGIN)):
        assert do_pages(Pages(2).do)
        assert follow_pages(lambda after: None) is not None
        assert follow_pages(lambda after: None, {"id": "a"}) == {"id": "a"}


def test_an_index_that_lags_is_waited_for(waited: list[float]) -> None:
    answers: list[chains.Place] = [["a"], ["a"], ["a"], ["b"], None]
    assert do_pages(lambda: answers.pop(0)) is False
    assert len(waited) == 2


def test_a_message_does_not_wait_for_ever(waited: list[float]) -> None:
    assert do_pages(lambda: ["a"]) is True
    assert len(waited) < 10


def chain(step: Callable[[], chains.Place]) -> Consumer:
    app = consumer()

    @app.on_job
    def work(job: dict[str, Any], record: dict[str, Any]) -> None:
        if do_pages(step):
            send_rest("deleted-groups", "{}")

    return app


def follow(app: Consumer, aws: MemoryAws, most: int = 20) -> list[bool]:
    """Deliver message after message of a chain; return which ones failed."""
    failed: list[bool] = []
    attributes: dict[str, Any] = {}
    while len(failed) < most:
        record = {"messageId": "m", "body": "{}", "messageAttributes": attributes}
        with noted(client("sqs")) as calls:
            answer = app({"Records": [record]}, Clock(*[MARGIN] * 9))
        failed.append(bool(answer["batchItemFailures"]))
        if not calls:
            break
        [entry] = calls[0].parameters["Entries"]
        attributes = {
            name: {"stringValue": value["StringValue"], "dataType": value["DataType"]}
            for name, value in entry["MessageAttributes"].items()
        }
    return failed


def test_a_chain_goes_on_for_as_long_as_it_makes_progress(aws: MemoryAws) -> None:
    assert follow(chain(Pages(12).do), aws) == [False] * 12


def test_a_chain_that_makes_none_ends(aws: MemoryAws, log: Log) -> None:
    """Its message fails, and is at last in the dead-letter queue, which has an alarm."""
    assert follow(chain(lambda: {"page": "1"}), aws) == [False, True]
    assert NoProgress.__name__ in log.text


def test_a_chain_inside_another_makes_progress_for_both(aws: MemoryAws) -> None:
    """The outer place is the same until the inner pages are done."""
    inner = Pages(5)
    assert follow(chain(lambda: ["post"] if do_pages(inner.do) else None), aws) == [False] * 5


def test_a_message_that_has_ended_leaves_its_time_to_no_one() -> None:
    """Consumers of a test run at the same time, and end in any order."""
    first, second = (chains.handling({}, Clock(MARGIN, MARGIN)) for _ in range(2))
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    pages = Pages(10)
    assert do_pages(pages.do) is False
    assert pages.done == 10
