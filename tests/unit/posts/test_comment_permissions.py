"""Who may comment: what the author chooses, what is stored of it, and who may then comment."""

from typing import Any

import pytest

from posts import create_comment, create_post, edit_post, get_post
from posts.models import Post, PostEdit
from shared.access.caller import Caller
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post, call, connect, on_post


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, settings: pytest.MonkeyPatch, noon: float) -> None:
    """AWS in memory, bounds, and a stopped clock."""
    for name in ("HASHTAGS", "MENTIONS", "MEDIA_PER_POST"):
        settings.setenv(f"MAX_{name}", "20")


def comment(who: Caller, post_id: str, **more: Any) -> tuple[int, str | None]:
    body = {"post_id": post_id, "content": "Nice!", **more}
    status, answer = call(create_comment, "POST /comments", who, body=body)
    return status, answer.get("code")


def setting(who: Caller, post_id: str) -> tuple[bool, str]:
    """The two fields of a post that say who may comment."""
    post = on_post(get_post, "GET", who, post_id)[1]
    return post["comments_disabled"], post["who_can_comment"]


def may(people: dict[str, Caller], post_id: str) -> set[str]:
    """Which of them may comment; the others get the error that says so."""
    answers = {name: comment(person, post_id) for name, person in people.items()}
    assert set(answers.values()) <= {(201, None), (403, "comments_disabled")}
    return {name for name, (status, _) in answers.items() if status == 201}


EVERYBODY = {"author", "collaborator", "follower", "followed", "invited", "asking", "non-follower"}


@pytest.mark.parametrize(
    ("given", "commenters"),
    [
        ({}, EVERYBODY),
        ({"who_can_comment": "everyone"}, EVERYBODY),
        ({"who_can_comment": "followers"}, {"author", "collaborator", "follower"}),
        ({"who_can_comment": "following"}, {"author", "collaborator", "followed"}),
        ({"comments_disabled": True}, set()),
        ({"comments_disabled": True, "who_can_comment": "followers"}, set()),
    ],
)
def test_who_may_comment(given: dict[str, Any], commenters: set[str]) -> None:
    people = {name: a_user() for name in EVERYBODY}
    author = people["author"]
    connect(people["follower"], "follows", author)
    connect(author, "follows", people["followed"])
    connect(people["asking"], "requested", author)
    collaborators = [
        {"user_id": people[name].user_id, "status": status, "since": "s"}
        for name, status in (("collaborator", "accepted"), ("invited", "pending"))
    ]
    post_id = a_post(author, collaborators=collaborators, **given)
    assert may(people, post_id) == commenters


@pytest.mark.parametrize("who", ["followers", "following", "nobody"])
def test_replies_follow_the_same_rule(who: str) -> None:
    author, non_follower = a_user(), a_user()
    post_id = a_post(author)
    _, root = call(
        create_comment, "POST /comments", non_follower, body={"post_id": post_id, "content": "Hi"}
    )
    assert on_post(edit_post, "PATCH", author, post_id, body={"who_can_comment": who})[0] == 200
    answer = comment(non_follower, post_id, parent_comment_id=root["id"])
    assert answer == (403, "comments_disabled")


def test_a_hidden_post_does_not_reveal_who_may_comment() -> None:
    post_id = a_post(a_user(), visibility="private", who_can_comment="followers")
    assert comment(a_user(), post_id) == (404, "post_not_found")


@pytest.mark.parametrize(
    ("body", "disabled", "who"),
    [
        ({}, False, "everyone"),
        ({"who_can_comment": "followers"}, False, "followers"),
        ({"who_can_comment": "nobody"}, True, "nobody"),
        ({"comments_disabled": True}, True, "nobody"),
        ({"comments_disabled": False, "who_can_comment": "nobody"}, True, "nobody"),
        ({"comments_disabled": True, "who_can_comment": "following"}, True, "nobody"),
    ],
)
def test_both_fields_of_a_new_post_agree(body: dict[str, Any], disabled: bool, who: str) -> None:
    author = a_user()
    given = {"content": "Hi", **body}
    status, post = call(create_post, "POST /posts", author, body=given)
    assert status == 201
    assert (post["comments_disabled"], post["who_can_comment"]) == (disabled, who)
    assert setting(author, post["id"]) == (disabled, who)


@pytest.mark.parametrize(
    ("before", "body", "after"),
    [
        ("everyone", {"comments_disabled": True}, (True, "nobody")),
        ("nobody", {"comments_disabled": False}, (False, "everyone")),
        ("nobody", {"who_can_comment": "followers"}, (False, "followers")),
        ("followers", {"who_can_comment": "everyone"}, (False, "everyone")),
        ("followers", {"caption": "Other"}, (False, "followers")),
        ("followers", {"comments_disabled": False}, (False, "followers")),
        ("following", {"comments_disabled": False, "who_can_comment": "nobody"}, (True, "nobody")),
        ("everyone", {"who_can_comment": None, "comments_disabled": None}, (False, "everyone")),
    ],
)
def test_both_fields_of_an_edited_post_agree(
    before: str, body: dict[str, Any], after: tuple[bool, str]
) -> None:
    author = a_user()
    given = {"content": "Hi", "who_can_comment": before}
    post_id = call(create_post, "POST /posts", author, body=given)[1]["id"]
    status, post = on_post(edit_post, "PATCH", author, post_id, body=body)
    assert status == 200
    assert (post["comments_disabled"], post["who_can_comment"]) == after == setting(author, post_id)


def test_switching_off_and_on_again_keeps_the_choice() -> None:
    author = a_user()
    post_id = a_post(author, who_can_comment="following")
    for disabled, who in ((True, "nobody"), (False, "following")):
        on_post(edit_post, "PATCH", author, post_id, body={"comments_disabled": disabled})
        assert setting(author, post_id) == (disabled, who)


def test_an_edit_records_who_could_comment_before(aws: MemoryAws) -> None:
    author = a_user()
    post_id = a_post(author, who_can_comment="followers")
    on_post(edit_post, "PATCH", author, post_id, body={"who_can_comment": "everyone"})
    [kept] = [PostEdit.from_raw_data(each) for each in aws.dynamo.items("hoshi-post-edits")]
    assert kept.before == {"who_can_comment": "followers"}


def test_a_post_of_an_earlier_version_is_for_everyone(aws: MemoryAws) -> None:
    author = a_user()
    post_id = a_post(author)
    Post(post_id).update(actions=[Post.who_can_comment.remove()])
    assert setting(author, post_id) == (False, "everyone")
    assert comment(a_user(), post_id) == (201, None)


def test_other_values_are_refused() -> None:
    author = a_user()
    for body in ({"who_can_comment": "mentioned"}, {"who_can_comment": 5}):
        status, answer = call(create_post, "POST /posts", author, body={"content": "Hi", **body})
        assert (status, answer["code"]) == (400, "invalid_input")
        status, answer = on_post(edit_post, "PATCH", author, a_post(author), body=body)
        assert (status, answer["code"]) == (400, "invalid_input")


def test_only_following_costs_one_more_read(aws: MemoryAws) -> None:
    author, follower = a_user(), a_user()
    connect(follower, "follows", author)
    connect(author, "follows", follower)
    costs = {}
    for who in ("everyone", "followers", "following"):
        post_id = a_post(author, who_can_comment=who)
        comment(follower, post_id)  # this process knows the post's author now
        aws.calls.clear()
        assert comment(follower, post_id) == (201, None)
        costs[who] = len(aws.calls)
    assert costs == {"everyone": 3, "followers": 3, "following": 4}
