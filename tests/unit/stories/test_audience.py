"""One rule on every way to a story: who sees what, by any route that can show it.

The table is the contract's (docs/api.md section 1), written out. Who is not in it gets an answer as
if the story did not exist.
"""

import base64
import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from chat import get_conversation, list_conversations, list_messages, search_messages
from chat.message_history import history
from chat.models import InboxRow
from chat.rooms import find_view
from infra.routes import http_lambdas
from profiles import get_profile
from shared.access.caller import Caller
from shared.clock import stop_at, timestamp
from shared.ids import time_of
from stories import (
    delete_highlight,
    delete_story,
    edit_highlight,
    get_highlight,
    get_story,
    get_story_feed,
    like_story,
    list_archive,
    list_deleted_stories,
    list_highlights,
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
from tests.support.stories import a_highlight, a_story, stored
from tests.unit.chat.conftest import a_message, a_room
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
    """A story, a highlight with nothing else in it, and all viewers."""

    people: dict[str, Caller]
    story_id: str
    highlight_id: str

    @property
    def author(self) -> Caller:
        return self.people["author"]

    def call(self, handler: Any, route: str, viewer: str) -> tuple[int, Any]:
        """The status and body of a request; the viewer who is signed out has no token."""
        values = {
            "story_id": self.story_id,
            "highlight_id": self.highlight_id,
            "user": self.author.user_id,
        }
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
    settings.setenv("MAX_GROUP_SIZE", "250")
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
    story_id = a_story(author, caption=WORDS)
    # Rows in everybody's trays: that there is one must not decide who sees the story.
    add_story(stored(author, story_id), [each.user_id for each in people.values()])
    return World(people, story_id, a_highlight(author, story_id, title=WORDS))


ABOUT_IT: dict[str, Any] = {
    "GET /stories/{story_id}": get_story,
    "POST /stories/{story_id}/view": get_story,
    "POST /stories/{story_id}/like": like_story,
    "DELETE /stories/{story_id}/like": unlike_story,
    # Only the author may do these; other viewers get `not_owner`.
    "GET /stories/{story_id}/viewers": list_viewers,
}
# What holds about a story holds about a highlight with nothing else in it, also after a day.
HIGHLIGHTED: dict[str, Any] = {
    "GET /highlights/{highlight_id}": get_highlight,
    # Only the owner may do these; other viewers get `not_owner`.
    "PUT /highlights/{highlight_id}": edit_highlight,
}
TRAY = "GET /stories/feed"
LIVE: dict[str, Any] = {"GET /users/{user}/stories": list_user_stories, TRAY: get_story_feed}
LISTS: dict[str, Any] = {**LIVE, "GET /users/{user}/highlights": list_highlights}
OWN: dict[str, Any] = {
    "GET /stories/archive": list_archive,
    "GET /stories/deleted": list_deleted_stories,
    "POST /stories/{story_id}/restore": restore_story,
}
ELSEWHERE = {
    "POST /stories",  # shows the caller's new story
    "POST /highlights",  # takes the caller's own stories: test_highlights.py
    "DELETE /stories/{story_id}",  # below
    "DELETE /highlights/{highlight_id}",  # below
}


def refusal(viewer: str, thing: str = "story") -> tuple[int, str]:
    """The status and code for a viewer who may not see the story, or the highlight."""
    return {
        "signed out": (401, "unauthorized"),
        "unverified follower": (403, "email_not_verified"),
    }.get(viewer, (404, f"{thing}_not_found"))


def answered(world: World, route: str) -> set[str]:
    """The viewers whom a route about the story, or the highlight, answers; the others must get its
    refusal."""
    viewers = set()
    thing = "highlight" if route in HIGHLIGHTED else "story"
    for viewer in VIEWERS:
        status, answer = world.call({**ABOUT_IT, **HIGHLIGHTED}[route], route, viewer)
        if status == 200 or answer.get("code") == "not_owner":
            viewers.add(viewer)
            assert status == 200 or viewer != "author"
        else:
            assert (status, answer["code"]) == refusal(viewer, thing), (viewer, route, answer)
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
    assert routes == {*ABOUT_IT, *HIGHLIGHTED, *LISTS, *OWN, *ELSEWHERE}


@every_case
def test_every_viewer_on_every_route(world: World, account: str, close_friends_only: bool) -> None:
    world.change_author(is_private=account == "private")
    world.change_story(close_friends_only=close_friends_only)
    audience = TABLE[account, close_friends_only]
    for route in (*ABOUT_IT, *HIGHLIGHTED):
        assert answered(world, route) == audience, route
    # The lists of a private account are for its followers.
    listed = audience & _FOLLOWERS if account == "private" else audience
    for route in LISTS:
        # A tray is of followed accounts.
        assert finders(world, route) == (audience & _FOLLOWERS if route == TRAY else listed), route
    assert seen_in_profile(world) == listed
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
        route = "DELETE /highlights/{highlight_id}"
        status, answer = world.call(delete_highlight, route, viewer)
        expected = (403, "not_owner") if viewer in audience else refusal(viewer, "highlight")
        assert (status, answer["code"]) == expected, viewer


@pytest.mark.parametrize("status", ["processing", "failed"])
def test_a_story_that_is_not_ready_is_its_authors_alone(world: World, status: str) -> None:
    world.change_story(status=status)
    for route in (*ABOUT_IT, *HIGHLIGHTED):
        assert answered(world, route) == {"author"}, route
    for route in (*LISTS, "GET /stories/archive"):
        assert finders(world, route) == {"author"}, route
    assert seen_in_profile(world) == set()
    for viewer in VIEWERS[1:]:
        person = world.people.get(viewer)
        assert not person or not visible_ids(person, {world.story_id: world.author.user_id})


ROOM = "/conversations/{conversation_id}"
IN_CHAT: dict[str, Any] = {
    "GET /conversations": list_conversations,
    f"GET {ROOM}": get_conversation,
    f"GET {ROOM}/messages": list_messages,
    f"GET {ROOM}/messages/search": search_messages,
}


def shown_in_chat(world: World) -> dict[str, set[str]]:
    """The viewers who see the story in a message, by route; all of them are members of its group,
    and see the message."""
    sharer, members = a_user(), list(world.people.values())
    room = a_room(sharer, *members, is_group=True)
    share = {"story_id": world.story_id, "story_author_id": world.author.user_id}
    message = a_message(room, sharer, content="Look", type="story", **share)
    for person in members:
        InboxRow(
            person.user_id,
            room.conversation_id,
            folder="inbox",
            active_at=message.created_at,
            last_message_id=message.message_id,
        ).save()
    found: dict[str, set[str]] = {}
    for viewer, person in world.people.items():
        answers = {"message_history": history(find_view(room.conversation_id, person.user_id), 50)}
        for route, handler in IN_CHAT.items():
            query = {"q": "look"} if route.endswith("search") else None
            path = {"conversation_id": room.conversation_id} if ROOM in route else {}
            event = gateway_event(route, caller=person, path=path, query=query)
            answer = handler.app(event, LambdaContext())
            if person.scope == "full":
                answers[route] = json.loads(answer["body"])
            else:
                assert answer["statusCode"] == 403
        for route, body in answers.items():
            text = json.dumps(body)
            assert message.message_id in text, (viewer, route)
            found.setdefault(route, set())
            if WORDS in text:
                found[route].add(viewer)
            else:
                assert '"story": null' in text
    return found


@every_case
def test_members_see_it_in_a_message_only_as_its_audience(
    world: World, account: str, close_friends_only: bool
) -> None:
    world.change_author(is_private=account == "private")
    world.change_story(close_friends_only=close_friends_only)
    audience = TABLE[account, close_friends_only]
    for route, viewers in shown_in_chat(world).items():
        assert viewers - {"unverified follower"} == audience, route


def test_a_message_shows_no_story_that_is_over_or_gone(world: World) -> None:
    with stop_at(time_of(world.story_id) + LIFE):
        for route, viewers in shown_in_chat(world).items():
            assert viewers == {"author"}, route
    assert world.call(delete_story, "DELETE /stories/{story_id}", "author")[0] == 200
    for route, viewers in shown_in_chat(world).items():
        assert viewers == set(), route


def test_lists_say_what_anybody_may_know(world: World) -> None:
    """That an account is private is public; that somebody is hidden from is not."""
    for route, handler in LISTS.items():
        if route == TRAY:
            continue  # it names no account
        world.change_author(is_private=False)
        status, answer = world.call(handler, route, "hidden from")
        assert (status, answer) == (200, {route.rsplit("/")[-1]: [], "next_cursor": None})
        world.change_author(is_private=True)
        for viewer in ("pending", "non-follower", "close friend who does not follow"):
            status, answer = world.call(handler, route, viewer)
            assert (status, answer["code"]) == (403, "account_private")
        for viewer in ("blocked", "blocking"):
            status, answer = world.call(handler, route, viewer)
            assert (status, answer["code"]) == (404, "user_not_found")


def test_a_page_does_not_say_that_a_story_is_hidden(world: World) -> None:
    """Neither by its length nor by its cursor."""
    hidden = [a_story(world.author, close_friends_only=True) for _ in range(2)]
    shown = a_story(world.author)
    hidden += [a_story(world.author, close_friends_only=True) for _ in range(2)]
    pages, cursor = [], {}
    for _ in range(2):
        event = gateway_event(
            "GET /users/{user}/stories",
            caller=world.people["follower"],
            path={"user": world.author.user_id},
            query={"limit": "1", **cursor},
        )
        page = json.loads(list_user_stories.app(event, LambdaContext())["body"])
        pages.append([each["id"] for each in page["stories"]])
        cursor = {"cursor": page["next_cursor"]}
        readable = base64.urlsafe_b64decode((page["next_cursor"] or "") + "==")
        assert not any(story_id.encode() in readable for story_id in hidden)
    assert (pages, page["next_cursor"]) == ([[shown], [world.story_id]], None)


@pytest.mark.parametrize("status", ["banned", "unverified", "deleted"])
def test_stories_of_hidden_authors_are_hidden(world: World, status: str) -> None:
    world.change_author(status=status)
    for route in (*ABOUT_IT, *HIGHLIGHTED):
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
        for route in LIVE:
            assert finders(world, route) == set()
        assert seen_in_profile(world) == set()
        assert finders(world, "GET /stories/archive") == {"author"}


@every_case
def test_a_highlight_outlives_the_day(world: World, account: str, close_friends_only: bool) -> None:
    world.change_author(is_private=account == "private")
    world.change_story(close_friends_only=close_friends_only)
    audience = TABLE[account, close_friends_only]
    with stop_at(time_of(world.story_id) + 30 * LIFE):
        for route in HIGHLIGHTED:
            assert answered(world, route) == audience, route
        listed = audience & _FOLLOWERS if account == "private" else audience
        assert finders(world, "GET /users/{user}/highlights") == listed


def test_a_deleted_story_exists_for_its_author_alone(world: World) -> None:
    assert finders(world, "GET /stories/archive") == {"author"}
    assert finders(world, "GET /stories/deleted") == set()
    assert world.call(delete_story, "DELETE /stories/{story_id}", "author")[0] == 200
    for route in ABOUT_IT:
        assert answered(world, route) == set(), route
    for route in LIVE:
        assert finders(world, route) == set()
    assert seen_in_profile(world) == set()
    assert finders(world, "GET /stories/archive") == set()
    assert finders(world, "GET /stories/deleted") == {"author"}
    # Its owner can still delete the highlight, or fill it again.
    assert answered(world, "GET /highlights/{highlight_id}") == {"author"}
    assert finders(world, "GET /users/{user}/highlights") == {"author"}
    for viewer in VIEWERS[1:]:
        route = "POST /stories/{story_id}/restore"
        status, answer = world.call(restore_story, route, viewer)
        assert (status, answer["code"]) == refusal(viewer), viewer
    assert world.call(restore_story, route, "author")[0] == 200
    for route in ("GET /stories/{story_id}", "GET /highlights/{highlight_id}"):
        assert answered(world, route) == _EVERYBODY


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
