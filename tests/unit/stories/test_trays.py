"""The tray: whose stories a person has to see, in which order, whatever happened since."""

import base64
import json
from collections.abc import Callable

import pytest

from shared.access.caller import Caller
from shared.clock import stop_at, timestamp
from shared.encoding import to_json
from shared.events.stories import StoryRestored
from shared.events.users import UserFollowed, UserUnfollowed
from stories import (
    delete_story,
    fan_out_story,
    get_story,
    get_story_feed,
    on_stories_changed,
    on_story_created,
    on_user_followed,
    restore_story,
    tray_pages,
    trays,
)
from stories.models import StoryTray, StoryView
from stories.public import has_story
from stories.trays import add_story, sync_tray
from stories.visibility import LIFE
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.posts import connect
from tests.support.stories import a_story, on_story, stored
from tests.support.streams import batch, stream_record
from tests.unit.stories.trays import (
    authors_of,
    consume,
    created,
    jobs,
    page_of,
    post,
    publish,
    trays_of,
    watch,
)
from users.models import Relationship, User, edge

NOON = 1_767_614_400.0


@pytest.fixture
def reader(aws: MemoryAws) -> Caller:
    return a_user()


def followed(reader: Caller) -> Caller:
    author = a_user()
    connect(reader, "follows", author)
    return author


def end(one: Caller, kind: str, other: Caller) -> None:
    """End one half of an edge."""
    Relationship(one.user_id, f"{kind}#{other.user_id}").update(
        actions=[Relationship.is_active.set(False)]
    )


def row(reader: Caller, author: Caller) -> StoryTray | None:
    return StoryTray.find(reader.user_id, author.user_id)


def rank(reader: Caller, author: Caller) -> str:
    """`1` if the row says that there is something to see, `0` if not."""
    found = row(reader, author)
    assert found
    return (found.rank or "")[0]


def test_ones_own_first_then_unseen_then_the_latest(reader: Caller, aws: MemoryAws) -> None:
    one, two, three = (followed(reader) for _ in range(3))
    moments = iter(range(10))

    def at_next() -> float:
        return NOON + next(moments)

    with stop_at(at_next()):
        own = post(aws, reader)
    with stop_at(at_next()):
        first = post(aws, one)
    with stop_at(at_next()):
        second = post(aws, two)
    with stop_at(at_next()):
        third = post(aws, three)
    with stop_at(at_next()):
        latest = post(aws, one, caption="Look")
        assert authors_of(reader) == [each.user_id for each in (reader, one, three, two)]
        watch(aws, reader, first, latest, third)
        shown = trays_of(reader)
    assert [(tray["user_id"], tray["all_seen"]) for tray in shown] == [
        (reader.user_id, True),
        (two.user_id, False),
        (one.user_id, True),
        (three.user_id, True),
    ]
    assert [[story["id"] for story in tray["stories"]] for tray in shown] == [
        [own],
        [second],
        [first, latest],  # oldest first
        [third],
    ]
    tray = shown[2]
    assert tray["username"] == one.username
    assert (tray["is_verified"], tray["user_profile_url"]) == (False, None)
    assert tray["latest_at"] == timestamp(NOON + 4)
    assert shown[0]["stories"][0]["view_count"] == 0
    assert tray["stories"][0]["view_count"] is None


def test_some_seen_is_not_all_seen(reader: Caller, aws: MemoryAws) -> None:
    author = followed(reader)
    stories = [post(aws, author) for _ in range(3)]
    watch(aws, reader, *stories[:2])
    [tray] = trays_of(reader)
    assert [story["is_viewed"] for story in tray["stories"]] == [True, True, False]
    assert (tray["all_seen"], rank(reader, author)) == (False, "1")
    watch(aws, reader, stories[2])
    [tray] = trays_of(reader)
    assert (tray["all_seen"], rank(reader, author)) == (True, "0")


def test_what_is_seen_is_exact_before_the_row_says_it(reader: Caller, aws: MemoryAws) -> None:
    author, other = followed(reader), followed(reader)
    with stop_at(NOON):
        post(aws, other)
    with stop_at(NOON + 1):
        story_id = post(aws, author)
        on_story(get_story, "GET", reader, story_id)  # its stream has not been read
        assert rank(reader, author) == "1"
        shown = trays_of(reader)
    assert [(tray["user_id"], tray["all_seen"]) for tray in shown] == [
        (other.user_id, False),
        (author.user_id, True),
    ]


