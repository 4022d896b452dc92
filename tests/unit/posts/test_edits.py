"""Editing posts: what changes, what is recorded of the state before, and who may edit."""

from typing import Any

import pytest

from posts import edit_post, edits, get_post
from posts.models import Post, PostEdit
from shared.access.caller import Caller
from shared.clock import stop_at
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_picture, a_post, connect, name, on_post
from tests.unit.conftest import NOON

PICTURE, CLIP = "01KAEJ7Q9R1S3T5V7W9X1Y3Z5A", "01KAEJ7QB2C4D6E8F0G2H4J6K8"


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, settings: pytest.MonkeyPatch, noon: float) -> None:
    """AWS in memory, bounds, and a stopped clock."""
    settings.setenv("MAX_HASHTAGS", "30")
    settings.setenv("MAX_MENTIONS", "20")


def edit(who: Caller, post_id: str, **body: Any) -> tuple[int, Any]:
    with stop_at(NOON + 60):
        return on_post(edit_post, "PATCH", who, post_id, body=body)


def history(aws: MemoryAws) -> list[PostEdit]:
    found = [PostEdit.from_raw_data(each) for each in aws.dynamo.items("hoshi-post-edits")]
    return sorted(found, key=lambda each: each.revision)


def test_everything_that_can_change_changes(aws: MemoryAws) -> None:
    author = a_user()
    post_id = a_post(
        author,
        caption="Snow #winter",
        location="Up there",
        media=[a_picture(PICTURE, alt_text="Snow"), a_picture(CLIP)],
    )
    status, post = edit(
        author,
        post_id,
        caption=" Sun #summer ",
        visibility="followers",
        comments_disabled=True,
        location="",
        alt_texts={CLIP: "Sun", PICTURE: ""},
    )
    assert status == 200
    assert post["caption"] == "Sun #summer"
    assert post["hashtags"] == ["summer"]
    assert (post["visibility"], post["comments_disabled"]) == ("followers", True)
    assert post["location"] is None
    assert [each["alt_text"] for each in post["media"]] == [None, "Sun"]
    assert post["edited_at"] == post["updated_at"] == "2026-01-05T12:01:00.000Z"
    assert post["created_at"] == "2026-01-05T12:00:00.000Z"
    assert on_post(get_post, "GET", author, post_id) == (200, post)
    [kept] = history(aws)
    assert kept.before == {
        "caption": "Snow #winter",
        "visibility": "public",
        "comments_disabled": False,
        "location": "Up there",
        "alt_texts": {PICTURE: "Snow", CLIP: None},
    }


def test_content_is_another_name_for_caption_and_null_changes_nothing() -> None:
    author = a_user()
    post_id = a_post(author, caption="before", location="there")
    assert edit(author, post_id, content="after", location=None)[1]["caption"] == "after"
    assert edit(author, post_id, caption="x", content="y")[1]["caption"] == "x"
    assert edit(author, post_id)[1]["location"] == "there"


def test_an_edit_that_changes_nothing_is_not_recorded(aws: MemoryAws) -> None:
    author = a_user()
    post_id = a_post(author, caption="same")
    status, post = edit(author, post_id, caption="same", visibility="public")
    assert (status, post["edited_at"]) == (200, None)
    assert history(aws) == []


def test_each_edit_is_recorded_in_order(aws: MemoryAws) -> None:
    author = a_user()
    post_id = a_post(author, caption="one")
    for words in ("two", "three", "four"):
        edit(author, post_id, caption=words)
    assert [each.before["caption"] for each in history(aws)] == ["one", "two", "three"]


def test_mentions_follow_and_keep_their_time() -> None:
    author, first, second = a_user(), a_user(), a_user()
    for person in (first, second):
        name(person)
    post_id = a_post(author, caption="Hello")
    with_first = edit(author, post_id, caption=f"Hello @{first.username.upper()}")[1]
    assert [each["id"] for each in with_first["mentions"]] == [first.user_id]
    with stop_at(NOON + 120):
        both = on_post(
            edit_post,
            "PATCH",
            author,
            post_id,
            body={"caption": f"@{second.username} and @{first.username} and @nobody_there"},
        )[1]
    assert [each["id"] for each in both["mentions"]] == [second.user_id, first.user_id]
    stored = Post.find(post_id)
    assert stored is not None
    assert stored.mentions == [
        {"user_id": second.user_id, "since": "2026-01-05T12:02:00.000Z"},
        {"user_id": first.user_id, "since": "2026-01-05T12:01:00.000Z"},
    ]
    assert edit(author, post_id, caption="Alone")[1]["mentions"] == []


def test_hidden_people_are_not_shown_as_mentioned() -> None:
    author, viewer, banned = a_user(), a_user(), a_user(status="banned")
    blocked, shown = a_user(), a_user()
    connect(blocked, "blocks", viewer)
    people = [banned, blocked, shown]
    mentions = [{"user_id": each.user_id, "since": "s"} for each in people]
    post_id = a_post(author, mentions=mentions)
    for who, expected in ((viewer, [shown]), (author, [blocked, shown]), (blocked, people[1:])):
        post = on_post(get_post, "GET", who, post_id)[1]
        assert [each["id"] for each in post["mentions"]] == [each.user_id for each in expected]


