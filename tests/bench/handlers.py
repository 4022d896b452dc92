"""What a request costs: processor time against plain boto3, AWS calls, capacity units."""

import importlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from shared.ids import new_id
from tests.bench.capacity import Capacity, consumed
from tests.bench.memory import Recording, Reference, noted, recorded, replayed
from tests.bench.network import Network, clients, event_for, follow_many, mark_celebrities
from tests.bench.report import Row
from tests.bench.timing import compare, silence
from tests.e2e.client import PASSWORD
from tests.integration.posts.world import a_user, consume, event
from tests.support.gateway import LambdaContext

CPU_BUDGET = 0.9
# Sequential steps; calls that run in parallel are one step.
MOST_STEPS = {
    "posts/like_post": 3,
    "posts/create_comment": 3,
    "users/follow_user": 3,
    "feeds/get_home_feed": 5,
    "chat/send_message": 6,  # four between two; the sockets of 250 are read in three calls
    "chat/ws_typing": 3,
}
MEMBERS = (2, 50, 250)  # of a conversation
FOLLOWS, CELEBRITIES = 5000, 3


@dataclass(frozen=True)
class Case:
    """A request to measure, and a similar one that warms up the process."""

    function: str
    event: dict[str, Any]
    before: dict[str, Any]
    state: str = ""  # what is special about it
    timed: bool = False

    @property
    def name(self) -> str:
        return f"{self.function}{self.state}"

    def run(self, given: dict[str, Any]) -> Any:
        """Call the handler; returns its whole answer."""
        return importlib.import_module(self.function.replace("/", ".")).app(given, LambdaContext())


def measure(network: Network) -> list[Row]:
    """Calls and capacity of the main endpoints; processor time of those with identical runs."""
    rows, times = [], []
    # With the clock stopped, signed URLs, rate limits and times are the same in every run.
    with stop_at(now() + 1), silence():
        _add_notifications(network)
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
    others = [{"user": a_user().user_id} for _ in range(2)]
    yield case("users/follow_user", *others, timed=True)
    yield case("profiles/get_profile", {"user": author.user_id}, timed=True)
    yield case("notifications/list_notifications", timed=True)
    yield case("posts/create_post", body={"content": "The first snow #winter"})
    yield case("posts/create_comment", body={"post_id": posts[2], "content": "What a view!"})
    yield case("media/create_upload", body={"content_type": "image/jpeg", "size": 120_000})
    log_in = {"identifier": network.person.username, "password": PASSWORD}
    yield case("auth/login_user", body=log_in, caller=None)
    participants = {"participant_ids": [author.user_id]}
    yield case("chat/create_conversation", body=participants, state=", it is there")
    room = _room(case("chat/create_conversation", body=participants))
    yield case("chat/send_message", room, body={"content": "Hello!"})
    yield case("chat/list_messages", room, timed=True)
    for size in MEMBERS:
        room = _conversation(reader, size)
        state = f", {size} members"
        yield case("chat/send_message", room, body={"content": "Hello!"}, state=state)
        yield case("chat/ws_typing", body={**room, "is_typing": True}, state=state)


def _conversation(reader: Caller, size: int) -> dict[str, str]:
    """The path parameters of a conversation of the reader and others, none of them connected."""
    from chat.groups import new_member
    from chat.models import Conversation

    members = [reader, *(a_user() for _ in range(size - 1))]
    room = Conversation(
        new_id(),
        is_group=size > 2,
        creator_id=reader.user_id,
        members=[new_member(each.user_id, "inbox", timestamp()) for each in members],
        created_at=timestamp(),
    )
    room.save()
    return {"conversation_id": room.conversation_id}


def _room(case: Case) -> dict[str, str]:
    """The path parameters of the conversation that a case has created."""
    return {"conversation_id": json.loads(case.run(case.event)["body"])["id"]}


def _add_notifications(network: Network) -> None:
    """Add a page of notifications for the reader."""
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
    """Record one run on the emulator, in a process that has served such requests before."""
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
    """The handler against one that only makes the same calls with default boto3 clients.

    Both read the event and write the answer, as Lambda's runtime does.
    """
    reference, text = Reference(recording), json.dumps(case.event)
    body = json.loads(answer["body"])

    def run_ours() -> str:
        return json.dumps(case.run(json.loads(text)))

    def run_reference() -> str:
        return reference.run(text, {"statusCode": answer["statusCode"], "body": json.dumps(body)})

    with replayed(recording, *clients(), *reference.clients):
        for run, used in ((run_ours, clients()), (run_reference, reference.clients)):
            with noted(*used) as made:
                run()
            operations = sorted(call.operation for call in made)
            assert operations == recording.operations, f"{case.name}: {operations}"
        ratio, seconds = compare(run_ours, run_reference)
        assert run_ours() == json.dumps(answer), f"{case.name} gives another answer than before"
    return Row(
        f"{case.name}: processor time",
        f"{ratio:.2f} × a plain boto3 handler ({seconds * 1000:.2f} ms, {len(made)} calls)",
        f"≤ {CPU_BUDGET} ×",
        ratio <= CPU_BUDGET,
    )


def _feeds(network: Network) -> Iterator[Row]:
    """The page of a reader who follows 10 accounts, then 5,000 more, then some celebrities too."""
    home = event_for("feeds/get_home_feed", network.reader)
    case = Case("feeds/get_home_feed", home, home)
    few, page, few_units = _record(network, case)
    assert len(json.loads(page["body"])["posts"]) == 20, "the feed should be a full page"
    follow_many(network.reader, FOLLOWS)
    many, same_page, many_units = _record(network, case)
    assert _ids(same_page) == _ids(page), "the page should be the same"
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
    assert _ids(same_page) == _ids(page), "the page should be the same"
    name = f"home feed: {CELEBRITIES} of them celebrities"
    yield _costs(name, pulling, units, MOST_STEPS[case.function])


def _ids(answer: Any) -> list[str]:
    return [post["id"] for post in json.loads(answer["body"])["posts"]]
