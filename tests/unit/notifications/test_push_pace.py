"""Of what many people may do at once, one frame a second is pushed; the last one always is."""

from typing import Any

import pytest

from notifications import on_notifications_changed, push_pace
from notifications.digests import THRESHOLD
from notifications.models import Notification, NotificationStats
from notifications.push_pace import push_later
from shared.clock import now, stop_at, timestamp
from shared.ids import new_id
from shared.realtime.frame_log import LoggedFrame
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post
from tests.support.storms import Storm, consume, open_socket, pushed, run_jobs
from tests.unit.conftest import NOON
from users.public import change_preferences


@pytest.fixture
def storm(aws: MemoryAws, noon: float) -> Storm:
    """A post of somebody who has a socket open, at noon."""
    author = a_user()
    open_socket(author)
    return Storm(aws, author, a_post(author))


def begin(storm: Storm, number: int) -> None:
    """So many people like the post before anything is consumed; the first event makes a digest."""
    first, *_ = storm.like(*(a_user() for _ in range(number)))
    consume(first)
    storm.look()


def test_of_several_entries_in_a_batch_the_latest_is_pushed_and_all_are_logged(
    storm: Storm,
) -> None:
    people = [a_user() for _ in range(5)]
    for second, each in enumerate(people):
        with stop_at(now() + second / 100):
            consume(*storm.like(each))
    storm.look()
    [frame] = pushed(storm)
    assert (frame["actor_id"], frame["unread_count"]) == (people[-1].user_id, 5)
    logged = [each for each in LoggedFrame.query(storm.reader.user_id) if each.frame_id]
    assert len(logged) == 5
    assert run_jobs(storm) == 0


def test_the_last_entry_is_pushed_when_the_second_is_over(storm: Storm) -> None:
    people = [a_user() for _ in range(4)]
    for number, each in enumerate(people):
        with stop_at(now() + number / 10):
            consume(*storm.like(each))
            storm.look()
    assert [each["actor_id"] for each in pushed(storm)] == [people[0].user_id]
    with stop_at(now() + 1.5):
        assert run_jobs(storm) == 1
        [frame] = pushed(storm)
        assert (frame["actor_id"], frame["unread_count"]) == (people[3].user_id, 4)
        storm.look()
        assert run_jobs(storm) == 0
    with stop_at(now() + 2.6):
        consume(*storm.like(a_user()))
        storm.look()
        assert len(pushed(storm)) == 1


def test_a_digest_is_pushed_once_a_second_with_its_number_at_that_moment(storm: Storm) -> None:
    begin(storm, THRESHOLD + 20)
    [first] = pushed(storm)
    assert first["actor_count"] == THRESHOLD + 20
    frames: list[Any] = []
    for tenth in range(1, 41):
        with stop_at(now() + tenth / 10):
            consume(*storm.like(a_user(), a_user()))
            storm.look()
            if tenth % 10 == 5:
                assert run_jobs(storm) <= 1
            frames += pushed(storm)
    assert len(frames) == 4
    with stop_at(now() + 5.5):
        assert run_jobs(storm) == 1
        [last] = pushed(storm)
    assert last["actor_count"] == THRESHOLD + 100
    counts = [each["actor_count"] for each in [first, *frames, last]]
    assert counts == sorted(set(counts))


def test_a_digest_that_was_read_is_not_pushed_again(storm: Storm) -> None:
    begin(storm, THRESHOLD + 1)
    assert len(pushed(storm)) == 1
    [digest] = Notification.query(storm.reader.user_id)
    digest.update(actions=[Notification.read_at.set(timestamp())])
    with stop_at(now() + 2):
        consume(*storm.like(a_user()))
        assert run_jobs(storm) == 1
    assert pushed(storm) == []


def test_a_digest_whose_type_was_switched_off_is_not_pushed_again(storm: Storm) -> None:
    begin(storm, THRESHOLD + 1)
    assert len(pushed(storm)) == 1
    change_preferences(storm.reader.user_id, {}, {"post.liked": False})
    with stop_at(now() + 2):
        consume(*storm.like(a_user()))
        assert run_jobs(storm) == 1
    assert pushed(storm) == []


def test_what_one_person_does_is_pushed_at_once_however_often(storm: Storm) -> None:
    for number in range(3):
        entry = Notification(
            storm.reader.user_id,
            f"{number:026}",
            type="follow.request",
            actor_id=storm.reader.user_id,
            entity_id=storm.reader.user_id,
            created_at=timestamp(),
            expires_at=int(now()) + 1000,
        )
        entry.save()
        storm.look()
    assert len(pushed(storm)) == 3


def test_a_job_that_was_lost_does_not_silence_anybody(storm: Storm) -> None:
    for _ in range(2):
        consume(*storm.like(a_user()))
        storm.look()
    assert len(pushed(storm)) == 1
    storm.aws.sent.clear()  # the job is lost
    with stop_at(now() + 61):
        consume(*storm.like(a_user()))
        storm.look()
        assert len(pushed(storm)) == 1


