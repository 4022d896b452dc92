"""The story tray of a reader who follows 10 accounts, then 5,000 more."""

import json
from collections.abc import Iterator

from shared.access.caller import Caller
from shared.clock import now, stop_at
from tests.bench.capacity import Capacity, consumed
from tests.bench.memory import Recording, recorded
from tests.bench.network import Network, clients, event_for, mark_celebrities
from tests.bench.report import Row
from tests.bench.timing import silence
from tests.integration.posts.world import a_user, follow
from tests.support.gateway import LambdaContext
from tests.support.stories import a_story, stored

FEW, MANY, CELEBRITIES = 10, 5000, 3
MOST_STEPS = 5


def measure(network: Network) -> list[Row]:
    """Measure pages of ten trays on the emulator."""
    with stop_at(now() + 1), silence():
        return list(_trays(network))


def _trays(network: Network) -> Iterator[Row]:
    reader = a_user()
    a_story(reader)
    authors = [_followed(reader) for _ in range(FEW)]
    few, page, few_units = _record(network, reader)
    _follow_many(reader)
    many, same_page, many_units = _record(network, reader)
    assert same_page == page, "the page should be the same"
    ratio = many_units.read / few_units.read
    yield Row(
        f"story tray: {FEW} follows → {MANY:,} more",
        f"{ratio:.2f} × the units ({few_units} → {many_units}),"
        f" {len(few.calls)} → {len(many.calls)} calls, {few.steps} → {many.steps} steps",
        "1 × ± 10 %, as many calls",
        0.9 <= ratio <= 1.1 and len(many.calls) == len(few.calls) and many.steps == few.steps,
    )
    mark_celebrities(reader, authors[:CELEBRITIES])
    pulling, same_page, units = _record(network, reader)
    assert sorted(same_page) == sorted(page), "the trays should be the same"
    yield Row(
        f"story tray: {CELEBRITIES} of them celebrities",
        f"{len(pulling.calls)} calls in {pulling.steps} steps; {units} units",
        f"≤ {MOST_STEPS} steps",
        pulling.steps <= MOST_STEPS,
    )


def _record(network: Network, reader: Caller) -> tuple[Recording, list[str], Capacity]:
    """Record a page in a process that has served such requests before."""
    from stories.get_story_feed import app

    event = event_for("stories/get_story_feed", reader)
    event["queryStringParameters"] = {"limit": str(FEW)}
    event["multiValueQueryStringParameters"] = {"limit": [str(FEW)]}
    app(event, LambdaContext())
    with recorded(*clients()) as recording:
        answer = app(event, LambdaContext())
    authors = [tray["user_id"] for tray in json.loads(answer["body"])["trays"]]
    assert len(authors) == FEW, answer
    return recording, authors, consumed(recording.calls, network.stack.client("dynamodb"))


def _followed(reader: Caller) -> Caller:
    """An author with a story that the reader has not seen."""
    from stories.trays import add_own_row, add_story

    author = a_user(picture_key="media/bench/320.jpg")
    follow(reader, author)
    story = stored(author, a_story(author))
    add_own_row(story)
    add_story(story, [reader.user_id])
    return author


def _follow_many(reader: Caller) -> None:
    """Add follows of accounts whose stories the reader has seen."""
    from shared.clock import timestamp
    from shared.dynamodb.tables import write_items
    from shared.ids import new_id
    from stories.trays import tray_row
    from users.models import Relationship, edge

    moment, others = timestamp(), [new_id() for _ in range(MANY)]
    latest = stored(reader, a_story(reader, deleted_at=moment))
    write_items(
        Relationship(reader.user_id, edge("follows", each), since=moment, updated_at=moment)
        for each in others
    )
    write_items(tray_row(reader.user_id, each, latest, is_seen=True) for each in others)