@pytest.mark.parametrize("when", ["now", "later"])
def test_what_ends_access_acts_at_once(reader: Caller, aws: MemoryAws, when: str) -> None:
    """And what begins it again, too: nothing is written for either."""
    author = followed(reader)
    post(aws, author)

    def both(change: Callable[[], None], undo: Callable[[], None]) -> None:
        change()
        if when == "later":  # whatever syncs the row meanwhile
            sync_tray(reader.user_id, author.user_id)
        assert authors_of(reader) == []
        undo()
        assert authors_of(reader) == [author.user_id]

    user = User(author.user_id)
    both(lambda: connect(reader, "mutes", author), lambda: end(reader, "mutes", author))
    both(
        lambda: connect(author, "hides_story_from", reader),
        lambda: end(author, "hides_story_from", reader),
    )
    both(
        lambda: user.update(actions=[User.status.set("banned")]) and None,
        lambda: user.update(actions=[User.status.set("active")]) and None,
    )


def test_unfollowing_acts_at_once_and_is_tidied_behind(reader: Caller, aws: MemoryAws) -> None:
    author = followed(reader)
    post(aws, author)
    end(reader, "follows", author)
    assert authors_of(reader) == []
    ids = (reader.user_id, author.user_id, timestamp())
    publish(on_user_followed.app, UserUnfollowed(*ids))
    assert row(reader, author) is None
    connect(reader, "follows", author)
    publish(on_user_followed.app, UserFollowed(ids[0], reader.username, *ids[1:]))
    assert authors_of(reader) == [author.user_id]
    publish(on_user_followed.app, UserUnfollowed(*ids))  # late
    assert authors_of(reader) == [author.user_id]


@pytest.mark.parametrize("who", ["author", "reader"])
def test_blocking_acts_at_once(reader: Caller, aws: MemoryAws, who: str) -> None:
    author = followed(reader)
    post(aws, author)
    connect(*((author, "blocks", reader) if who == "author" else (reader, "blocks", author)))  # type: ignore[arg-type]
    assert authors_of(reader) == []


def test_a_private_account_shows_its_followers_alone(reader: Caller, aws: MemoryAws) -> None:
    author = a_user(is_private=True)
    connect(reader, "requested", author)
    post(aws, author)
    assert authors_of(reader) == []
    publish(
        on_user_followed.app,
        UserFollowed(reader.user_id, reader.username, author.user_id, timestamp()),
    )
    assert row(reader, author) is None
    connect(reader, "follows", author)
    publish(
        on_user_followed.app,
        UserFollowed(reader.user_id, reader.username, author.user_id, timestamp()),
    )
    assert authors_of(reader) == [author.user_id]


def test_close_friends_stories(reader: Caller, aws: MemoryAws) -> None:
    author, friend, admirer = followed(reader), a_user(), a_user()
    connect(friend, "follows", author)
    for each in (friend, admirer):
        connect(author, "close_friend", each)
    with stop_at(NOON):
        story_id = post(aws, author, close_friends_only=True)
        assert authors_of(friend) == [author.user_id]
        assert authors_of(reader) == []
        assert authors_of(admirer) == [], "who does not follow has nothing in the tray"
        assert [row(each, author) for each in (reader, admirer, author)] == [None] * 3
        for each in (reader, friend):  # what follows from a follow, or a view
            sync_tray(each.user_id, author.user_id)
        assert row(reader, author) is None
    with stop_at(NOON + 1):
        public = post(aws, author)
        assert [story["id"] for story in trays_of(friend)[0]["stories"]] == [story_id, public]
        assert [story["id"] for story in trays_of(reader)[0]["stories"]] == [public]
        watch(aws, reader, public)
        assert rank(reader, author) == "0"
        watch(aws, friend, public)
        assert rank(friend, author) == "1"


def test_expired_stories_leave_at_once(reader: Caller, aws: MemoryAws) -> None:
    author, other = followed(reader), followed(reader)
    with stop_at(NOON):
        post(aws, author)
        post(aws, reader)
    with stop_at(NOON + 1):
        post(aws, other)
    with stop_at(NOON + LIFE - 1):
        assert authors_of(reader) == [reader.user_id, other.user_id, author.user_id]
    with stop_at(NOON + LIFE):
        assert authors_of(reader) == [other.user_id]
    found = row(reader, author)
    assert found
    assert found.expires_at == NOON + LIFE


