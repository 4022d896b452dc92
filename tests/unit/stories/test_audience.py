"""One rule on every way to a story: who sees what, by any route that can show it.

The table is the contract's (docs/api.md section 1), written out. Who is not in it gets an answer as
if the story did not exist.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from infra.routes import http_lambdas
from profiles import get_profile
from shared.access.caller import Caller
from shared.clock import stop_at, timestamp
from shared.ids import time_of
from stories import (
    delete_story,
    get_story,
    get_story_feed,
    like_story,
    list_archive,
    list_deleted_stories,
    list_user_stories,
    list_viewers,
    restore_story,
    unlike_story,
)
from stories.models import Story, StoryLike
from stories.public import visible_ids
from stories.trays import add_story
from stories.visibility import LIFE
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.posts import connect
from tests.support.stories import a_story, stored
from users.models import User

WORDS = "Only for whom it may concern"  # in the caption
VIEWERS = (
    "author",
    "follower",
    "close friend",  # a follower
    "close friend who does not follow",
    "pending",  # asked to follow
    "non-follower",
    "hidden from",  # a follower and close friend, on the hide-story list
    "blocked",  # by the author; was a close friend
    "blocking",  # the author
    "unverified follower",
    "signed out",
)
_FOLLOWERS = {"author", "follower", "close friend"}
_FRIENDS = {"author", "close friend", "close friend who does not follow"}
_EVERYBODY = _FOLLOWERS | _FRIENDS | {"pending", "non-follower"}
# (the account is, the story is for close friends only): who sees it.
TABLE: dict[tuple[str, bool], set[str]] = {
    ("public", False): _EVERYBODY,
    ("public", True): _FRIENDS,
    ("private", False): _FOLLOWERS,
    ("private", True): _FRIENDS,
}
every_case = pytest.mark.parametrize(("account", "close_friends_only"), list(TABLE))


@dataclass
class World:
    """A story, and all viewers."""

    people: dict[str, Caller]
    story_id: str

    @property
    def author(self) -> Caller:
        return self.people["author"]

    def call(self, handler: Any, route: str, viewer: str) -> tuple[int, Any]:
        """The status and body of a request; the viewer who is signed out has no token."""
        values = {"story_id": self.story_id, "user": self.author.user_id}
        path = {name: value for name, value in values.items() if f"{{{name}}}" in route}
        event = gateway_event(route, caller=self.people.get(viewer), path=path)
        answer = handler.app(event, LambdaContext())
        return answer["statusCode"], json.loads(answer["body"])

    def change_author(self, **given: Any) -> None:
        actions = [getattr(User, name).set(value) for name, value in given.items()]
        User(self.author.user_id).update(actions=actions)

    def change_story(self, **given: Any) -> None:
        actions = [getattr(Story, name).set(value) for name, value in given.items()]
        Story(self.author.user_id, self.story_id).update(actions=actions)


@pytest.fixture
def world(aws: MemoryAws, settings: pytest.MonkeyPatch, noon: float) -> World:
    people = {name: a_user() for name in VIEWERS if name != "signed out"}
    author = people["author"]
    for name in ("follower", "close friend", "hidden from", "unverified follower"):
        connect(people[name], "follows", author)
    for name in ("close friend", "close friend who does not follow", "hidden from", "blocked"):
        connect(author, "close_friend", people[name])
    connect(people["pending"], "requested", author)
    connect(author, "hides_story_from", people["hidden from"])
    connect(author, "blocks", people["blocked"])
    connect(people["blocking"], "blocks", author)
    people["unverified follower"] = replace(people["unverified follower"], scope="unverified")
    world = World(people, a_story(author, caption=WORDS))
    # Rows in everybody's trays: that there is one must not decide who sees the story.
    add_story(stored(author, world.story_id), [each.user_id for each in people.values()])
    return world


ABOUT_IT: dict[str, Any] = {
    "GET /stories/{story_id}": get_story,
    "POST /stories/{story_id}/view": get_story,
    "POST /stories/{story_id}/like": like_story,
    "DELETE /stories/{story_id}/like": unlike_story,
    # Only the author may do these; other viewers get `not_owner`.
    "GET /stories/{story_id}/viewers": list_viewers,
}
TRAY = "GET /stories/feed"
LISTS: dict[str, Any] = {"GET /users/{user}/stories": list_user_stories, TRAY: get_story_feed}
OWN: dict[str, Any] = {
    "GET /stories/archive": list_archive,
    "GET /stories/deleted": list_deleted_stories,
    "POST /stories/{story_id}/restore": restore_story,
}
ELSEWHERE = {
    "POST /stories",  # shows the caller's new story
    "DELETE /stories/{story_id}",  # below
}


def refusal(viewer: str) -> tuple[int, str]:
    """The status and code for a viewer who may not see the story."""
    return {
        "signed out": (401, "unauthorized"),
        "unverified follower": (403, "email_not_verified"),
    }.get(viewer, (404, "story_not_found"))


def answered(world: World, route: str) -> set[str]:
    """The viewers whom a route about the story answers; the others must get its refusal."""
    viewers = set()
    for viewer in VIEWERS:
        status, answer = world.call(ABOUT_IT[route], route, viewer)
        if status == 200 or answer.get("code") == "not_owner":
            viewers.add(viewer)
            assert status == 200 or viewer != "author"
        else:
            assert (status, answer["code"]) == refusal(viewer), (viewer, route, answer)
        if viewer not in viewers:
            assert WORDS not in json.dumps(answer)
    return viewers


def finders(world: World, route: str) -> set[str]:
    """The viewers who find the story in a list."""
    found = set()
    for viewer in VIEWERS:
        _, answer = world.call({**LISTS, **OWN}[route], route, viewer)
        if WORDS in json.dumps(answer):
            found.add(viewer)
        else:
            assert world.story_id not in json.dumps(answer), (viewer, route)
    return found


def seen_in_profile(world: World) -> set[str]:
    """The viewers whom the author's profile says that there is a story."""
    found = set()
    for viewer in VIEWERS:
        status, answer = world.call(get_profile, "GET /users/{user}", viewer)
        if status == 200 and answer["has_story"]:
            found.add(viewer)
    return found


