"""What one shard of a stream carries, on a simulated clock on which each AWS call takes 5 ms.

Calls are answered from memory, and only as many are made at once as the function has threads. The
budget is for the time of its calls. Behind it stands the rate with the function's own code, on the
share of a processor that its memory buys and with none of it beside a call, measured on a machine
that may be busy. Lambda's own pause between two batches is left out.
`python -m tests.bench.streams` measures in this process, which cannot do anything else afterwards.
"""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from infra import templates
from tests.bench.report import Row
from tests.bench.timing import silence

CALL_MS, BATCH = 5, 100
PROCESSOR_MB = 1769  # which buy one processor
ONE_ITEM, OTHER_ITEMS = 2000, 500  # changes a second


def measure() -> list[Row]:
    """Measure in another process."""
    run = subprocess.run(  # ourselves
        [sys.executable, "-m", "tests.bench.streams"], check=True, stdout=subprocess.PIPE, text=True
    )
    return [Row(*row) for row in json.loads(run.stdout.splitlines()[-1])]


def _rows() -> Iterator[Row]:
    from chat.models import Message
    from notifications.models import Notification
    from posts.models import Like
    from shared import parallel
    from shared.clock import timestamp
    from shared.dynamodb.tables import Table
    from shared.ids import new_id
    from stories.models import StoryView
    from tests.bench.costs.metered_aws import MeteredAws
    from tests.bench.costs.stage import fresh_aws, staged
    from tests.support.accounts import a_user
    from tests.support.posts import a_post
    from tests.support.steps import Steps, stepping
    from tests.support.stories import a_story
    from tests.support.streams import batch, stream_record
    from tests.unit.chat.conftest import a_room
    from users.models import Relationship, edge

    def likes(posts: int) -> list[Table]:
        shown = [(each, a_post(each)) for each in (a_user() for _ in range(posts))]
        return [
            Like(post, new_id(), username="a", author_id=author.user_id, liked_at=timestamp())
            for author, post in itertools.islice(itertools.cycle(shown), 5 * BATCH)
        ]

    def follows() -> list[Table]:
        return [
            Relationship(
                a_user().user_id,
                edge("followed_by", new_id()),
                since=timestamp(),
                updated_at=timestamp(),
            )
            for _ in range(5 * BATCH)
        ]

    def views() -> list[Table]:
        authors = [a_user() for _ in range(5 * BATCH)]
        return [
            StoryView(a_story(each), new_id(), author_id=each.user_id, viewed_at=timestamp())
            for each in authors
        ]

    def messages() -> list[Table]:
        made: list[Table] = []
        for _ in range(5 * BATCH):
            one, other = a_user(), a_user()
            made.append(
                Message(
                    a_room(one, other).conversation_id,
                    new_id(),
                    sender_id=one.user_id,
                    sender_username=one.username,
                    content="Hello",
                    created_at=timestamp(),
                )
            )
        return made

    def entries() -> list[Table]:
        return [
            Notification(
                a_user().user_id,
                new_id(),
                type="user.followed",
                actor_id=a_user().user_id,
                actor_username="somebody",
                entity_id=new_id(),
                created_at=timestamp(),
                expires_at=2_000_000_000,
            )
            for _ in range(2 * BATCH)
        ]

    class Timed(MeteredAws):
        """AWS whose every call is a step."""

        steps: Steps | None = None

        def answer(self, *given: Any, **more: Any) -> Any:
            if self.steps:
                self.steps.next()
            return super().answer(*given, **more)

    with staged() as stage, silence():
        for name, function, make, least in (
            ("likes of one post", "posts/on_posts_changed", lambda: likes(1), ONE_ITEM),
            ("likes of different posts", "posts/on_posts_changed", lambda: likes(500), OTHER_ITEMS),
            ("follows of different people", "users/on_users_changed", follows, OTHER_ITEMS),
            ("views of different stories", "stories/on_stories_changed", views, OTHER_ITEMS),
            ("messages of different rooms", "chat/on_chat_changed", messages, OTHER_ITEMS),
            (
                "notifications of different readers",
                "notifications/on_notifications_changed",
                entries,
                OTHER_ITEMS,
            ),
        ):
            aws = Timed()
            aws.secrets = fresh_aws().secrets
            stage.aws = aws
            items = make()
            records = [stream_record(number, new=item) for number, item in enumerate(items, 1)]
            stage.times.clear()
            taken = 0
            for part in itertools.batched(records, BATCH, strict=True):
                with stepping(at_once=parallel._WORKERS) as aws.steps:
                    stage.run(function, batch(*part))
                    taken += aws.steps.now
                aws.steps = None
            [own] = stage.times.values()
            yield _row(name, function, len(items), taken * CALL_MS, sum(own), least)


def _row(name: str, function: str, changes: int, waiting: float, own: float, least: int) -> Row:
    megabytes = _memory_of(function)
    own *= PROCESSOR_MB / min(megabytes, PROCESSOR_MB)
    of_calls, of_both = (changes / each * 1000 for each in (waiting, waiting + own))
    return Row(
        f"a shard of {name}",
        f"{of_calls:,.0f} a second; with {own * BATCH / changes:.0f} ms of own code for {BATCH}"
        f" {of_both:,.0f}",
        f"≥ {least:,}",
        of_calls >= least,
    )


def _memory_of(function: str) -> int:
    default = templates.load(templates.TEMPLATE)["Globals"]["Function"]["MemorySize"]
    [size] = [
        each.get("MemorySize", default)
        for each in templates.functions().values()
        if "/".join(templates.module_of(each)) == function
    ]
    return int(size)


if __name__ == "__main__":
    import infra.generated  # noqa: F401  # puts functions/ on the path

    rows = list(_rows())
    print(json.dumps([[row.what, row.figure, row.budget, row.holds] for row in rows]))
