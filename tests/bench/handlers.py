"""What a request costs: processor time against a bare boto3 handler, AWS calls, capacity units."""

import importlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.access.caller import Caller
from shared.clock import now, stop_at
from tests.bench.capacity import Capacity, consumed
from tests.bench.memory import Bare, Recording, noted, recorded, replayed
from tests.bench.network import Network, clients, event_for, follow_many, mark_celebrities
from tests.bench.report import Row
from tests.bench.timing import compare, silence
from tests.e2e.client import PASSWORD
from tests.integration.posts.world import a_user, consume, event
from tests.support.gateway import LambdaContext

CPU_BUDGET = 0.9
# Calls that follow one another; what is asked at the same time is one step.
MOST_STEPS = {
    "posts/like_post": 3,
    "posts/create_comment": 3,
    "users/follow_user": 3,
    "feeds/get_home_feed": 5,
}
FOLLOWS, CELEBRITIES = 5000, 3


@dataclass(frozen=True)
class Case:
    """A request to measure, and one like it that warms the process up."""

    function: str
    event: dict[str, Any]
    before: dict[str, Any]
    state: str = ""  # what is special about it
    timed: bool = False

    @property
    def name(self) -> str:
        return f"{self.function}{self.state}"

    def run(self, given: dict[str, Any]) -> Any:
        """The whole answer of the handler."""
        return importlib.import_module(self.function.replace("/", ".")).app(given, LambdaContext())


def measure(network: Network) -> list[Row]:
    """Calls and capacity of the main endpoints; processor time of those whose runs are alike."""
    rows, times = [], []
    # Signatures of URLs, gates and times are then the same in every run.
    with stop_at(now() + 1), silence():
        _tell(network)
        for case in _cases(network):
            recording, answer, units = _record(network, case)
            rows.append(_costs(case.name, recording, units, MOST_STEPS.get(case.function)))
            if case.timed:
                times.append(_processor_time(case, recording, answer))
        rows += _feeds(network)
    return times + rows


def _cases(network: Network) -> Iterator[Case]:
    reader, [author, *_], posts = network.reader, network.authors, network.posts

    def case(
        function: str,
        path: dict[str, str] | None = None,
        before: dict[str, str] | None = None,
        body: Any = None,
        caller: Caller | None = reader,
        **more: Any,
    ) -> Case:
        return Case(
            function,
            event_for(function, caller, path, body),
            event_for(function, caller, before or path, body),
            **more,
        )

    one, two, three = ({"post_id": post_id} for post_id in posts[:3])
    yield case("posts/like_post", one, two, state=", post new to the process")
    yield case("posts/get_post", three, two, state=", post new to the process")
    yield case("posts/like_post", three, two, timed=True)
    yield case("posts/unlike_post", one, two, timed=True)
    yield case("posts/get_post", one, timed=True)
    yield case("feeds/get_home_feed", timed=True)
    strangers = [{"user": a_user().user_id} for _ in range(2)]
    yield case("users/follow_user", *strangers, timed=True)
    yield case("profiles/get_profile", {"user": author.user_id}, timed=True)
    yield case("notifications/list_notifications", timed=True)
    yield case("posts/create_post", body={"content": "The first snow #winter"})
    yield case("posts/create_comment", body={"post_id": posts[2], "content": "What a view!"})
    yield case("media/create_upload", body={"content_type": "image/jpeg", "size": 120_000})
    log_in = {"identifier": network.person.username, "password": PASSWORD}
    yield case("auth/login_user", body=log_in, caller=None)
    others = {"participant_ids": [author.user_id]}
    yield case("chat/create_conversation", body=others, state=", it is there")
    room = _room(case("chat/create_conversation", body=others))
    yield case("chat/send_message", room, body={"content": "Hello!"})
    yield case("chat/list_messages", room, timed=True)


def _room(case: Case) -> dict[str, str]:
    """The path of the conversation that a case has made."""
    return {"conversation_id": json.loads(case.run(case.event)["body"])["id"]}