def test_no_route_is_forgotten() -> None:
    routes = {
        f"{route.method} {route.path}"
        for service, _, declaration in http_lambdas()
        if service == "stories"
        for route in declaration.routes
    }
    assert routes == {*ABOUT_IT, *LISTS, *OWN, *ELSEWHERE}


@every_case
def test_every_viewer_on_every_route(world: World, account: str, close_friends_only: bool) -> None:
    world.change_author(is_private=account == "private")
    world.change_story(close_friends_only=close_friends_only)
    audience = TABLE[account, close_friends_only]
    for route in ABOUT_IT:
        assert answered(world, route) == audience, route
    # The list of a private account is for its followers.
    listed = audience & _FOLLOWERS if account == "private" else audience
    assert finders(world, "GET /users/{user}/stories") == listed
    assert finders(world, TRAY) == audience & _FOLLOWERS, "a tray is of followed accounts"
    assert seen_in_profile(world) == audience
    sees_ids = {
        viewer
        for viewer, person in world.people.items()
        if person.scope == "full" and visible_ids(person, {world.story_id: world.author.user_id})
    }
    assert sees_ids == audience, "notifications use the same rule"
    for viewer in VIEWERS[1:]:
        status, answer = world.call(delete_story, "DELETE /stories/{story_id}", viewer)
        expected = (403, "not_owner") if viewer in audience else refusal(viewer)
        assert (status, answer["code"]) == expected, viewer


def test_lists_say_what_anybody_may_know(world: World) -> None:
    """That an account is private is public; that somebody is hidden from is not."""
    route = "GET /users/{user}/stories"
    status, answer = world.call(list_user_stories, route, "hidden from")
    assert (status, answer["stories"]) == (200, [])
    world.change_author(is_private=True)
    for viewer in ("pending", "non-follower", "close friend who does not follow"):
        status, answer = world.call(list_user_stories, route, viewer)
        assert (status, answer["code"]) == (403, "account_private")
    for viewer in ("blocked", "blocking"):
        status, answer = world.call(list_user_stories, route, viewer)
        assert (status, answer["code"]) == (404, "user_not_found")


@pytest.mark.parametrize("status", ["banned", "unverified", "deleted"])
def test_stories_of_hidden_authors_are_hidden(world: World, status: str) -> None:
    world.change_author(status=status)
    for route in ABOUT_IT:
        assert answered(world, route) == {"author"}, route
    for route in LISTS:
        assert finders(world, route) <= {"author"}
    assert seen_in_profile(world) <= {"author"}


def test_after_a_day_only_the_author_sees_it(world: World) -> None:
    with stop_at(time_of(world.story_id) + LIFE):
        for route in ("GET /stories/{story_id}", "POST /stories/{story_id}/view"):
            for viewer in VIEWERS:
                status, answer = world.call(get_story, route, viewer)
                if viewer == "author":
                    assert (status, answer["is_expired"]) == (200, True)
                else:
                    gone = (410, "story_expired") if viewer in _EVERYBODY else refusal(viewer)
                    assert (status, answer["code"]) == gone, viewer
        for handler, method in ((like_story, "POST"), (unlike_story, "DELETE")):
            for viewer in ("author", "follower"):
                status, answer = world.call(handler, f"{method} /stories/{{story_id}}/like", viewer)
                assert (status, answer["code"]) == (410, "story_expired")
        route = "GET /stories/{story_id}/viewers"
        assert world.call(list_viewers, route, "author")[0] == 200
        assert world.call(list_viewers, route, "follower")[0] == 403
        for route in LISTS:
            assert finders(world, route) == set()
        assert seen_in_profile(world) == set()
        assert finders(world, "GET /stories/archive") == {"author"}


def test_a_deleted_story_exists_for_its_author_alone(world: World) -> None:
    assert finders(world, "GET /stories/archive") == {"author"}
    assert finders(world, "GET /stories/deleted") == set()
    assert world.call(delete_story, "DELETE /stories/{story_id}", "author")[0] == 200
    for route in ABOUT_IT:
        assert answered(world, route) == set(), route
    for route in LISTS:
        assert finders(world, route) == set()
    assert seen_in_profile(world) == set()
    assert finders(world, "GET /stories/archive") == set()
    assert finders(world, "GET /stories/deleted") == {"author"}
    for viewer in VIEWERS[1:]:
        route = "POST /stories/{story_id}/restore"
        status, answer = world.call(restore_story, route, viewer)
        assert (status, answer["code"]) == refusal(viewer), viewer
    assert world.call(restore_story, route, "author")[0] == 200
    assert answered(world, "GET /stories/{story_id}") == _EVERYBODY


def test_a_like_shows_nothing_after_a_block(world: World) -> None:
    person = world.people["blocked"]
    StoryLike(
        world.story_id,
        person.user_id,
        username=person.username,
        author_id=world.author.user_id,
        liked_at=timestamp(),
    ).save()
    status, answer = world.call(unlike_story, "DELETE /stories/{story_id}/like", "blocked")
    assert (status, answer["code"]) == (404, "story_not_found")
