"""A banned account is shown by no GET route of the API: nothing of it, and its name nowhere.

One person leaves a trace wherever others can meet it; then every route is read by another person,
before, during and after the ban. The routes come from the declarations, so that a new one is walked
too; the table below says where the person must be met while there is no ban, so that the walk
cannot pass by showing nothing.
"""

import importlib
import itertools
import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from feeds import rank_posts
from feeds.discovery_index import sync_explore, sync_reels
from feeds.models import Timeline
from hashtags.models import HashtagPost
from infra.routes import http_lambdas
from notifications.models import Notification
from posts import get_post, list_comments
from posts.models import Collaborator, Like, Share
from saved.models import DEFAULT, Collection
from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from shared.dynamodb.tables import transaction
from shared.ids import new_id
from stories.models import StoryLike, StoryView
from stories.trays import add_story
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_comment, a_picture, a_post, a_saved_post, name
from tests.support.stories import a_highlight, a_story, stored
from tests.unit.chat.conftest import a_message, a_room, a_row
from users import search_index
from users.models import Relationship, User, edge, listed
from users.public import ban_account, unban_account

DAY = 24 * 3600
WORDS = "Seldom seen words"  # of what the person wrote for the public
# Where the person is met: without it a route would be read in vain. (Explore shows no one whom the
# reader follows: test_visibility.py.)
MEETINGS = {
    "GET /api/feed",
    "GET /api/feed/trending",
    "GET /api/v1/posts/user/{user}",
    "GET /api/v1/posts/{post_id}",
    "GET /api/v1/posts/{post_id}/comments",
    "GET /collections/{collection_id}",
    "GET /comments/{comment_id}/replies",
    "GET /conversations",
    "GET /conversations/{conversation_id}",
    "GET /conversations/{conversation_id}/messages",
    "GET /feed/home",
    "GET /feed/reels",
    "GET /feed/trending",
    "GET /hashtags/{tag}/posts",
    "GET /highlights/{highlight_id}",
    "GET /notifications",
    "GET /posts/{post_id}",
    "GET /posts/{post_id}/comments",
    "GET /posts/{post_id}/likes",
    "GET /posts/{post_id}/shares",
    "GET /posts/user/{user}",
    "GET /search/users",
    "GET /stories/feed",
    "GET /stories/{story_id}",
    "GET /stories/{story_id}/viewers",
    "GET /users/{user}",
    "GET /users/{user}/followers",
    "GET /users/{user}/following",
    "GET /users/{user}/highlights",
    "GET /users/{user}/posts",
    "GET /users/{user}/reels",
    "GET /users/{user}/stories",
    "GET /users/{user}/tagged",
}
QUERIES = {"GET /search/users": {"q": "seldom"}, "GET /feed/reels": {"scope": "all"}}


@dataclass
class World:
    """The person, a reader, and what the person left behind."""

    person: Caller
    reader: Caller
    values: dict[str, list[str]]  # of each parameter of paths

    def meetings(self) -> set[str]:
        """The routes that show the reader anything of the person."""
        found = set()
        for service, module, declaration in http_lambdas():
            if declaration.auth in ("none", "admin"):
                continue
            handler = importlib.import_module(f"{service}.{module}")
            for route in declaration.routes:
                text = f"{route.method} {route.path}"
                if route.method == "GET" and self._is_met(handler, text):
                    found.add(text)
        return found

    def _is_met(self, handler: Any, route: str) -> bool:
        names = re.findall(r"{(\w+)}", route)
        marks = (self.person.username, WORDS)
        for values in itertools.product(*(self.values.get(each, [new_id()]) for each in names)):
            path = dict(zip(names, values, strict=True))
            query = QUERIES.get(route)
            event = gateway_event(route, caller=self.reader, path=path, query=query)
            answer = handler.app(event, LambdaContext())
            assert answer["statusCode"] < 500, (route, path, answer["body"])
            if any(mark in answer["body"] for mark in marks):
                return True
        return False


def follow(one: Caller, other: Caller) -> None:
    for of, kind, whom in ((one, "follows", other), (other, "followed_by", one)):
        moment = timestamp()
        Relationship(
            of.user_id,
            edge(kind, whom.user_id),
            since=moment,
            listed=listed(kind, moment),
            updated_at=moment,
        ).save()


