"""A table's stream: counted once, published once, and no bad record stops the others."""

import json
from collections.abc import Iterable, Sequence
from threading import Barrier
from typing import Any

import pytest

from shared.dynamodb.changes import Change
from shared.dynamodb.counters import Counter
from shared.errors import DependencyUnavailable
from shared.events.envelopes import Event
from shared.events.posts import PostLiked, PostUnliked
from shared.messaging.streams import Stream, stream
from shared.transient import TransientError
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.models import Like, Post
from tests.support.streams import batch, stream_record
from tests.unit.conftest import Log

WHEN = "2026-01-05T12:00:00.250Z"


class Service:
    """A service that counts likes, reacts to them and publishes events."""

    def __init__(self) -> None:
        self.reacted: list[str] = []
        self.poison: dict[str, set[str]] = {"count": set(), "react": set(), "publish": set()}
        self.app: Stream = stream("posts")
        self.app.count(
            Like,
            Counter(
                Post,
                "like_seq",
                lambda change: change.item.post_id,
                self._deltas,
                is_recounted=True,
            ),
        )
        self.app.react(Like)(self._react)
        self.app.publishes(Like)(self._publish)

    def _deltas(self, change: Change[Like]) -> dict[str, int]:
        self._check("count", change)
        return {"like_count": -1 if change.is_removed else 1 if change.is_created else 0}

    def _react(self, changes: Sequence[Change[Like]]) -> None:
        for change in changes:
            self._check("react", change)
        self.reacted += [change.record_id for change in changes]

    def _publish(self, change: Change[Like]) -> Iterable[tuple[str | None, Event]]:
        self._check("publish", change)
        like = change.item
        if change.is_removed:
            yield like.user_id, PostUnliked(like.post_id, "a", like.user_id, like.liked_at)
        elif change.is_created:
            yield like.user_id, PostLiked(like.post_id, "a", like.user_id, "yuki_o", like.liked_at)

    def _check(self, step: str, change: Change[Like]) -> None:
        if change.record_id in self.poison[step]:
            raise ValueError(f"cannot {step} {change.item.user_id}")

    def __call__(self, *records: dict[str, Any]) -> Any:
        return self.app(batch(*records), LambdaContext())


@pytest.fixture
def service(aws: MemoryAws, log: Log) -> Service:
    Post("p", author_id="a").create()
    aws.calls.clear()
    return Service()


def liked(sequence: int, user: str = "u") -> dict[str, Any]:
    return stream_record(sequence, new=Like("p", f"{user}{sequence}"))


def unliked(sequence: int, of: int) -> dict[str, Any]:
    return stream_record(sequence, old=Like("p", f"u{of}"))


def count() -> int:
    found = Post.find("p")
    assert found is not None
    return found.like_count


def published(aws: MemoryAws) -> list[tuple[str, str]]:
    """Id and type of the published events."""
    return [(each["event_id"], each["type"]) for each in aws.published.get("posts", [])]


def jobs(aws: MemoryAws) -> list[dict[str, Any]]:
    """What is in the failure queue."""
    return [json.loads(body) for body in aws.sent.get("posts-failures", [])]


def retry(service: Service, aws: MemoryAws) -> list[str]:
    """Deliver what is in the failure queue; return what failed again."""
    bodies = aws.sent.pop("posts-failures", [])
    records = [
        {"messageId": f"m{number}", "body": body, "eventSource": "aws:sqs"}
        for number, body in enumerate(bodies)
    ]
    return [each["itemIdentifier"] for each in service(*records)["batchItemFailures"]]


def test_a_batch_is_counted_reacted_to_and_published(service: Service, aws: MemoryAws) -> None:
    assert service(liked(1), liked(2), unliked(3, of=1)) == {"batchItemFailures": []}
    assert count() == 1
    assert service.reacted == ["record-1", "record-2", "record-3"]
    assert published(aws) == [
        ("record-1-0", "post.liked"),
        ("record-2-0", "post.liked"),
        ("record-3-0", "post.unliked"),
    ]
    assert jobs(aws) == []


def test_what_is_published_carries_who_did_it_and_when(service: Service, aws: MemoryAws) -> None:
    service(liked(1))
    (message,) = aws.published["posts"]
    assert (message["actor"], message["occurred_at"]) == ("u1", WHEN)


def test_a_change_of_an_item_has_both_of_its_images(service: Service) -> None:
    seen: list[Change[Like]] = []
    service.app.react(Like)(seen.extend)
    service(stream_record(1, old=Like("p", "u", weight=1), new=Like("p", "u", weight=2)))
    (change,) = seen
    assert not change.is_created
    assert not change.is_removed
    assert change.old
    assert (change.old.weight, change.item.weight) == (1, 2)
    assert change.changed("weight")
    assert change.changed("liked_at", "weight")
    assert not change.changed("liked_at")