def test_deleted_stories_leave_at_once_and_restored_ones_return(
    reader: Caller, aws: MemoryAws
) -> None:
    author, newcomer = followed(reader), a_user()
    story_id = post(aws, author)
    on_story(delete_story, "DELETE", author, story_id)
    assert authors_of(reader) == []
    connect(newcomer, "follows", author)
    sync_tray(newcomer.user_id, author.user_id)
    on_story(restore_story, "POST /restore", author, story_id)
    assert authors_of(reader) == [author.user_id]
    assert authors_of(newcomer) == []
    publish(on_story_created.app, StoryRestored(story_id, author.user_id))
    consume(fan_out_story.app, *jobs(aws, "story-fan-out"))
    assert authors_of(newcomer) == [author.user_id]


def test_a_story_that_is_gone_by_now_is_not_fanned_out(reader: Caller, aws: MemoryAws) -> None:
    author = followed(reader)
    story_id = a_story(author)
    publish(on_story_created.app, created(author, story_id))
    [job] = jobs(aws, "story-fan-out")
    on_story(delete_story, "DELETE", author, story_id)
    consume(fan_out_story.app, job)
    publish(on_story_created.app, created(author, story_id))
    assert row(reader, author) is None
    assert jobs(aws, "story-fan-out") == []


def test_an_expired_story_is_not_fanned_out(reader: Caller, aws: MemoryAws) -> None:
    author = followed(reader)
    with stop_at(NOON):
        story_id = a_story(author)
    with stop_at(NOON + LIFE):
        publish(on_story_created.app, created(author, story_id))
        assert jobs(aws, "story-fan-out") == []
        sync_tray(reader.user_id, author.user_id)
    assert aws.dynamo.items("hoshi-story-trays") == []


def test_a_row_that_a_sync_holds_is_written_a_moment_later(reader: Caller, aws: MemoryAws) -> None:
    author = followed(reader)
    aws.fail("dynamodb.PutItem", "TransactionConflictException", first=2, times=1)
    post(aws, author)  # puts the story, the own row, the follower's row
    assert authors_of(reader) == [author.user_id]


def test_the_end_of_a_view_asks_for_nothing(reader: Caller, aws: MemoryAws) -> None:
    view = StoryView("story", reader.user_id, author_id="author", viewed_at=timestamp())
    on_stories_changed.app(batch(stream_record(1, old=view)), None)
    assert jobs(aws, "story-trays") == []
    twice = [stream_record(number, new=view) for number in (2, 3)]
    on_stories_changed.app(batch(*twice), None)
    assert len(jobs(aws, "story-trays")) == 1


def test_late_and_repeated_jobs_change_nothing(reader: Caller, aws: MemoryAws) -> None:
    author = followed(reader)
    with stop_at(NOON):
        older = a_story(author)
    with stop_at(NOON + 1):
        newer = post(aws, author)
        add_story(stored(author, older), [reader.user_id])
        assert newer in (row(reader, author) or StoryTray()).latest
        watch(aws, reader, older, newer)
        for story_id in (newer, older, newer):
            add_story(stored(author, story_id), [reader.user_id])
        assert rank(reader, author) == "0"
        sync_tray(reader.user_id, author.user_id)
        assert rank(reader, author) == "0"