def leave_traces_on(post_id: str, person: Caller, author: Caller) -> list[str]:
    """Like, share and comment on a post; return the comments' ids."""
    moment, common = timestamp(), {"username": person.username, "author_id": author.user_id}
    Like(post_id, person.user_id, liked_at=moment, **common).save()
    share = {"share_id": new_id(), "shared_at": moment, "caption": WORDS}
    Share(post_id, person.user_id, **common, **share).save()
    about = {"post_author_id": author.user_id, "content": WORDS}
    comment_id = a_comment(post_id, author)
    reply_id = a_comment(post_id, person, thread=comment_id, parent_comment_id=comment_id, **about)
    return [comment_id, a_comment(post_id, person, **about), reply_id]


@pytest.fixture
def world(aws: MemoryAws, settings: pytest.MonkeyPatch, noon: float) -> World:
    for limit in ("HASHTAGS", "MENTIONS", "MEDIA_PER_POST", "COLLECTIONS", "GROUP_SIZE"):
        settings.setenv(f"MAX_{limit}", "20")
    settings.setenv("CELEBRITY_THRESHOLD", "10000")
    person, reader, other = a_user(name="Seldom Seen"), a_user(), a_user()
    name(person)
    search_index.refresh(person.user_id)
    for one, two in itertools.permutations((person, reader, other), 2):
        follow(one, two)
    moment = timestamp()
    own: dict[str, Any] = {"caption": f"{WORDS} #seldom", "media": [a_picture()]}
    posts = [
        a_post(person, **own),
        a_post(person, is_reel=True, reel_author_id=person.user_id, **own),
    ]
    mentions = [{"user_id": person.user_id, "since": moment}]
    collaboration = {"user_id": person.user_id, "status": "accepted", "since": moment}
    shared_post = a_post(other, caption="Us", mentions=mentions, collaborators=[collaboration])
    Collaborator(shared_post, author_id=other.user_id, **collaboration).save()
    comments = leave_traces_on(shared_post, person, other)
    for post_id in posts:
        HashtagPost("seldom", post_id, author_id=person.user_id, is_public=True).save()
        a_saved_post(reader, post_id, person)
        Timeline(
            reader.user_id,
            post_id,
            author_id=person.user_id,
            reason="follow",
            added_at=moment,
            expires_at=int(now()) + 30 * DAY,
        ).save()
    Collection(reader.user_id, DEFAULT, post_count=2).save()
    sync_explore(posts)
    sync_reels(posts)
    rank_posts.app({}, LambdaContext())
    story_id, seen_story = a_story(person, caption=WORDS), a_story(reader)
    add_story(stored(person, story_id), [reader.user_id])
    StoryView(seen_story, person.user_id, viewed_at=moment, author_id=reader.user_id).save()
    StoryLike(
        seen_story,
        person.user_id,
        liked_at=moment,
        username=person.username,
        author_id=reader.user_id,
    ).save()
    room = a_room(reader, person, other, is_group=True)
    message = a_message(room, person, content="Hello")
    a_row(reader, room, active_at=moment, last_message_id=message.message_id)
    Notification(
        reader.user_id,
        new_id(),
        type="user.followed",
        actor_id=person.user_id,
        actor_username=person.username,
        entity_type="user",
        entity_id=person.user_id,
        created_at=moment,
        expires_at=int(now()) + DAY,
    ).save()
    values = {
        "user": [person.user_id, person.username, other.user_id, "me"],
        "post_id": [*posts, shared_post],
        "comment_id": comments,
        "story_id": [story_id, seen_story],
        "highlight_id": [a_highlight(person, story_id, title=WORDS)],
        "conversation_id": [room.conversation_id],
        "collection_id": ["default"],
        "tag": ["seldom"],
    }
    return World(person, reader, values)


def test_a_banned_account_is_met_nowhere_until_the_ban_ends(world: World, noon: float) -> None:
    met = world.meetings()
    assert met >= MEETINGS, MEETINGS - met
    user = User.get(world.person.user_id)
    with transaction() as write:
        ban_account(write, user, "Spam", timestamp(now() + DAY / 4))
    assert world.meetings() == set()
    with stop_at(noon + DAY / 4 + 1):
        assert world.meetings() == met, "the ban is over, and everything is as it was"
    with transaction() as write:
        unban_account(write, user)
    assert world.meetings() == met


def test_others_lose_nothing_of_their_own(world: World) -> None:
    """A post with a banned collaborator, and a comment between theirs, stay."""
    with transaction() as write:
        ban_account(write, User.get(world.person.user_id), None, None)
    path = {"post_id": world.values["post_id"][-1]}
    for handler, route in (
        (get_post, "GET /posts/{post_id}"),
        (list_comments, "GET /posts/{post_id}/comments"),
    ):
        event = gateway_event(route, caller=world.reader, path=path)
        answer = handler.app(event, LambdaContext())
        assert answer["statusCode"] == 200
    assert len(json.loads(answer["body"])["comments"]) == 1
