"""The switch `notify_stories` of a follow: who is notified of an author's stories."""

import pytest

from tests.support.memory_aws import MemoryAws
from tests.support.people import Call, Join, as_caller, block
from users import follow_requests, follows, story_notifications
from users.block_user import app as block_app
from users.edit_follow import app as edit_app
from users.follow_user import app as follow_app
from users.models import Relationship, User
from users.personal_data import export_of as users_export
from users.public import Relation, is_notified, notified_page, relation
from users.unfollow_user import app as unfollow_app

FEW, MANY = 200, 201  # followers


def is_on(reader: User, author: User) -> bool:
    return is_notified(relation(reader.user_id, author.user_id), author)


def asked(author: User) -> list[str]:
    """The followers who asked, as the index has them."""
    return [each.user_id for each in Relationship.notified.query(author.user_id)]


@pytest.mark.parametrize(("followers", "default"), [(0, True), (FEW, True), (MANY, False)])
def test_the_default_follows_the_size_of_the_audience(
    followers: int, default: bool, call: Call, join: Join
) -> None:
    reader, author = join("reader"), join("author", follower_count=followers)
    assert not is_on(reader, author), "who does not follow is not notified"
    call(follow_app, reader, "author")
    assert is_on(reader, author) is default
    assert asked(author) == []


@pytest.mark.parametrize("followers", [FEW, MANY])
@pytest.mark.parametrize("chosen", [True, False])
def test_a_choice_wins_over_the_default(
    followers: int, chosen: bool, call: Call, join: Join
) -> None:
    reader, author = join("reader"), join("author", follower_count=followers)
    status, _ = call(follow_app, reader, "author", body={"notify_stories": chosen})
    assert status == 200
    assert is_on(reader, author) is chosen
    assert asked(author) == ([reader.user_id] if chosen else [])
    status, body = call(edit_app, reader, "author", body={"notify_stories": not chosen})
    assert (status, body["notify_stories"], body["follow_status"]) == (200, not chosen, "approved")
    assert is_on(reader, author) is not chosen
    assert asked(author) == ([] if chosen else [reader.user_id])


def test_a_repeated_follow_changes_nothing(call: Call, join: Join) -> None:
    reader, author = join("reader"), join("author")
    call(follow_app, reader, "author", body={"notify_stories": False})
    status, body = call(follow_app, reader, "author", body={"notify_stories": True})
    assert (status, body["code"]) == (409, "already_following")
    assert not is_on(reader, author)


@pytest.mark.parametrize("body", [{}, {"notify_stories": None}, {"notify_stories": "often"}])
def test_a_change_says_what_to_change(body: dict[str, str], call: Call, join: Join) -> None:
    reader, _ = join("reader"), join("author")
    call(follow_app, reader, "author")
    assert call(edit_app, reader, "author", body=body)[0] == 400


def test_only_a_follow_can_be_changed(call: Call, join: Join) -> None:
    reader, author = join("reader"), join("author")
    on = {"notify_stories": True}
    for whom in ("author", "me"):
        status, body = call(edit_app, reader, whom, body=on)
        assert (status, body["code"]) == (409, "not_following")
    call(follow_app, reader, "author")
    call(unfollow_app, reader, "author")
    assert call(edit_app, reader, "author", body=on)[1]["code"] == "not_following"
    block(author, reader)
    assert call(edit_app, reader, "author", body=on)[1]["code"] == "user_not_found"
    assert asked(author) == []


@pytest.mark.parametrize("end", ["unfollow", "block", "blocked"])
def test_the_end_of_a_follow_ends_the_choice(end: str, call: Call, join: Join) -> None:
    reader, author = join("reader"), join("author", follower_count=MANY)
    call(follow_app, reader, "author", body={"notify_stories": True})
    assert asked(author) == [reader.user_id]
    if end == "unfollow":
        call(unfollow_app, reader, "author")
    else:
        who, whom = (reader, "author") if end == "block" else (author, "reader")
        assert call(block_app, who, whom)[0] == 200
    assert asked(author) == []
    assert not is_on(reader, author)
    if end == "unfollow":
        call(follow_app, reader, "author")
        assert not is_on(reader, author), "a new follow has the default"


def test_an_earlier_follow_decides_nothing(call: Call, join: Join) -> None:
    reader, author = join("reader"), join("author", follower_count=MANY)
    call(follow_app, reader, "author", body={"notify_stories": True})
    call(unfollow_app, reader, "author")
    author.change(User.is_private.set(True), condition=User.is_there())
    call(follow_app, reader, "author")
    assert relation(reader.user_id, author.user_id).requested
    assert not is_on(reader, author)


@pytest.mark.parametrize("chosen", [True, False])
def test_a_request_carries_the_choice(chosen: bool, call: Call, join: Join) -> None:
    reader, author = join("reader"), join("author", is_private=True)
    call(follow_app, reader, "author", body={"notify_stories": not chosen})
    assert is_on(reader, author) is not chosen
    assert asked(author) == [], "a request is no follow"
    status, body = call(edit_app, reader, "author", body={"notify_stories": chosen})
    assert (status, body["follow_status"]) == (200, "pending")
    assert asked(author) == []
    follow_requests.approve(author, reader.user_id, reader.username)
    assert is_on(reader, author) is chosen
    assert asked(author) == ([reader.user_id] if chosen else [])


def test_a_switch_does_not_restore_a_follow_that_ends_meanwhile(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, author = join("reader"), join("author")
    follows.begin(as_caller(reader), author)
    read, done = story_notifications.read_items, []

    def read_then_unfollow(*given: object, **more: object) -> object:
        found = read(*given, **more)  # type: ignore[arg-type]
        if not done:
            done.append(follows.end(reader.user_id, author.user_id))
        return found

    monkeypatch.setattr(story_notifications, "read_items", read_then_unfollow)
    with pytest.raises(story_notifications.NotFollowing):
        story_notifications.switch(reader.user_id, author.user_id, True)
    assert asked(author) == []


def test_pages_of_those_who_may_be_notified(aws: MemoryAws, join: Join) -> None:
    author = join("author")
    fans = [join(f"fan{number}") for number in range(5)]
    for number, fan in enumerate(fans):
        follows.begin(as_caller(fan), author, notify_stories=True if number < 3 else None)

    def everybody() -> set[str]:
        found: list[str] = []
        page, after = notified_page(author, 2)
        found += page
        while after:
            page, after = notified_page(author, 2, after)
            found += page
        assert len(found) == len(set(found))
        return set(found)

    author.follower_count = FEW
    assert everybody() == {fan.user_id for fan in fans}
    author.follower_count = MANY
    assert everybody() == {fan.user_id for fan in fans[:3]}
    assert not is_notified(Relation(follows=False, notify_stories=True), author)


def test_an_export_has_the_choice(call: Call, join: Join) -> None:
    reader, author, other = join("reader"), join("author"), join("other")
    call(follow_app, reader, "author", body={"notify_stories": False})
    call(follow_app, reader, "other")
    topics = {topic.name: topic.content for topic in users_export(reader)}
    chosen = {row["user_id"]: row.get("notify_stories") for row in topics["following"]}
    assert chosen == {author.user_id: False, other.user_id: None}