def _tell(network: Network) -> None:
    """Give the reader a page of notifications."""
    from notifications import on_event

    for author in network.authors * 2:
        data = {"author_id": network.reader.user_id, "post_id": network.posts[0]}
        liker = {"liker_id": author.user_id, "liker_username": author.username}
        likes = [
            event("post.liked", author.user_id, **data, **liker, liked_at=moment)
            for moment in ("2026-01-02T03:04:05.678Z", "2026-01-03T03:04:05.678Z")
        ]
        consume(on_event.app, *likes)


def _record(network: Network, case: Case) -> tuple[Recording, Any, Capacity]:
    """One run on the emulator, noted down, in a process that has served such requests before."""
    case.run(case.before)
    with recorded(*clients()) as recording:
        answer = case.run(case.event)
    assert 200 <= answer["statusCode"] < 300, f"{case.name}: {answer}"
    return recording, answer, consumed(recording.calls, network.stack.client("dynamodb"))


def _costs(name: str, recording: Recording, units: Capacity, most: int | None) -> Row:
    number, steps = len(recording.calls), recording.steps
    operations = Counter(call.operation for call in recording.calls)
    names = ", ".join(
        f"{times} {operation}" if times > 1 else operation
        for operation, times in operations.items()
    )
    return Row(
        name,
        f"{number} calls in {steps} steps ({names}); {units} units",
        f"≤ {most} steps" if most else "",
        steps <= most if most else None,
    )


def _processor_time(case: Case, recording: Recording, answer: Any) -> Row:
    """The handler against one that makes the same calls with default boto3 clients and no more.

    Both read the event and write the answer, as Lambda's runtime does.
    """
    bare, text, body = Bare(recording), json.dumps(case.event), json.loads(answer["body"])

    def run_ours() -> str:
        return json.dumps(case.run(json.loads(text)))

    def run_bare() -> str:
        return bare.run(text, {"statusCode": answer["statusCode"], "body": json.dumps(body)})

    with replayed(recording, *clients(), *bare.clients):
        for run, askers in ((run_ours, clients()), (run_bare, bare.clients)):
            with noted(*askers) as made:
                run()
            operations = sorted(call.operation for call in made)
            assert operations == recording.operations, f"{case.name}: {operations}"
        ratio, seconds = compare(run_ours, run_bare)
        assert run_ours() == json.dumps(answer), f"{case.name} answers otherwise than it did"
    return Row(
        f"{case.name}: processor time",
        f"{ratio:.2f} × a bare boto3 handler ({seconds * 1000:.2f} ms, {len(made)} calls)",
        f"≤ {CPU_BUDGET} ×",
        ratio <= CPU_BUDGET,
    )


def _feeds(network: Network) -> Iterator[Row]:
    """The page of a reader who follows 10, then 5,000 more, then some whose posts are pulled."""
    home = event_for("feeds/get_home_feed", network.reader)
    case = Case("feeds/get_home_feed", home, home)
    few, page, few_units = _record(network, case)
    assert len(json.loads(page["body"])["posts"]) == 20, "the feed is to be a full page"
    follow_many(network.reader, FOLLOWS)
    many, same_page, many_units = _record(network, case)
    assert _ids(same_page) == _ids(page), "the page is to be the same"
    ratio = many_units.read / few_units.read
    yield Row(
        f"home feed: {len(network.authors)} follows → {FOLLOWS:,} more",
        f"{ratio:.2f} × the units ({few_units} → {many_units}),"
        f" {len(few.calls)} → {len(many.calls)} calls, {few.steps} → {many.steps} steps",
        "1 × ± 10 %, as many calls",
        0.9 <= ratio <= 1.1 and len(many.calls) == len(few.calls) and many.steps == few.steps,
    )
    mark_celebrities(network.reader, network.authors[:CELEBRITIES])
    pulling, same_page, units = _record(network, case)
    assert _ids(same_page) == _ids(page), "the page is to be the same"
    name = f"home feed: {CELEBRITIES} of them celebrities"
    yield _costs(name, pulling, units, MOST_STEPS[case.function])


def _ids(answer: Any) -> list[str]:
    return [post["id"] for post in json.loads(answer["body"])["posts"]]
