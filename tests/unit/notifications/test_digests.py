"""A storm of likes makes a hundred entries and one digest, whose number is exact."""

import json
import random
from typing import Any

import pytest

from notifications import list_notifications, mark_read
from notifications.digests import THRESHOLD, is_digest, new_digest
from notifications.entries import new_entry
from notifications.models import Notification
from notifications.public import unread_count
from notifications.visible_notifications import page_of
from posts.models import Post
from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from shared.dynamodb.tallies import WINDOW, Tally, tally_key
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post, connect
from tests.support.storms import Storm, consume
from users.models import User

type Events = list[dict[str, Any]]


@pytest.fixture
def storm(aws: MemoryAws, noon: float) -> Storm:
    """A post of somebody, at noon."""
    author = a_user()
    return Storm(aws, author, a_post(author))


@pytest.fixture
def crowd(storm: Storm) -> list[Caller]:
    return [a_user() for _ in range(THRESHOLD + 30)]


def stored(storm: Storm) -> tuple[int, int]:
    """How many entries of their own, and how many digests the reader's list has."""
    entries = [each for each in Notification.query(storm.reader.user_id) if not each.withdrawn_at]
    digests = sum(map(is_digest, entries))
    return len(entries) - digests, digests


def shown(storm: Storm, language: str = "") -> list[Any]:
    """The reader's list, read to its end."""
    found: list[Any] = []
    after = None
    while True:
        shapes, after, _ = page_of(storm.reader.user_id, 50, after, languages=language)
        found += shapes
        if after is None:
            return found


def digest(storm: Storm, language: str = "") -> Any:
    """The shape of the one digest."""
    [found] = [each for each in shown(storm, language) if each["actor_count"] != 1]
    return found


def ask(app: Any, route: str, reader: Caller, path: str = "", **query: str) -> Any:
    named = {"notification_id": path} if path else None
    answer = app(
        gateway_event(route, path=named, query=query or None, caller=reader), LambdaContext()
    )
    assert answer["statusCode"] == 200, answer
    return json.loads(answer["body"])


def groups(storm: Storm) -> list[Any]:
    found: list[Any] = ask(
        list_notifications.app, "GET /notifications", storm.reader, grouped="true"
    )["groups"]
    return found


def test_the_hundredth_like_has_an_entry_of_its_own_and_the_next_one_is_in_the_digest(
    storm: Storm, crowd: list[Caller]
) -> None:
    for each in crowd[:THRESHOLD]:
        consume(*storm.like(each))
    assert stored(storm) == (THRESHOLD, 0)
    consume(*storm.like(crowd[THRESHOLD]))
    assert stored(storm) == (THRESHOLD, 1)
    consume(*storm.like(crowd[THRESHOLD + 1]))
    assert stored(storm) == (THRESHOLD, 1)
    top = shown(storm)[0]
    assert top["actor_count"] == THRESHOLD + 2
    last = crowd[THRESHOLD + 1].username
    assert top["message"] == f"{last} and {THRESHOLD + 1} others liked your post"
    [group] = groups(storm)
    assert (group["actor_count"], group["is_read"]) == (THRESHOLD + 2, False)
    assert len(group["actors"]) == 3


def test_likes_that_are_consumed_late_make_the_digest_alone(
    storm: Storm, crowd: list[Caller]
) -> None:
    consume(*storm.like(*crowd))
    assert stored(storm) == (0, 1)
    assert digest(storm)["actor_count"] == len(crowd)


@pytest.mark.parametrize("seed", range(4))
def test_the_number_is_exact_whatever_is_repeated_reordered_and_undone(
    storm: Storm, crowd: list[Caller], seed: int
) -> None:
    chance = random.Random(seed)
    pending: Events = []
    liked: Events = []
    likers = list(crowd)
    while likers or pending:
        if likers and (not pending or chance.random() < 0.5):
            count = chance.randint(1, 25)
            events = list(storm.like(*likers[:count]))
            del likers[:count]
            liked += events
            pending += events
        if liked and chance.random() < 0.3:
            gone = liked.pop(chance.randrange(len(liked)))
            pending += storm.unlike(gone)
        chance.shuffle(pending)
        consumed, pending = pending[:10], pending[10:]
        consume(*consumed)
        pending += [each for each in consumed if chance.random() < 0.2]
    [group] = groups(storm)
    assert group["actor_count"] == len(liked)
    top = digest(storm)
    assert top["actor_count"] == len(liked)
    assert stored(storm)[0] <= THRESHOLD
    undone = {each.user_id for each in crowd} - {each["data"]["liker_id"] for each in liked}
    assert undone.isdisjoint(each["actor_id"] for each in shown(storm) if each["id"] != top["id"])


