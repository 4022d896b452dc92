"""The recount of tags: repairs planted drift, and causes none while posts come and go."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from hashtags import index_tag, on_hashtags_changed, reconcile_tags
from hashtags.models import Hashtag, HashtagPost
from hashtags.popular import most_used
from shared import clock
from shared.dynamodb import recount_queries, recounts
from shared.dynamodb.recount_lists import ListedItem
from shared.dynamodb.recount_notes import REPAIR_AFTER, Recount
from shared.ids import new_id
from tests.integration.hashtags.test_counts import churn, counts, live, some_tags
from tests.integration.posts.world import a_post, a_user, consume, deliver, stream_records, take
from tests.support.events import load_event
from tests.support.gateway import LambdaContext

pytestmark = pytest.mark.usefixtures("foundation")


@pytest.fixture(autouse=True)
def no_other_tags() -> None:
    """Delete all tags: the recount reads every one there is."""
    for table in (Hashtag, Recount, ListedItem):
        for item in table.scan():
            item.delete()


def run(context: LambdaContext | None = None) -> dict[str, int]:
    event = load_event("hashtags", "reconcile_tags")
    return reconcile_tags.app(event, context or LambdaContext(remaining=900_000))


def repairs() -> tuple[int, int, int]:
    """How many counts a run repaired, by how much, and how many were too large for it. (How many
    items it looks at depends on whether a day is over.)"""
    found = run()
    return found["repaired"], found["drift"], found["unfinished"]


def posted(tag: str, times: int, is_public: bool = True) -> list[HashtagPost]:
    posts = [
        HashtagPost(tag, new_id(), author_id=new_id(), is_public=is_public) for _ in range(times)
    ]
    for post in posts:
        post.save()
    return posts


def follow_up(tag: str) -> None:
    deliver(on_hashtags_changed.app, stream_records("hashtag-posts", tag))


def plant(tag: str, count: int) -> None:
    """Store a wrong count."""
    Hashtag(tag).update(actions=[Hashtag.post_count.set(count)])


def test_only_public_posts_are_recounted() -> None:
    tag = some_tags()[0]
    posted(tag, 3)
    posted(tag, 2, is_public=False)
    follow_up(tag)
    assert counts([tag]) == [3]
    assert repairs() == (0, 0, 0)


@pytest.mark.parametrize("wrong", [0, 2, 9])
def test_planted_drift_is_repaired_and_reported(wrong: int) -> None:
    tag = some_tags()[0]
    [post, *_] = posted(tag, 5)
    follow_up(tag)
    plant(tag, wrong)
    noted_at = clock.now()
    assert repairs() == (0, 0, 0)  # it may only be late
    with clock.stop_at(noted_at + REPAIR_AFTER + 10):
        drift = abs(5 - wrong)
        assert repairs() == (1, drift, 0)
        assert counts([tag]) == [5]
        assert repairs() == (0, 0, 0)
    post.delete()
    follow_up(tag)
    assert counts([tag]) == [4], "the stream counts further changes, and none twice"


def test_a_repaired_count_reaches_the_search_index() -> None:
    tag = some_tags()[0]
    posted(tag, 3)
    follow_up(tag)
    plant(tag, 0)
    noted_at = clock.now()
    run()
    with clock.stop_at(noted_at + REPAIR_AFTER + 10):
        run()
    deliver(on_hashtags_changed.app, stream_records("hashtags", tag))
    for job in take("tag-search", lambda body: body["tag"] == tag):
        consume(index_tag.app, job["body"])
    assert [(each.tag, each.post_count) for each in most_used(tag, 1)] == [(tag, 3)]


def test_recounts_while_posts_come_and_go_cause_no_drift() -> None:
    author, tags = a_user(), some_tags()
    posts = [a_post(author, caption=f"#{tags[0]} #{tags[1]}") for _ in range(8)]
    started = clock.now()
    with ThreadPoolExecutor(4) as pool:
        changes = [pool.submit(partial(churn, tags=tags), post_id) for post_id in posts]
        # For each run, the counts noted by the one before are old enough to be repaired.
        for number in range(1, 6):
            for tag in tags:
                follow_up(tag)
            with clock.stop_at(started + number * (REPAIR_AFTER + 10)):
                run()
        for change in changes:
            change.result()
    for tag in tags:
        follow_up(tag)
    expected = [sum(tag in live(post_id) for post_id in posts) for tag in tags]
    assert sum(expected) > 0
    assert counts(tags) == expected


def test_a_count_that_changes_before_the_repair_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    tag = some_tags()[0]
    posted(tag, 2)
    follow_up(tag)
    plant(tag, 7)
    noted_at = clock.now()
    run()

    meanwhile: list[HashtagPost] = []

    def count_meanwhile(_seconds: float) -> None:
        meanwhile.extend(posted(tag, 1))
        follow_up(tag)

    monkeypatch.setattr(recounts.time, "sleep", count_meanwhile)
    with clock.stop_at(noted_at + REPAIR_AFTER + 10):
        assert run()["repaired"] == 0
    assert meanwhile
    assert counts([tag]) == [7 + len(meanwhile)]


def test_a_run_continues_where_time_ran_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounts, "_PAGE", 2)
    for tag in [*some_tags(), *some_tags()][:5]:
        posted(tag, 1)
        follow_up(tag)

    class OnePage(LambdaContext):
        """A function that has time to see that there is no list, and for one page."""

        def get_remaining_time_in_millis(self) -> int:
            left = self.__dict__.setdefault("left", [900_000, 900_000, 0])
            return int(left.pop(0))

    assert [run(OnePage())["items"] for _ in range(3)] == [2, 2, 1]
    done = Recount.find("progress#hashtags")
    assert done
    assert done.after is None


def test_a_tag_too_large_for_the_time_delays_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its count is given up, and the next run begins after its page."""
    tags = some_tags()[:2]
    for tag in tags:
        posted(tag, 3)
        follow_up(tag)
        plant(tag, 9)
    large, other = tags
    client = recount_queries.client("dynamodb")
    query = client.query

    def page_by_page(**given: object) -> object:
        values: dict[str, dict[str, str]] = given["ExpressionAttributeValues"]  # type: ignore[assignment]
        return query(**given, **({"Limit": 1} if values[":id"]["S"] == large else {}))

    monkeypatch.setattr(client, "query", page_by_page)
    monkeypatch.setattr(recount_queries, "_TIME_TO_END", 10**9)  # no time for a second page
    noted_at = clock.now()
    assert repairs() == (0, 0, 1)
    with clock.stop_at(noted_at + REPAIR_AFTER + 10):
        assert repairs()[:2] == (1, 6)
    assert counts([other, large]) == [3, 9]
