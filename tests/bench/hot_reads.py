"""Hot reads in memory: the steps of GETs with the gate beside them and before them, and a page of
the home feed that pulls from 10, 110 and 1,000 celebrities.

A step takes 5 ms, and only as many calls are made at once as the function has threads. Nothing is
kept from an earlier request, as in a process that did not serve for five seconds.
`python -m tests.bench.hot_reads` measures in this process, which can do nothing else afterwards.
"""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.bench.report import Row
from tests.bench.timing import silence

CALL_MS = 5
PAGE = 20  # posts
CELEBRITIES = (10, 110, 1000)
MOST_CALLS, MOST_MS = 12, 250  # of 1,000 celebrities: to learn what they posted
PULLS = ("Query celebrities", "BatchGetItem latest")
GETS = (
    ("feeds/get_home_feed", ()),
    ("feeds/get_reels_feed", ()),
    ("feeds/get_explore_feed", ()),
    ("feeds/get_trending_feed", ()),
    ("posts/get_post", ("post_id",)),
    ("posts/list_comments", ("post_id",)),
    ("posts/list_user_posts", ("user",)),
    ("profiles/get_profile", ("user",)),
    ("stories/get_story_feed", ()),
    ("notifications/list_notifications", ()),
    ("notifications/count_unread", ()),
    ("chat/list_conversations", ()),
)


def measure() -> list[Row]:
    """Measure in another process."""
    run = subprocess.run(  # ourselves
        [sys.executable, "-m", "tests.bench.hot_reads"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return [Row(*row) for row in json.loads(run.stdout.splitlines()[-1])]


def _rows() -> Iterator[Row]:
    from posts.latest_models import KEPT, LatestPosts
    from shared import hot_reads, parallel
    from shared.access.caller import Caller
    from shared.clock import timestamp
    from shared.dynamodb.tables import write_items
    from shared.ids import new_id
    from tests.bench.costs.metered_aws import MeteredAws
    from tests.bench.costs.stage import fresh_aws, staged
    from tests.bench.network import event_for
    from tests.support.accounts import a_user
    from tests.support.gateway import LambdaContext
    from tests.support.posts import a_comment, a_post, connect
    from tests.support.steps import Steps, stepping
    from users.models import Relationship, edge

    class Noted(MeteredAws):
        """AWS whose every call is a step, and is noted."""

        steps: Steps | None = None
        noted: list[tuple[int, str]]

        def answer(self, request: Any, event_name: str, **more: Any) -> Any:
            if self.steps:
                name = event_name.split(".")[2]
                table = "latest" if b"-latest-posts" in request.body else ""
                table = table or ("celebrities" if b"followed_celebrities" in request.body else "")
                self.noted.append((self.steps.next(), f"{name} {table}".strip()))
            return super().answer(request, event_name, **more)

    def ask(aws: Noted, function: str, event: dict[str, Any]) -> tuple[int, list[tuple[int, str]]]:
        """The steps and calls of a request in a process that has served such ones."""
        app = importlib.import_module(function.replace("/", ".")).app
        app(event, LambdaContext())
        hot_reads.forget()
        aws.noted = []
        with stepping(at_once=parallel._WORKERS) as aws.steps:
            answer = app(event, LambdaContext())
            taken = aws.steps.now
        aws.steps = None
        assert answer["statusCode"] == 200, answer["body"]
        return taken, aws.noted

    def a_reader() -> tuple[Caller, dict[str, str]]:
        reader, author = a_user(), a_user()
        connect(reader, "follows", author)
        post_id = a_post(author)
        a_comment(post_id, author)
        return reader, {"post_id": post_id, "user": author.user_id}

    def a_fan(celebrities: int) -> Caller:
        """A reader of celebrities who have all posted as much as an item holds."""
        reader, moment = a_user(), timestamp()
        authors = [a_user() for _ in range(min(celebrities, PAGE))]
        ids = [author.user_id for author in authors]
        ids += [new_id() for _ in range(celebrities - len(ids))]
        write_items(
            Relationship(
                reader.user_id,
                edge("follows", each),
                since=moment,
                updated_at=moment,
                celebrity_id=each,
            )
            for each in ids
        )
        items = [
            LatestPosts(
                each,
                posts=" ".join(sorted((new_id() for _ in range(KEPT)), reverse=True)),
                posts_end="0",
                compared_at=0,
            )
            for each in ids
        ]
        for number in range(PAGE):  # the latest are those that are there
            item = items[number % len(authors)]
            item.posts = f"{a_post(authors[number % len(authors)])} {item.posts}"
        write_items(items)
        return reader

    with staged() as stage, silence():
        aws = Noted()
        aws.secrets = fresh_aws().secrets
        stage.aws = aws
        reader, path = a_reader()
        for function, names in GETS:
            event = event_for(function, reader, {name: path[name] for name in names} or None)
            app = importlib.import_module(function.replace("/", ".")).app
            steps, calls = ask(aws, function, event)
            app.declaration, kept = replace(app.declaration, gate_first=True), app.declaration
            before, as_many = ask(aws, function, event)
            app.declaration = kept
            yield Row(
                f"{function}: steps with the gate before → beside the view",
                f"{before} → {steps}; {len(as_many)} → {len(calls)} calls",
                "one less, as many calls",
                steps == max(before - 1, 1) and len(calls) == len(as_many),
            )
        for number in CELEBRITIES:
            event = event_for("feeds/get_home_feed", a_fan(number))
            steps, calls = ask(aws, "feeds/get_home_feed", event)
            pulls = [step for step, name in calls if name in PULLS]
            yield Row(
                f"home feed, {number:,} celebrities followed",
                f"{len(pulls)} calls in {max(pulls) * CALL_MS} ms to learn what they posted;"
                f" the page {len(calls)} calls in {steps} steps, {steps * CALL_MS} ms",
                f"≤ {MOST_CALLS} calls, ≤ {MOST_MS} ms",
                len(pulls) <= MOST_CALLS and steps * CALL_MS <= MOST_MS,
            )


if __name__ == "__main__":
    import infra.generated  # noqa: F401  # puts functions/ on the path

    rows = list(_rows())
    print(json.dumps([[row.what, row.figure, row.budget, row.holds] for row in rows]))