def test_an_undone_like_leaves_the_number_and_the_names(storm: Storm, crowd: list[Caller]) -> None:
    events = list(storm.like(*crowd))
    consume(*events)
    last = digest(storm)["actors"][0]["id"]
    before = len(list(Notification.query(storm.reader.user_id)))
    with stop_at(now() + 60):
        late = storm.like(a_user())[0]
        consume(late)
        consume(*storm.unlike(late))
    gone = next(each for each in events if each["data"]["liker_id"] == last)
    consume(*storm.unlike(gone))
    consume(gone)  # once more, late
    shape = digest(storm)
    assert shape["actor_count"] == len(crowd) - 1
    stored_entries = list(Notification.query(storm.reader.user_id))
    # The like from before the digest leaves its trace; the one from after it does not.
    assert len(stored_entries) == before + 1


def test_the_actor_of_an_undone_like_is_not_shown(storm: Storm, crowd: list[Caller]) -> None:
    events = list(storm.like(*crowd))
    consume(*events)
    names = [each["id"] for each in digest(storm)["actors"]]
    gone = next(each for each in events if each["data"]["liker_id"] == names[0])
    consume(*storm.unlike(gone))
    assert names[0] not in [each["id"] for each in digest(storm)["actors"]]
    assert digest(storm)["actor_id"] == names[1]


def test_the_latest_actor_is_named_first_in_whatever_order_the_likes_arrive(
    storm: Storm, crowd: list[Caller]
) -> None:
    events = storm.like(*crowd)
    with stop_at(now() + 60):
        [last] = storm.like(a_user())
    consume(*events[: THRESHOLD + 1])
    consume(last)
    consume(*events[THRESHOLD + 1 :])
    assert digest(storm)["actor_id"] == last["data"]["liker_id"]


def test_the_actors_of_a_digest_of_an_earlier_version_stay(
    storm: Storm, crowd: list[Caller]
) -> None:
    consume(*storm.like(*crowd))
    [kept] = [each for each in Notification.query(storm.reader.user_id) if is_digest(each)]
    before = list(kept.actors)
    kept.change(Notification.actors.set(before), condition=Notification.actors.exists())
    assert [each["id"] for each in digest(storm)["actors"]] == before[:3]
    consume(*storm.like(newer := a_user()))
    assert [each["id"] for each in digest(storm)["actors"]] == [newer.user_id, *before[:2]]


def test_a_digest_of_which_everything_was_undone_is_not_listed(
    storm: Storm, crowd: list[Caller]
) -> None:
    events = list(storm.like(*crowd))
    consume(*events)
    consume(*storm.unlike(*events))
    assert shown(storm) == []
    assert groups(storm) == []


def test_things_are_apart(storm: Storm, crowd: list[Caller]) -> None:
    other = Storm(storm.aws, storm.reader, a_post(storm.reader))
    consume(*storm.like(*crowd), *other.like(*crowd[:3]))
    assert stored(storm) == (3, 1)
    assert sorted(each["actor_count"] for each in groups(storm)) == [3, len(crowd)]


def test_the_next_ten_minutes_begin_again(storm: Storm, crowd: list[Caller]) -> None:
    consume(*storm.like(*crowd))
    more = [a_user() for _ in range(THRESHOLD + 5)]
    with stop_at(now() + WINDOW - 1):
        consume(*storm.like(more[0]))
        assert stored(storm) == (0, 1)
    with stop_at(now() + WINDOW):
        for each in more[1:]:
            consume(*storm.like(each))
        assert stored(storm) == (THRESHOLD, 2)
        [group] = groups(storm)
    assert group["actor_count"] == len(crowd) + len(more)
    counts = [each["actor_count"] for each in shown(storm) if each["actor_count"] > 1]
    assert counts == [len(more) - 1, len(crowd) + 1]


def test_a_digest_counts_as_one_unread_entry_and_is_marked_and_deleted_like_any(
    storm: Storm, crowd: list[Caller]
) -> None:
    from notifications import delete_notification

    consume(*storm.like(*crowd))
    storm.look()
    assert unread_count(storm.reader.user_id) == 1
    shape = digest(storm)
    route = "PUT /notifications/{notification_id}/read"
    marked = ask(mark_read.app, route, storm.reader, shape["id"])
    assert (marked["unread_count"], marked["notification"]["is_read"]) == (0, True)
    with stop_at(now() + 5):
        consume(*storm.like(a_user()))
    storm.look()
    assert unread_count(storm.reader.user_id) == 0
    assert digest(storm)["actor_count"] == len(crowd) + 1
    route = "DELETE /notifications/{notification_id}"
    ask(delete_notification.app, route, storm.reader, shape["id"])
    consume(*storm.like(a_user()))
    assert shown(storm) == []