@pytest.mark.parametrize(
    "body",
    [
        {"caption": "x" * 2201},
        {"visibility": "friends"},
        {"comments_disabled": "perhaps"},
        {"location": "x" * 101},
        {"alt_texts": {"x": "y"}},
        {"alt_texts": {PICTURE: "x" * 1001}},
        {"caption": " ".join(f"#tag{number}" for number in range(31))},
        {"caption": " ".join(f"@name{number}" for number in range(21))},
        {"caption": ""},  # of a post that has only text
    ],
)
def test_bounds(body: dict[str, Any], aws: MemoryAws) -> None:
    author = a_user()
    status, answer = edit(author, a_post(author, caption="Text"), **body)
    assert (status, answer["code"]) == (400, "invalid_input")
    assert history(aws) == []


def test_a_post_with_a_picture_needs_no_caption() -> None:
    author = a_user()
    post_id = a_post(author, caption="Words", media=[a_picture(PICTURE)])
    assert edit(author, post_id, caption="")[1]["caption"] == ""


def test_alt_texts_of_uploads_that_the_post_lacks() -> None:
    author = a_user()
    status, answer = edit(author, a_post(author, media=[a_picture(PICTURE)]), alt_texts={CLIP: "x"})
    assert (status, answer["code"]) == (404, "upload_not_found")


def test_only_the_author_edits() -> None:
    author, friend, non_follower = a_user(), a_user(), a_user()
    collaborators = [{"user_id": friend.user_id, "status": "accepted", "since": "s"}]
    post_id = a_post(author, collaborators=collaborators)
    hidden = a_post(author, visibility="private")
    for who in (friend, non_follower):
        assert edit(who, post_id, caption="Mine")[1]["code"] == "not_owner"
        assert edit(who, hidden, caption="Mine")[1]["code"] == "post_not_found"


def test_a_concurrent_change_is_not_lost(monkeypatch: pytest.MonkeyPatch, aws: MemoryAws) -> None:
    """Another edit comes between reading and writing: both are made in the end."""
    author = a_user()
    post_id = a_post(author, caption="one")
    save = edits.save
    raced: list[int] = []

    def race(*given: Any) -> None:
        if not raced:
            raced.append(1)
            assert edit(author, post_id, location="There")[0] == 200
        save(*given)

    monkeypatch.setattr(edit_post, "save", race)
    status, post = edit(author, post_id, caption="two")
    assert (status, post["caption"], post["location"]) == (200, "two", "There")
    assert [each.before for each in history(aws)] == [{"location": None}, {"caption": "one"}]


def test_a_post_that_is_deleted_at_the_same_time_is_not_edited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    author = a_user()
    post_id = a_post(author, caption="one")
    save = edits.save

    def race(*given: Any) -> None:
        Post(post_id).update(actions=[Post.deleted_at.set("2026-01-05T12:00:30.000Z")])
        save(*given)

    monkeypatch.setattr(edit_post, "save", race)
    assert edit(author, post_id, caption="two")[0] == 404
    stored = Post.find(post_id)
    assert stored is not None
    assert stored.caption == "one"


def test_an_alt_text_that_the_author_emptied_stays_the_authors(aws: MemoryAws) -> None:
    author = a_user()
    post_id = a_post(author, media=[a_picture(PICTURE), a_picture(CLIP)])
    assert edit(author, post_id, alt_texts={PICTURE: ""})[0] == 200
    touched, untouched = Post.get(post_id).media
    assert touched["alt_text_by"] == "author"
    assert "alt_text_by" not in untouched


def test_a_change_of_the_audience_alone_is_not_shown_as_an_edit(aws: MemoryAws) -> None:
    """It is kept like any other change, and counts as an update."""
    author = a_user()
    post_id = a_post(author, media=[a_picture(PICTURE, alt_text="Snow")])
    for change in ({"visibility": "followers"}, {"who_can_comment": "nobody"}):
        status, post = edit(author, post_id, **change)
        assert (status, post["edited_at"]) == (200, None)
        assert post["updated_at"] == "2026-01-05T12:01:00.000Z"
    assert len(history(aws)) == 2
    for text in ({"caption": "Sun"}, {"location": "Up there"}, {"alt_texts": {PICTURE: "Sun"}}):
        post_id = a_post(author, media=[a_picture(PICTURE, alt_text="Snow")])
        assert edit(author, post_id, **text)[1]["edited_at"] == "2026-01-05T12:01:00.000Z"


def test_the_same_values_change_nothing(aws: MemoryAws) -> None:
    author = a_user()
    post_id = a_post(author, caption="Snow", media=[a_picture(PICTURE, alt_text="Snow")])
    edit(author, post_id, visibility="followers", caption="Sun", alt_texts={PICTURE: "Sun"})
    before = Post.get(post_id).attribute_values
    with stop_at(NOON + 120):
        same = {"visibility": "followers", "caption": " Sun ", "alt_texts": {PICTURE: "Sun"}}
        on_post(edit_post, "PATCH", author, post_id, body=same)
    assert Post.get(post_id).attribute_values == before
    assert len(history(aws)) == 1
