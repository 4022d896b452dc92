"""Events that notify somebody, delivered again and in reverse order: nobody is notified twice.

`message.received` and `story.created` have queues of their own: test_unread_messages.py and
test_new_stories.py deliver theirs twice.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pytest

from notifications.event_mapping import HANDLED
from notifications.on_event import app
from notifications.types import TYPES
from posts.models import Post
from shared.clock import now, stop_at, timestamp
from shared.events.emails import MailFailed
from shared.events.envelopes import Envelope, Event
from shared.events.moderation import (
    AppealCreated,
    AppealReversed,
    AppealUpheld,
    ContentRemoved,
    ReportCreated,
    ReportResolved,
)
from shared.ids import new_id
from stories.models import Story
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.notifications import test_event_mapping as mapping
from users.models import User

AT = mapping.AT
DONE: list[Event] = [
    *(mapping.LIKED, mapping.FOLLOWED, mapping.REQUESTED, mapping.APPROVED, mapping.CREATED),
    *(mapping.REPLIED, mapping.COMMENT_LIKED, mapping.COMMENT_MENTIONED, mapping.SHARED),
    *(mapping.MENTIONED, mapping.INVITED, mapping.STORY_LIKED, mapping.STORY_MENTIONED),
    *(mapping.EXPORTED, mapping.ASKED, mapping.VERIFIED, mapping.REJECTED, mapping.FAILED),
    ReportCreated("report", "post", "post", ["admin", "chief"], AT),
    ReportResolved("report", "writer", "post", "post", "accepted", AT),
    ContentRemoved("post", "post", "author", AT),
    AppealCreated("appeal", "author", ["admin", "chief"], AT),
    AppealUpheld("appeal", "author", AT),
    AppealReversed("another", "author", AT),
    MailFailed("emails", AT, ["admin", "chief"]),
]


@pytest.fixture(autouse=True)
def world(aws: MemoryAws) -> None:
    """The people, the post and the story that the events name."""
    names = {value for event in DONE for value in _texts(event)}
    for name in names - {AT, mapping.LATER}:
        given = {"username": name, "name": name, "email": f"{name}@example.com", "status": "active"}
        User(name, **given, created_at=AT, updated_at=AT).save()
    post = {"author_id": "author", "author_username": "author", "media": [], "status": "ready"}
    Post("post", **post, visibility="public", created_at=AT, updated_at=AT).save()
    Story("author", "story", author_username="author", media={}, created_at=timestamp()).save()


def _texts(event: Event) -> set[str]:
    values = asdict(event).values()  # type: ignore[call-overload]  # a dataclass
    lists = [value if isinstance(value, list) else [value] for value in values]
    return {value for each in lists for value in each if isinstance(value, str) and value}


def deliver(events: Sequence[Event]) -> None:
    records = [
        {"messageId": str(number), "body": Envelope(new_id(), AT, None, event).to_json()}
        for number, event in enumerate(events)
    ]
    for record in records:
        answer = app({"Records": [record]}, LambdaContext())
        assert answer == {"batchItemFailures": []}


def entries(aws: MemoryAws) -> list[Any]:
    """The entries as they are stored; of a withdrawn one (an approved request), its key alone."""
    found = [
        {name: value for name, value in item.items() if name in ("user_id", "notification_id")}
        if "withdrawn_at" in item
        else item
        for item in aws.dynamo.items("hoshi-notifications")
    ]
    return sorted(found, key=lambda item: (item["user_id"]["S"], item["notification_id"]["S"]))


def test_every_event_that_makes_an_entry_is_walked_here() -> None:
    """The others withdraw one; test_event_mapping.py walks them."""
    ends = ("Deleted", "Ended", "Read", "Unfollowed", "Unliked", "Unmentioned", "Unshared")
    assert {kind.__name__ for kind in HANDLED if not kind.__name__.endswith(ends)} == {
        type(event).__name__ for event in DONE
    }


def test_a_second_delivery_in_reverse_order_writes_nothing(aws: MemoryAws) -> None:
    deliver(DONE)
    once = entries(aws)
    types = {item["type"]["S"] for item in once if "type" in item}
    assert types == set(TYPES) - {"follow.request", "message.received", "story.created"}
    with stop_at(now() + 60):
        deliver(DONE[::-1])
    assert entries(aws) == once, "an entry that is written again would be pushed again"