def test_a_replay_counts_nothing_and_publishes_the_same_again(
    service: Service, aws: MemoryAws
) -> None:
    service(liked(1), liked(2))
    service(liked(1), liked(2), liked(3))
    assert count() == 3
    assert published(aws)[:2] == published(aws)[2:4]


def test_each_shard_that_lambda_names_is_counted_for_itself(
    service: Service, aws: MemoryAws
) -> None:
    for shard, numbers in (("b", (7, 9)), ("a", (2, 8)), ("b", (7, 9, 10))):
        window = {"shardId": shard, "window": {}, "state": {}}
        records = [liked(number) for number in numbers]
        answer = service.app({**batch(*records), **window}, LambdaContext())
        assert answer == {"batchItemFailures": [], "state": {}}  # Lambda insists on a state
    assert count() == 5


def test_the_end_of_a_window_has_no_records(service: Service) -> None:
    end = {"Records": [], "shardId": "a", "window": {}, "isFinalInvokeForWindow": True}
    assert service.app(end, LambdaContext()) == {"batchItemFailures": [], "state": {}}


def test_tables_of_one_service_are_kept_apart(service: Service, aws: MemoryAws) -> None:
    posts: list[str] = []
    service.app.react(Post)(lambda changes: posts.extend(each.item.post_id for each in changes))
    service(liked(1), stream_record(2, new=Post("new", author_id="a")))
    assert (posts, count()) == (["new"], 1)