def test_without_a_socket_nothing_is_claimed_or_paced(aws: MemoryAws, noon: float) -> None:
    author = a_user()
    storm = Storm(aws, author, a_post(author))
    consume(*storm.like(a_user()))
    storm.look()
    logged = list(LoggedFrame.query(author.user_id))
    assert [each.event for each in logged] == ["notification"]
    stats = NotificationStats.find(author.user_id)
    assert stats
    assert stats.pushed_at == 0


def test_who_comes_last_is_named_in_the_last_frame(storm: Storm) -> None:
    begin(storm, THRESHOLD + 1)
    last = a_user()
    with stop_at(now() + 0.2):
        consume(*storm.like(a_user(), a_user()))  # the digest waits
    with stop_at(now() + 0.4):
        consume(*storm.like(last))
    pushed(storm)
    with stop_at(now() + 1.3):
        run_jobs(storm)
        [frame] = pushed(storm)
    assert (frame["actor_id"], frame["actor_count"]) == (last.user_id, THRESHOLD + 4)


@pytest.mark.parametrize("is_late", [False, True], ids=["as it waits", "as read before it waited"])
def test_an_entry_of_the_window_does_not_take_the_place_of_a_digest(
    storm: Storm, is_late: bool
) -> None:
    """The stream of entries may be behind the consumer, which has the digest pushed."""
    begin(storm, THRESHOLD + 1)
    user_id, entry_id, last = storm.reader.user_id, new_id(), a_user()
    as_read = NotificationStats.find(user_id)
    with stop_at(now() + 0.4):
        consume(*storm.like(last))
        pushed(storm)
        push_later(user_id, entry_id, as_read if is_late else NotificationStats.find(user_id))
    with stop_at(now() + 1.5):
        run_jobs(storm)
        [frame] = pushed(storm)
    assert (frame["actor_id"], frame["actor_count"]) == (last.user_id, THRESHOLD + 2)


def test_the_job_of_a_consumer_at_the_same_time_does_not_push_what_comes_next(storm: Storm) -> None:
    begin(storm, THRESHOLD + 1)
    pushed(storm)
    [digest] = Notification.query(storm.reader.user_id)
    user_id, digest_id = storm.reader.user_id, digest.notification_id
    as_read = NotificationStats.find(user_id)
    for hundredth in range(2):
        with stop_at(now() + hundredth / 100):
            push_later(user_id, digest_id, as_read)
    first, second = storm.aws.sent.pop("notifications-failures")
    with stop_at(now() + 1.1):
        storm.aws.sent["notifications-failures"] = [second]
        run_jobs(storm)
        assert len(pushed(storm)) == 1
        push_later(user_id, digest_id, NotificationStats.find(user_id))
    of_next = storm.aws.sent.pop("notifications-failures")
    with stop_at(now() + 1.2):
        storm.aws.sent["notifications-failures"] = [first]
        run_jobs(storm)
        assert pushed(storm) == []
    with stop_at(now() + 2.2):
        storm.aws.sent["notifications-failures"] = of_next
        run_jobs(storm)
        assert len(pushed(storm)) == 1


def test_a_push_that_was_made_before_the_last_names_is_followed_by_another(storm: Storm) -> None:
    begin(storm, THRESHOLD + 1)
    [digest] = [each for each in Notification.query(storm.reader.user_id) if each.actors]
    user_id, digest_id = storm.reader.user_id, digest.notification_id
    push_later(user_id, digest_id, NotificationStats.find(user_id))
    as_read = NotificationStats.find(user_id)  # by a consumer that is slow
    with stop_at(now() + 1.1):
        assert run_jobs(storm) == 1
        push_later(user_id, digest_id, as_read)
        assert run_jobs(storm) == 1


def test_an_entry_that_waits_only_after_its_job_has_run_gets_another_job(
    storm: Storm, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([NOON * 1000, NOON * 1000 + 1200, NOON * 1000 + 1200])
    monkeypatch.setattr(push_pace, "now_ms", lambda: int(next(moments)))
    push_later(storm.reader.user_id, new_id(), None)
    assert len(storm.aws.sent["notifications-failures"]) == 2


def test_a_job_that_is_delivered_twice_pushes_once(storm: Storm) -> None:
    for number in range(2):
        with stop_at(now() + number / 10):
            consume(*storm.like(a_user()))
            storm.look()
    assert len(pushed(storm)) == 1
    queued = storm.aws.sent["notifications-failures"]
    queued += queued
    with stop_at(now() + 1.5):
        assert run_jobs(storm) == 2
    assert len(pushed(storm)) == 1


def test_a_push_that_fails_is_made_again(storm: Storm) -> None:
    people = [a_user(), a_user()]
    for number, each in enumerate(people):
        with stop_at(now() + number / 10):
            consume(*storm.like(each))
            storm.look()
    pushed(storm)
    with stop_at(now() + 1.5):
        storm.aws.fail("dynamodb.BatchGetItem", "InternalServerError", status=500, times=3)
        body = storm.aws.sent.pop("notifications-failures")[0]
        record = {"messageId": "job", "body": body, "eventSource": "aws:sqs"}
        answer = on_notifications_changed.app({"Records": [record]}, LambdaContext())
        assert answer == {"batchItemFailures": [{"itemIdentifier": "job"}]}
    with stop_at(now() + 3):
        assert run_jobs(storm) == 1
        [frame] = pushed(storm)
    assert frame["actor_id"] == people[1].user_id
