"""Mentions: the @names of a text, whom they mean, and that an edit hands none to somebody else."""

from typing import Any

import pytest

from posts import create_comment, create_post, edit_comment, edit_post, get_post, list_comments
from posts.mentions import names_in
from posts.models import Comment, Post
from shared.access.caller import Caller
from shared.clock import stop_at
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post, call, on_post
from tests.unit.conftest import NOON
from users.models import Claim, User


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@abc and @ABC, @d_1", ["abc", "d_1"]),
        ("(@abc) .@def @ghi's @abc/@jkl!", ["abc", "def", "ghi", "jkl"]),
        ("谢谢@abc的照片 ขอบคุณ@def ありがとう@ghiさん", ["abc", "def", "ghi"]),
        ("\N{FULLWIDTH COMMERCIAL AT}abc ❤️@def❤️ @ghi님", ["abc", "def", "ghi"]),
        ("@ab @" + "x" * 31, []),
        ("abc@example.com josé@example.com @@abc", []),
        ("слово@abc 한국@def cafe\N{COMBINING ACUTE ACCENT}@ghi", []),
        ("@josé @abc\N{COMBINING CARON} @nguyễn @abcд @abcπ", []),
        ("https://example.com/@abc/post and @def", ["def"]),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert names_in(text) == names


@pytest.fixture
def author(aws: MemoryAws, settings: pytest.MonkeyPatch, noon: float) -> Caller:
    """Somebody who writes, with AWS in memory, bounds and a stopped clock."""
    settings.setenv("MAX_HASHTAGS", "30")
    settings.setenv("MAX_MENTIONS", "20")
    settings.setenv("MAX_MEDIA_PER_POST", "10")
    return a_user()


def claim(username: str, person: Caller) -> None:
    """Give the person a username, which is free or was somebody's."""
    Claim(f"username#{username}", user_id=person.user_id).save()
    User(person.user_id).update(actions=[User.username.set(username)])


class Text:
    """A text with mentions: the caption of a post, or a comment."""

    def __init__(self, kind: str, author: Caller, text: str) -> None:
        self.kind, self.author = kind, author
        self.post_id = a_post(author)
        if kind == "post":
            self.id = a_post(author)
            self.edit(text)
            return
        body = {"post_id": self.post_id, "content": text}
        self.id = call(create_comment, "POST /comments", author, body=body)[1]["id"]

    def edit(self, text: str) -> list[dict[str, Any]]:
        """Change the text; return its mentions."""
        if self.kind == "post":
            status, shape = on_post(
                edit_post, "PATCH", self.author, self.id, body={"caption": text}
            )
        else:
            route, path = "PATCH /comments/{comment_id}", {"comment_id": self.id}
            status, shape = call(
                edit_comment, route, self.author, path=path, body={"content": text}
            )
        assert status == 200, shape
        return list(shape["mentions"])

    def shown(self, viewer: Caller | None = None) -> list[dict[str, Any]]:
        """The mentions as they are shown."""
        viewer = viewer or self.author
        if self.kind == "post":
            return list(on_post(get_post, "GET", viewer, self.id)[1]["mentions"])
        route, path = "GET /posts/{post_id}/comments", {"post_id": self.post_id}
        return list(call(list_comments, route, viewer, path=path)[1]["comments"][0]["mentions"])

    def make_old(self) -> None:
        """As earlier versions stored it: the people without their names."""
        item = self._item()
        item.update(actions=[type(item).mention_names.remove()])

    def forget_names_but(self, names: dict[str, str]) -> None:
        """As an earlier version edited it: the names that it did not know of stay."""
        item = self._item()
        item.update(actions=[type(item).mention_names.set(names)])

    def _item(self) -> Any:
        return Post(self.id) if self.kind == "post" else Comment(self.post_id, self.id)