def test_a_story_that_appears_while_a_row_is_synced_is_not_lost(
    reader: Caller, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = followed(reader)
    with stop_at(NOON):
        first = post(aws, author)
        on_story(get_story, "GET", reader, first)
    current, done = trays._current_row, []

    def overtaken(user_id: str, author_id: str) -> StoryTray | None:
        found = current(user_id, author_id)
        if not done:
            done.append(post(aws, author))
        return found

    monkeypatch.setattr(trays, "_current_row", overtaken)
    with stop_at(NOON + 1):
        sync_tray(reader.user_id, author.user_id)
    found = row(reader, author)
    assert found
    assert found.latest.endswith(done[0])
    assert rank(reader, author) == "1"


def test_pages_repeat_nothing_and_miss_nobody(reader: Caller, aws: MemoryAws) -> None:
    authors = [followed(reader) for _ in range(23)]
    for number, author in enumerate(authors):
        with stop_at(NOON + number):
            story_id = post(aws, author)
            if number % 3 == 0:
                watch(aws, reader, story_id)
    with stop_at(NOON + 60):
        post(aws, reader)
        for hidden in authors[5:12]:
            connect(hidden, "hides_story_from", reader)
        whole = authors_of(reader, limit="100")
        found: list[str] = []
        page = page_of(reader, limit="4")
        found += [tray["user_id"] for tray in page["trays"]]
        while page["next_cursor"]:
            assert len(page["trays"]) == 4, "a page before the last is full"
            page = page_of(reader, limit="4", cursor=page["next_cursor"])
            found += [tray["user_id"] for tray in page["trays"]]
    assert found == whole
    assert len(whole) == 1 + 23 - 7
    unseen = [a.user_id for n, a in enumerate(authors) if n % 3 and not 5 <= n < 12]
    assert whole[1 : 1 + len(unseen)] == unseen[::-1]


def test_a_page_is_filled_past_many_who_show_nothing(reader: Caller, aws: MemoryAws) -> None:
    authors = [followed(reader) for _ in range(60)]
    for number, author in enumerate(authors):
        with stop_at(NOON + number):
            post(aws, author)
        if 0 < number < 59:
            connect(reader, "mutes", author)
    with stop_at(NOON + 60):
        first = page_of(reader, limit="1")
        second = page_of(reader, limit="1", cursor=first["next_cursor"])
        assert authors_of(reader, limit="2") == [authors[59].user_id, authors[0].user_id]
    assert [tray["user_id"] for tray in first["trays"]] == [authors[59].user_id]
    assert [tray["user_id"] for tray in second["trays"]] == [authors[0].user_id]
    assert second["next_cursor"] is None


def test_a_cursor_names_nothing_that_is_hidden(reader: Caller, aws: MemoryAws) -> None:
    first, shown, *hidden = (followed(reader) for _ in range(5))
    stories = []
    for number, author in enumerate([first, *hidden, shown]):
        with stop_at(NOON + number):
            stories.append(post(aws, author))
    for author in hidden:
        connect(author, "hides_story_from", reader)
    with stop_at(NOON + 9):
        cursor = page_of(reader, limit="1")["next_cursor"]
    readable = base64.urlsafe_b64decode(cursor + "==")
    assert stories[-1].encode() in readable
    assert not any(story_id.encode() in readable for story_id in stories[:-1])


def test_a_page_does_not_say_that_somebody_hides_stories(reader: Caller, aws: MemoryAws) -> None:
    hiding, shown = followed(reader), followed(reader)
    connect(hiding, "hides_story_from", reader)
    with stop_at(NOON):
        post(aws, hiding)
    with stop_at(NOON + 1):
        post(aws, shown)
    with stop_at(NOON + 2):
        page = page_of(reader, limit="1")
        assert [tray["user_id"] for tray in page["trays"]] == [shown.user_id]
        assert page["next_cursor"] is None


def test_an_answer_is_bounded(
    reader: Caller, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tray_pages, "_MOST_STORIES", 5)
    authors = [followed(reader) for _ in range(4)]
    for number, author in enumerate(authors):
        with stop_at(NOON + number):
            for _ in range(2):
                post(aws, author)
    with stop_at(NOON + 9):
        page = page_of(reader)
        assert [tray["user_id"] for tray in page["trays"]] == [a.user_id for a in authors[:1:-1]]
        page = page_of(reader, cursor=page["next_cursor"])
        assert [tray["user_id"] for tray in page["trays"]] == [a.user_id for a in authors[1::-1]]
        assert page["next_cursor"] is None


def test_long_urls_take_the_room_of_stories(
    reader: Caller, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    authors = [followed(reader) for _ in range(3)]
    for number, author in enumerate(authors):
        with stop_at(NOON + number):
            post(aws, author)
    monkeypatch.setattr(tray_pages, "_MOST_STORIES", 5)
    shown = []
    for length in (400, 2_600):  # of a URL without a session token, and with a long one
        monkeypatch.setattr(tray_pages, "url_length", lambda length=length: length)
        with stop_at(NOON + 9):
            shown.append(len(page_of(reader)["trays"]))
    assert shown == [3, 1]


@pytest.mark.parametrize("stickers", ['"' + "\U0001f389" * 8190 + '"', '[""' + ',""' * 2729 + "]"])
def test_an_answer_with_the_longest_stickers_can_be_sent(
    reader: Caller, aws: MemoryAws, stickers: str
) -> None:
    """A Lambda answers with 6 MB at most, escapes included."""
    assert len(stickers) <= 8192
    authors = [followed(reader) for _ in range(3)]
    with stop_at(NOON):
        for author in authors:
            stories = [a_story(author, stickers_json=stickers) for _ in range(100)]
            publish(on_story_created.app, created(author, stories[-1]))
        consume(fan_out_story.app, *jobs(aws, "story-fan-out"))
        seen = 0
        cursor: dict[str, str] = {}
        while cursor.get("cursor", "") is not None:
            event = gateway_event("GET /stories/feed", caller=reader, query=cursor or None)
            answer = get_story_feed.app(event, LambdaContext())
            assert len(to_json(answer).encode()) < 6_000_000
            page = json.loads(answer["body"])
            seen += len(page["trays"])
            cursor = {"cursor": page["next_cursor"]}
    assert seen == len(authors)


def a_celebrity(*followers: Caller) -> Caller:
    star = a_user(is_pulled=True)
    for each in followers:
        connect(each, "follows", star)
        follows = Relationship(each.user_id, edge("follows", star.user_id))
        follows.update(actions=[Relationship.celebrity_id.set(star.user_id)])
    return star


def test_celebrities_are_pulled(reader: Caller, aws: MemoryAws) -> None:
    star, author = a_celebrity(reader), followed(reader)
    with stop_at(NOON):
        first = a_story(star)
        publish(on_story_created.app, created(star, first))
        assert jobs(aws, "story-fan-out") == [], "a celebrity's story is not fanned out"
        assert row(reader, star) is None
    with stop_at(NOON + 1):
        post(aws, author)
        assert authors_of(reader) == [author.user_id, star.user_id]
        watch(aws, reader, first)
        assert rank(reader, star) == "0"
        assert authors_of(reader) == [author.user_id, star.user_id]
    with stop_at(NOON + 2):
        second = post(aws, star)
        assert authors_of(reader) == [star.user_id, author.user_id]
        assert [story["id"] for story in trays_of(reader)[0]["stories"]] == [first, second]
        assert authors_of(star) == [star.user_id], "the own row is in no tray twice"
        pages = [page_of(reader, limit="1")]
        pages.append(page_of(reader, limit="1", cursor=pages[0]["next_cursor"]))
        assert [page["trays"][0]["user_id"] for page in pages] == [star.user_id, author.user_id]
    end(reader, "follows", star)
    follows = Relationship(reader.user_id, edge("follows", star.user_id))
    follows.update(actions=[Relationship.celebrity_id.remove()])
    with stop_at(NOON + 2):
        assert authors_of(reader) == [author.user_id]


def test_a_celebritys_place_follows_what_was_seen(reader: Caller, aws: MemoryAws) -> None:
    star, author = a_celebrity(reader), followed(reader)
    with stop_at(NOON):
        post(aws, author)
    with stop_at(NOON + 1):
        watch(aws, reader, post(aws, star))
        assert authors_of(reader, limit="1") == [author.user_id]


def test_no_row_is_lost_beside_celebrities(reader: Caller, aws: MemoryAws) -> None:
    """Rows of celebrities say less than what is known of them: a page must look further."""
    last, author = a_celebrity(reader), followed(reader)
    stars = [a_celebrity(reader) for _ in range(3)]
    for number, each in enumerate([last, author, *stars]):
        with stop_at(NOON + number):
            watch(aws, reader, post(aws, each))
    with stop_at(NOON + 9):
        for star in stars:
            post(aws, star)
        found: list[str] = []
        cursor: dict[str, str] = {}
        while cursor.get("cursor", "first"):
            page = page_of(reader, limit="2", **cursor)
            found += [tray["user_id"] for tray in page["trays"]]
            cursor = {"cursor": page["next_cursor"]}
    assert sorted(found[:3]) == sorted(star.user_id for star in stars)
    assert found[3:] == [author.user_id, last.user_id]


@pytest.mark.parametrize("first_is_for_friends", [False, True])
def test_a_profile_has_a_story_if_any_may_be_seen(
    reader: Caller, aws: MemoryAws, first_is_for_friends: bool
) -> None:
    author = followed(reader)
    for number, for_friends in enumerate([first_is_for_friends, not first_is_for_friends]):
        with stop_at(NOON + number):
            a_story(author, close_friends_only=for_friends)
    with stop_at(NOON + 2):
        assert has_story(reader, author.user_id)


def test_close_friends_of_a_celebrity(reader: Caller, aws: MemoryAws) -> None:
    friend = a_user()
    star = a_celebrity(reader, friend)
    connect(star, "close_friend", friend)
    with stop_at(NOON):
        post(aws, star, close_friends_only=True)
        assert authors_of(friend) == [star.user_id]
        assert authors_of(reader) == []


def test_every_page_of_followers_is_one_job(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_story_created, "PAGE", 2)
    author, people = a_user(), [a_user() for _ in range(5)]
    for person in people:
        connect(person, "follows", author)
    story_id = a_story(author)
    publish(on_story_created.app, created(author, story_id))
    found = jobs(aws, "story-fan-out")
    assert len(found) == 3
    consume(fan_out_story.app, *found)
    assert [authors_of(person) for person in people] == [[author.user_id]] * 5
