"""What a request costs: processor time against a bare boto3 handler, AWS calls, capacity units."""

import importlib
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import boto3

from tests.bench.memory import Recording, recorded, replayed
from tests.bench.network import Context, event_for, follow_many, people, silently
from tests.bench.report import Row
from tests.e2e.client import Person, wait_for
from tests.e2e.conftest import Deployed

ROUNDS, CALLS = 15, 40  # alternating, so that what else the machine does hits both alike
CPU_BUDGET = 0.9
CALLS_BUDGET = {"posts/like_post": 3, "users/follow_user": 3, "feeds/get_home_feed": 5}


def measure(stack: Deployed) -> list[Row]:
    """Like, get post and home feed against the bare handler; calls and capacity of these and more."""
    author, reader, other = people(stack, 3)
    reader.expect(200, "POST", f"/users/{author.id}/follow")
    posts = [
        author.expect(201, "POST", "/posts", {"content": f"Post {number} #bench"})["id"]
        for number in range(25)
    ]
    wait_for(lambda: len(reader.get("/feed/home?limit=25")["posts"]) == 25, "a full feed")
    path = {"post_id": posts[0]}
    rows = []
    feed = None
    for name, event in [
        ("posts/like_post", event_for("posts/like_post", reader, path)),
        ("posts/get_post", event_for("posts/get_post", reader, path)),
        ("feeds/get_home_feed", event_for("feeds/get_home_feed", reader)),
        ("users/follow_user", event_for("users/follow_user", other, {"user": author.id})),
        ("users/get_profile", event_for("users/get_profile", reader, {"user": author.id})),
        ("posts/create_post", event_for("posts/create_post", author, None, {"content": "More"})),
        (
            "notifications/list_notifications",
            event_for("notifications/list_notifications", author),
        ),
    ]:
        recording, body = run_once(name, event)
        rows += costs(name, recording)
        if name in ("posts/like_post", "posts/get_post", "feeds/get_home_feed"):
            rows.append(processor_time(name, event, recording, body))
        if name == "feeds/get_home_feed":
            feed = recording
    assert feed is not None
    rows.append(feed_of_many_follows(stack, reader, feed))
    return rows


def run_once(name: str, event: dict[str, Any]) -> tuple[Recording, Any]:
    """One real run on the emulator, noted down; the second one, when everything is imported."""
    from shared.aws import client

    handler = _handler(name)
    if name not in ("posts/create_post", "users/follow_user"):
        silently(lambda: handler(event, Context()))
    with recorded(client("dynamodb")) as recording:
        answer = silently(lambda: handler(event, Context()))
    assert answer["statusCode"] < 300, f"{name}: {answer}"
    return recording, json.loads(answer["body"])


def costs(name: str, recording: Recording) -> list[Row]:
    budget = CALLS_BUDGET.get(name)
    number = len(recording.calls)
    names = " ".join(operation for _, operation, _ in recording.calls)
    units = recording.capacity
    return [
        Row(
            f"{name}: AWS calls",
            f"{number} ({names})",
            f"≤ {budget}" if budget else "",
            number <= budget if budget else None,
        ),
        Row(f"{name}: capacity units", f"{units['read']:g} read, {units['write']:g} write"),
    ]


def processor_time(name: str, event: dict[str, Any], recording: Recording, body: Any) -> Row:
    """The handler against one that makes the same calls with a default boto3 client and does no more."""
    from shared.aws import client

    ours, bare_client = client("dynamodb"), boto3.client("dynamodb")
    handler = _handler(name)
    text = json.dumps(event)

    def run_ours() -> None:
        handler(json.loads(text), Context())

    def run_bare() -> None:
        json.loads(text)
        for _, operation, parameters in recording.calls:
            bare_client._make_api_call(operation, parameters)
        json.dumps({"statusCode": 200, "body": json.dumps(body)})

    with replayed(recording, ours, bare_client):
        ratio, ours_ms = silently(lambda: compare(run_ours, run_bare))
    figure = f"{ratio:.2f} × bare ({ours_ms:.2f} ms of processor time)"
    return Row(f"{name}: processor time", figure, f"≤ {CPU_BUDGET} ×", ratio <= CPU_BUDGET)


def compare(ours: Callable[[], None], reference: Callable[[], None]) -> tuple[float, float]:
    """The ratio of processor times, and ours in milliseconds per call: medians of alternating rounds."""
    for run in (ours, reference):
        for _ in range(CALLS):
            run()
    pairs = [(_seconds(ours), _seconds(reference)) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    return ratio, statistics.median(mine for mine, _ in pairs) / CALLS * 1000


def feed_of_many_follows(stack: Deployed, reader: Person, few: Recording) -> Row:
    """The same page once its reader follows 5,000 people more."""
    follow_many(stack, reader, 5000)
    many, _ = run_once("feeds/get_home_feed", event_for("feeds/get_home_feed", reader))
    ratio = many.capacity["read"] / few.capacity["read"]
    figure = (
        f"{ratio:.2f} × the page of 1 follow ({few.capacity['read']:g} → {many.capacity['read']:g}"
        f" units, {len(few.calls)} → {len(many.calls)} calls)"
    )
    same = 0.9 <= ratio <= 1.1 and len(many.calls) == len(few.calls)
    return Row("home feed page with 5,001 follows", figure, "1 × ± 10 %", same)


def _seconds(run: Callable[[], None]) -> float:
    before = time.process_time()
    for _ in range(CALLS):
        run()
    return time.process_time() - before


def _handler(name: str) -> Any:
    return importlib.import_module(name.replace("/", ".")).app
