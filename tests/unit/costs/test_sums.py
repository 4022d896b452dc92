"""What something costs, against sums that were worked by hand."""

import re

import pytest

from infra.costs.network import bill
from infra.costs.prices import PRICES, dollars, per_million
from infra.costs.reels import Way
from infra.costs.runs import Measured, Run, billed_ms, class_of, cost, memory
from infra.costs.usage import CALLS, Size, fixed_costs
from infra.generated import ROOT

PAGE = ROOT / "docs" / "costs.md"

# A request of 512 MB with three calls of DynamoDB, and a consumer that SQS starts.
LIKE = Measured(
    Run(
        "posts/like_post",
        {"dynamodb.UpdateItem": 1, "dynamodb.BatchGetItem": 1, "dynamodb.PutItem": 1},
        {"http_requests": 1, "read_units": 2, "write_units": 4},
    ),
    (
        Run(
            "notifications/on_event",
            {"dynamodb.TransactWriteItems": 1, "sns.PublishBatch": 1},
            {"write_units": 2, "queue_requests": 3, "topic_requests": 1},
        ),
    ),
)
PROCESSOR_MS = {"posts/like_post": 5.0, "notifications/on_event": 2.0}


def test_an_invocation_is_billed_for_its_code_on_a_part_of_a_processor_and_for_waiting() -> None:
    # 5 ms × 1769/512 = 17.3 ms and three calls of 5 ms; 2 ms × 1769/512 = 6.9 ms, 5 ms and 15 ms.
    assert billed_ms(LIKE.request, PROCESSOR_MS) == 33
    assert billed_ms(LIKE.wake[0], PROCESSOR_MS) == 27


def test_a_request_costs_what_it_asks_for_and_what_follows_from_it() -> None:
    spent = cost(LIKE, PROCESSOR_MS)

    own = 3.50 + 2 * 0.125 + 4 * 0.625 + 0.20 + 0.033 * 0.5 * 16.6667 + 0.5 * 0.5 + 0.05 * 5
    after = 2 * 0.625 + 3 * 0.40 + 0.50 + 0.20 + 0.027 * 0.5 * 16.6667 + 0.5 * 0.5
    assert per_million(spent.own) == pytest.approx(own)
    assert per_million(spent.wake) == pytest.approx(after)
    assert spent.per_million == pytest.approx(own + after)


def test_a_reel_is_encoded_once_stored_for_a_year_and_delivered_for_each_view() -> None:
    encoding, stored, delivered = Way("a reel", 17.0, (6.0, 3.0, 1.0)).dollars(100)
    # 17 s × 1769/3008 = 10 s of 2.94 GB; 10 MB for twelve months; 6 MB and one GET for each view.
    assert encoding == pytest.approx(10 * 2.9375 * 0.0000166667, rel=0.001)
    assert stored == pytest.approx(12 * 0.010 * 0.023)
    assert delivered == pytest.approx(100 * (0.006 * 0.09 + 0.0000004))


def test_large_quantities_are_cheaper_by_steps() -> None:
    # 333 million at 3.50, 667 million at 2.80, 500 million at 2.38.
    assert PRICES["http_requests"].of(1.5e9) == pytest.approx(1165.5 + 1867.6 + 1190)
    assert dollars({"traffic_gb": 20_480}) == pytest.approx(10_240 * 0.09 + 10_240 * 0.085)
    assert per_million({"http_requests": 1}) == 3.50


def test_a_network_pays_for_its_calls_and_for_what_stands_there() -> None:
    size = Size(users=1000, cold=0)
    costs = {"posts/like_post": cost(LIKE, PROCESSOR_MS)}

    billed = bill(size, costs).billed

    likes = 1000 * CALLS["posts/like_post"]
    assert billed["http_requests"] == likes
    assert billed["write_units"] == 6 * likes
    assert billed["queue_requests"] == 3 * likes + fixed_costs()["queue_requests"]
    assert billed["alarms"] == fixed_costs()["alarms"] > 0


def test_a_time_stays_in_its_class_while_it_is_near() -> None:
    assert class_of(4.0) == 5
    assert class_of(6.9, before=5) == 5
    assert class_of(8.0, before=5) == 10
    assert class_of(2.4, before=5) == 5
    assert class_of(1.2, before=5) == 1.5


def test_the_page_adds_up_for_a_like() -> None:
    """The figures that the page gives for its example, added up here again."""
    page = PAGE.read_text()
    example = page.partition("## One of them in full")[2].partition("## How")[0]
    runs = re.findall(
        r"^\| `([\w/]+)` \| .* \| ([\d.]+) \+ ([\d.]+) \| (\d+) \|$", example, re.MULTILINE
    )
    assert len(runs) > 1, "a like is counted and published by Lambdas of its own"
    reads = sum(float(read) for _, read, _, _ in runs)
    writes = sum(float(write) for _, _, write, _ in runs)
    gb_seconds = sum(memory(name) * int(ms) for name, _, _, ms in runs) / 1024 / 1000
    calls = " ".join(re.findall(r"^\| `[\w/]+` \| (.*?) \|", example, re.MULTILINE))
    published = calls.count("PublishBatch")
    queued = _figure(example, "standard queue requests of 64 KB")
    assert queued >= 3, "one message to send, receive and delete at least"

    together = (
        3.50
        + reads * 0.125
        + writes * 0.625
        + len(runs) * 0.20
        + gb_seconds * 16.6667
        + len(runs) * 0.5 * 0.50
        + 0.05 * 5
        + published * 0.50
        + queued * 0.40
    )

    row = re.search(r"^\| `POST /posts/{post_id}/like` .* \| ([\d.]+) \|$", page, re.MULTILINE)
    assert row
    assert float(row[1]) == pytest.approx(together, abs=0.011)


def _figure(example: str, what: str) -> float:
    """How many of something a single like takes."""
    found = re.search(rf"\| {re.escape(what)} \| ([\de+.,]+) \|", example)
    assert found, what
    return float(found[1].replace(",", "")) / 1e6