@pytest.mark.parametrize("operation", ["UpdateItem", "PublishBatch"])
def test_different_items_are_counted_and_events_published_in_parallel(
    service: Service, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    for number in range(4):
        Post(f"p{number}", author_id="a").create()
    answer, together = aws.answer, Barrier(4)  # each call waits until four are under way

    def answer_together(request: Any, event_name: str, **more: Any) -> Any:
        if event_name.endswith(operation):
            together.wait(timeout=10)
        return answer(request, event_name, **more)

    monkeypatch.setattr(aws, "answer", answer_together)
    service(
        *(stream_record(number, new=Like(f"p{number % 4}", f"u{number}")) for number in range(40))
    )
    assert len(published(aws)) == 40


# ── One bad record ────────────────────────────────────────────────────────────────────────────────


def test_a_record_that_cannot_be_read_goes_to_the_failure_queue(
    service: Service, aws: MemoryAws, log: Log
) -> None:
    bad = liked(2)
    bad["dynamodb"]["NewImage"]["weight"] = {"S": "not a number"}
    service(liked(1), bad, liked(3))
    assert count() == 2
    assert [each for each, _ in published(aws)] == ["record-1-0", "record-3-0"]
    assert jobs(aws) == [{"record": bad}]


def test_a_record_of_an_unknown_table_goes_to_the_failure_queue(
    service: Service, aws: MemoryAws
) -> None:
    bad = liked(1)
    bad["eventSourceARN"] = bad["eventSourceARN"].replace("hoshi-likes", "hoshi-others")
    service(bad)
    assert jobs(aws) == [{"record": bad}]


def test_a_record_that_cannot_be_counted_is_still_published(
    service: Service, aws: MemoryAws
) -> None:
    service.poison["count"] = {"record-2"}
    service(liked(1), liked(2), liked(3))
    assert count() == 2
    assert len(published(aws)) == 3
    assert jobs(aws) == []


@pytest.mark.parametrize("step", ["react", "publish"])
def test_a_record_that_cannot_be_processed_is_set_aside_for_that_step_alone(
    service: Service, aws: MemoryAws, step: str
) -> None:
    service.poison[step] = {"record-2"}
    records = [liked(1), liked(2), liked(3)]
    service(*records)
    assert count() == 3
    assert jobs(aws) == [{"record": records[1], "only": step}]
    others = {"record-1", "record-3"}
    reacted, events = set(service.reacted), {each.removesuffix("-0") for each, _ in published(aws)}
    assert (reacted, events) == (
        (others, others | {"record-2"}) if step == "react" else (others | {"record-2"}, others)
    )

    service.poison[step] = set()
    service.reacted.clear()
    aws.published.clear()
    assert retry(service, aws) == []
    assert service.reacted == (["record-2"] if step == "react" else [])
    assert published(aws) == ([("record-2-0", "post.liked")] if step == "publish" else [])
    assert count() == 3


def test_a_record_that_still_cannot_be_processed_stays_in_the_queue(
    service: Service, aws: MemoryAws
) -> None:
    service.poison["publish"] = {"record-1"}
    service(liked(1))
    assert retry(service, aws) == ["m0"]


def test_a_record_that_can_be_read_now_is_published_but_not_counted_again(
    service: Service, aws: MemoryAws
) -> None:
    bad = liked(2)
    good_weight = bad["dynamodb"]["NewImage"].pop("weight")
    bad["dynamodb"]["NewImage"]["weight"] = {"S": "x"}
    service(liked(1), bad, liked(3))
    (job,) = jobs(aws)
    job["record"]["dynamodb"]["NewImage"]["weight"] = good_weight
    aws.sent["posts-failures"] = [json.dumps(job)]
    assert retry(service, aws) == []
    assert service.reacted == ["record-1", "record-3", "record-2"]
    assert published(aws)[-1] == ("record-2-0", "post.liked")
    assert count() == 2
    [listed] = aws.dynamo.items("hoshi-recount-lists")  # so the next recount repairs it
    assert listed["item_key"]["S"] == "p"


def test_no_log_line_quotes_a_record(service: Service, log: Log) -> None:
    service.poison["publish"] = service.poison["react"] = service.poison["count"] = {"record-1"}
    service(liked(1, user="somebodys-name-"))
    assert "somebodys-name" not in log.text
    assert {line["message"] for line in log.lines} == {
        "uncountable change",
        "failed reaction",
        "unpublished record",
        "stream",
    }


# ── When AWS is down ──────────────────────────────────────────────────────────────────────────────


def test_an_event_that_sns_refuses_waits_in_the_failure_queue_and_is_published_later(
    service: Service, aws: MemoryAws
) -> None:
    aws.refuse_entries("sns.PublishBatch", times=1)
    assert service(liked(1), liked(2)) == {"batchItemFailures": []}
    assert published(aws) == [("record-1-0", "post.liked")]
    assert [json.loads(job["event"])["event_id"] for job in jobs(aws)] == ["record-2-0"]
    assert retry(service, aws) == []
    assert published(aws)[-1] == ("record-2-0", "post.liked")
    assert count() == 2


def test_while_sns_is_down_nothing_is_lost_and_nothing_is_raised(
    service: Service, aws: MemoryAws
) -> None:
    aws.fail("sns.PublishBatch", None, times=6)
    service(*(liked(number) for number in range(1, 16)))
    assert len(jobs(aws)) == 15
    assert retry(service, aws) == []
    assert len(published(aws)) == 15


def test_while_sns_stays_down_the_queue_keeps_the_events(service: Service, aws: MemoryAws) -> None:
    aws.fail("sns.PublishBatch", "InternalError")
    service(liked(1), liked(2))
    assert retry(service, aws) == ["m0", "m1"]


def test_while_the_table_is_down_the_whole_batch_is_delivered_again_and_counts_once(
    service: Service, aws: MemoryAws
) -> None:
    aws.fail("dynamodb.UpdateItem", "ThrottlingException", times=3)
    with pytest.raises(Exception, match="Throttling"):
        service(liked(1), liked(2))
    assert published(aws) == []
    service(liked(1), liked(2))
    assert (count(), len(published(aws))) == (2, 2)


@pytest.mark.parametrize("error", [TransientError("later"), DependencyUnavailable()])
def test_a_reaction_that_meets_a_busy_table_has_the_batch_delivered_again(
    service: Service, aws: MemoryAws, error: Exception
) -> None:
    def react(changes: Sequence[Change[Like]]) -> None:
        raise error

    service.app.react(Like)(react)
    with pytest.raises(type(error)):
        service(liked(1), liked(2))


def test_if_even_the_failure_queue_is_down_the_batch_is_delivered_again(
    service: Service, aws: MemoryAws
) -> None:
    aws.fail("sns.PublishBatch", "InternalError", times=3)
    aws.fail("sqs.SendMessageBatch", "InternalError", status=500)
    with pytest.raises(Exception, match="InternalError"):
        service(liked(1))


def test_one_bad_message_of_the_failure_queue_fails_alone(service: Service, aws: MemoryAws) -> None:
    aws.refuse_entries("sns.PublishBatch", times=1)
    service(liked(1))
    aws.sent["posts-failures"] += ["no json", "{}", '{"record": {}}']
    assert retry(service, aws) == ["m1", "m2", "m3"]
    assert published(aws) == [("record-1-0", "post.liked")]


def test_a_batch_is_one_line(service: Service, log: Log) -> None:
    service(liked(1), liked(2))
    (line,) = log.lines
    assert (line["message"], line["records"], line["set_aside"]) == ("stream", 2, 0)