def test_blocked_and_banned_people_are_not_named(storm: Storm, crowd: list[Caller]) -> None:
    consume(*storm.like(*crowd))
    blocked, banned, kept = (each["id"] for each in digest(storm)["actors"])
    connect(storm.reader, "blocks", Caller(blocked, "", "", "user", "full"))
    User(banned).update(actions=[User.status.set("banned")])
    shape = digest(storm)
    assert shape["actor_id"] == kept
    assert {blocked, banned}.isdisjoint(each["id"] for each in shape["actors"])
    for each in crowd:
        User(each.user_id).update(actions=[User.status.set("banned")])
    shape = digest(storm)
    assert (shape["actor"], shape["actors"]) == (None, [])
    assert shape["message"] == f"Somebody and {len(crowd) - 1} others liked your post"


def test_a_type_that_is_switched_off_makes_no_digest(storm: Storm, crowd: list[Caller]) -> None:
    User(storm.reader.user_id).update(actions=[User.muted_types.set(["post.liked"])])
    consume(*storm.like(*crowd))
    assert stored(storm) == (0, 0)


def test_the_authors_own_like_is_not_counted(storm: Storm, crowd: list[Caller]) -> None:
    consume(*storm.like(*crowd, storm.reader))
    assert digest(storm)["actor_count"] == len(crowd)


def test_a_digest_speaks_the_readers_language(storm: Storm, crowd: list[Caller]) -> None:
    consume(*storm.like(*crowd))
    shape = digest(storm, "ja")
    assert shape["message"].startswith(f"{shape['actor_username']}さんと他{len(crowd) - 1}人")


def test_a_digest_is_hidden_with_its_post(storm: Storm, crowd: list[Caller]) -> None:
    consume(*storm.like(*crowd))
    Post(storm.post_id).update(actions=[Post.deleted_at.set("2026-01-05T12:00:00.000Z")])
    assert shown(storm) == []


def test_events_whose_digest_cannot_be_written_fail(storm: Storm, crowd: list[Caller]) -> None:
    from notifications import on_event
    from tests.support.events import load_event

    events = storm.like(*crowd)
    record = load_event("notifications", "on_event")["Records"][0]
    records = [
        {**record, "messageId": str(number), "body": json.dumps(event)}
        for number, event in enumerate(events[:3])
    ]
    storm.aws.fail("dynamodb.TransactWriteItems", "InternalServerError", status=500)
    answer = on_event.app({"Records": records}, LambdaContext())
    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == ["0", "1", "2"]


def test_what_is_beyond_the_threshold_writes_nothing_for_each_like(
    storm: Storm, crowd: list[Caller]
) -> None:
    consume(*storm.like(*crowd))
    events = storm.like(*(a_user() for _ in range(20)))
    with stop_at(now() + 5):
        consume(*events[:10])  # the latest actors, and that the digest is to be pushed
        storm.aws.calls.clear()
        consume(*events[10:])
    assert storm.aws.calls == ["dynamodb.BatchGetItem"] * 2


def test_the_actors_of_a_digest_are_at_most_a_second_older_than_the_latest_like(
    storm: Storm, crowd: list[Caller]
) -> None:
    consume(*storm.like(*crowd))
    with stop_at(now() + 1):
        events = storm.like(*(a_user() for _ in range(10)))
        consume(*events)
    assert digest(storm)["actor_id"] in {each["data"]["liker_id"] for each in events}


def test_a_digest_is_listed_above_the_entries_of_its_window_and_belongs_to_their_day(
    storm: Storm, crowd: list[Caller]
) -> None:
    with stop_at(now() + 12 * 3600 - 30):  # half a minute before midnight
        for each in crowd[: THRESHOLD + 1]:
            consume(*storm.like(each))
        first, *others = shown(storm)
        assert first["actor_count"] == THRESHOLD + 1
        assert len(others) == THRESHOLD
        [group] = groups(storm)
    assert group["actor_count"] == THRESHOLD + 1
    assert len(group["entry_ids"]) == THRESHOLD + 1


def test_of_a_days_digests_of_one_thing_the_actors_of_the_newest_are_read(storm: Storm) -> None:
    post_id, reader = storm.post_id, storm.reader
    people = [a_user() for _ in range(6)]
    for window in range(60):
        at = now() - window * WINDOW
        fact = new_entry(reader.user_id, "post.liked", timestamp(at), None, post_id)
        found = new_digest([fact])
        absent = [new_id() for _ in people]
        found.actors = [each.user_id for each in people] if window < 2 else absent
        found.save()
        key = tally_key("post.liked", (post_id, fact.created_at))
        Tally(*key, made=200, expires_at=int(now()) + 1000).save()
    storm.aws.calls.clear()
    [group] = groups(storm)
    assert group["actor_count"] == 60 * 200
    assert [each["id"] for each in group["actors"]] == [each.user_id for each in people[:3]]
    # Accounts, blocks, tallies and the post; the accounts of all 360 would take several.
    assert storm.aws.calls.count("dynamodb.BatchGetItem") <= 4