@pytest.fixture(params=["post", "comment"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def ids(mentions: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in mentions]


@pytest.mark.parametrize("is_old", [False, True])
def test_a_name_that_stood_in_the_text_keeps_its_person(
    kind: str, is_old: bool, author: Caller
) -> None:
    person, stranger, added = a_user(), a_user(), a_user()
    claim("old", person)
    claim("added", added)
    text = Text(kind, author, "thanks @old and @nobody_yet")
    assert ids(text.shown()) == [person.user_id]
    if is_old:
        text.make_old()
    claim("renamed", person)
    claim("old", stranger)
    if not is_old:
        claim("nobody_yet", stranger)
    assert ids(text.edit("Thanks @OLD, @nobody_yet, @added")) == [person.user_id, added.user_id]
    [first, _] = text.edit("Thanks @old, @added!")
    assert (first["id"], first["username"]) == (person.user_id, "renamed")
    assert ids(text.edit("Thanks @added")) == [added.user_id]
    assert ids(text.edit("Thanks @old")) == [stranger.user_id], "an added name is looked up"


def test_texts_of_earlier_versions_keep_their_people(kind: str, author: Caller) -> None:
    """Names of which some meant nobody: who has one still is meant by it."""
    people = [a_user() for _ in range(3)]
    for at, person in enumerate(people):
        claim(f"name_{at}", person)
    text = Text(kind, author, "@name_0 @nobody @name_1 @name_2")
    text.make_old()
    assert ids(text.shown()) == [each.user_id for each in people]
    claim("moved", people[1])
    claim("name_1", a_user())
    mentions = text.edit("@name_2 @name_1 @name_0!")
    assert set(ids(mentions)) <= {each.user_id for each in people}
    assert {people[0].user_id, people[2].user_id} <= set(ids(mentions))


def test_an_edit_by_the_earlier_version_loses_no_one(kind: str, author: Caller) -> None:
    """It stores the people and leaves their names as they were: during a deployment, say."""
    anna, bob = a_user(), a_user()
    claim("anna", anna)
    claim("bob", bob)
    text = Text(kind, author, "@anna")
    text.edit("@anna @bob")
    text.forget_names_but({"anna": anna.user_id})
    assert [len(each["places"]) for each in text.shown()] == [1, 1]
    assert ids(text.edit("@anna, @bob")) == [anna.user_id, bob.user_id]


def test_a_mention_says_where_its_person_is_named(kind: str, author: Caller) -> None:
    person, other = a_user(), a_user()
    claim("old", person)
    claim("other", other)
    written = "🎉 @Old, 谢谢@other, @old"
    text = Text(kind, author, written)
    claim("renamed", person)
    first, second = text.shown()
    assert first["username"] == "renamed"
    assert [each["name"] for each in first["places"]] == ["Old", "old"]
    assert [written[each["start"] : each["end"]] for each in first["places"]] == ["@Old", "@old"]
    assert second["places"] == [{"name": "other", "start": 10, "end": 16}]
    text.make_old()
    assert [len(each["places"]) for each in text.shown()] == [2, 1]


def test_an_edit_keeps_the_time_of_a_mention(author: Caller) -> None:
    claim("old", person := a_user())
    text = Text("post", author, "@old")
    [before] = Post.get(text.id).mentions
    claim("old", a_user())
    with stop_at(NOON + 60):
        text.edit("@old!")
    assert Post.get(text.id).mentions == [before]
    assert before["user_id"] == person.user_id


def test_a_new_post_stores_whom_its_names_mean(author: Caller) -> None:
    claim("old", person := a_user())
    body = {"content": "@old @unknown"}
    status, post = call(create_post, "POST /api/v1/posts", author, body=body)
    assert status == 201, post
    assert Post.get(post["post"]["id"]).mention_names == {"old": person.user_id}


def test_a_comment_that_stays_the_same_is_not_edited(author: Caller) -> None:
    text = Text("comment", author, "Nice!")
    before = Comment.get(text.post_id, text.id).attribute_values
    with stop_at(NOON + 60):
        text.edit(" Nice! ")
    assert Comment.get(text.post_id, text.id).attribute_values == before
    with stop_at(NOON + 60):
        text.edit("Nice.")
    assert Comment.get(text.post_id, text.id).edited_at == "2026-01-05T12:01:00.000Z"


def test_an_edit_by_another_request_meanwhile_is_not_undone(
    author: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The people of the names are those of the text that the edit replaces."""
    claim("old", person := a_user())
    text = Text("comment", author, "Nice!")
    read, others = edit_comment.read_items, ["@old"]

    def meanwhile(*keys: Any) -> Any:
        if others:
            text.edit(others.pop())
            claim("old", a_user())
        return read(*keys)

    monkeypatch.setattr(edit_comment, "read_items", meanwhile)
    assert ids(text.edit("@old!")) == [person.user_id]
