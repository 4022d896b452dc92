"""One rule on every way to a post: who sees what, by any route that can show it.

The table below is the contract's (docs/api.md section 1), written out. Every viewer calls every
route, for every visibility in a public and in a private account. Viewers who are not in the table
must find no word of the post, and get an answer as if it did not exist.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ai import summarize_post
from feeds import get_explore_feed, get_home_feed, get_reels_feed, get_trending_feed, rank_posts
from feeds.discovery_index import sync_explore, sync_reels
from feeds.models import Timeline
from hashtags import list_tag_posts
from hashtags.models import HashtagPost
from infra.routes import http_lambdas
from posts import (
    answer_collaboration,
    create_comment,
    delete_comment,
    delete_post,
    edit_comment,
    edit_post,
    get_post,
    like_comment,
    like_post,
    list_comments,
    list_likers,
    list_replies,
    list_shares,
    list_user_posts,
    list_user_reels,
    list_user_tagged,
    pin_comment,
    share_post,
    toggle_like,
    unlike_comment,
    unlike_post,
    unpin_comment,
    unshare_post,
)
from posts.models import Collaborator, Like, Post, Share
from posts.public import visible_ids
from saved import get_collection, list_collections, list_post_collections, save_post, unsave_post
from saved.models import DEFAULT, Collection
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_comment, a_picture, a_post, a_saved_post, connect
from users.models import User

WORDS = "Only for whom it may concern"  # in the caption
PICTURE = "01KAEJ7Q9R1S3T5V7W9X1Y3Z5A"  # in the post and in the reel
VIEWERS = (
    "author",
    "collaborator",
    "invited",  # asked to collaborate, has not answered
    "follower",
    "close friend",  # a follower
    "close friend who does not follow",
    "unverified follower",
    "pending",  # asked to follow
    "non-follower",
    "blocked",  # by the author; was a close friend
    "blocking",  # the author
    "blocked collaborator",
    "signed out",
)

_SHARED = {"author", "collaborator"}
_FRIENDS = _SHARED | {"close friend", "close friend who does not follow"}
_FOLLOWERS = _SHARED | {"follower", "close friend"}
_EVERYBODY = _FOLLOWERS | {
    "invited",
    "close friend who does not follow",
    "unverified follower",
    "pending",
    "non-follower",
}
# (the account is, the post is for): who sees it.
TABLE: dict[tuple[str, str], set[str]] = {
    ("public", "public"): _EVERYBODY,
    ("public", "followers"): _FOLLOWERS,
    ("public", "close_friends"): _FRIENDS,
    ("public", "private"): _SHARED,
    ("private", "public"): _FOLLOWERS,
    ("private", "followers"): _FOLLOWERS,
    ("private", "close_friends"): _FRIENDS,
    ("private", "private"): _SHARED,
}


@dataclass
class World:
    """A post and a reel, what belongs to them, and all viewers."""

    people: dict[str, Caller]
    post_id: str
    reel_id: str
    comment_id: str
    reply_id: str

    @property
    def path(self) -> dict[str, str]:
        """The values of the path parameters."""
        return {
            "post_id": self.post_id,
            "comment_id": self.comment_id,
            "tag": "concern",
            "collection_id": "default",
        }

    @property
    def marks(self) -> tuple[str, ...]:
        """The texts that show that an answer contains the post or the reel."""
        return (self.post_id, self.reel_id, PICTURE)

    def call(
        self,
        handler: Any,
        route: str,
        viewer: str,
        path: dict[str, str] | None = None,
        **given: Any,
    ) -> tuple[int, Any]:
        """The status and body of a request; the viewer who is signed out has no token."""
        values = path or self.path
        named = {name: value for name, value in values.items() if f"{{{name}}}" in route}
        event = gateway_event(route, caller=self.people.get(viewer), path=named, **given)
        answer = handler.app(event, LambdaContext())
        return answer["statusCode"], json.loads(answer["body"])


def a_world(settings: pytest.MonkeyPatch) -> World:
    """The state while everything is public."""
    for name in ("HASHTAGS", "MENTIONS", "MEDIA_PER_POST", "COLLECTIONS"):
        settings.setenv(f"MAX_{name}", "20")
    settings.setenv("CELEBRITY_THRESHOLD", "10000")
    people = {name: a_user() for name in VIEWERS if name != "signed out"}
    author, writer = people["author"], a_user()
    for name in ("follower", "close friend", "unverified follower"):
        connect(people[name], "follows", author)
    for name in ("close friend", "close friend who does not follow", "blocked"):
        connect(author, "close_friend", people[name])
    connect(people["pending"], "requested", author)
    connect(author, "blocks", people["blocked"])
    connect(people["blocking"], "blocks", author)
    connect(author, "blocks", people["blocked collaborator"])
    people["unverified follower"] = replace(people["unverified follower"], scope="unverified")
    moment = timestamp()
    collaborators = [
        {"user_id": people[name].user_id, "status": status, "since": moment}
        for name, status in (
            ("collaborator", "accepted"),
            ("blocked collaborator", "accepted"),
            ("invited", "pending"),
        )
    ]
    common: Any = {
        "caption": f"{WORDS} #concern",
        "collaborators": collaborators,
        "media": [_picture()],
    }
    post_id = a_post(author, **common)
    reel_id = a_post(author, is_reel=True, reel_author_id=author.user_id, **common)
    for each in (post_id, reel_id):
        for collaborator in collaborators:
            Collaborator(each, author_id=author.user_id, **collaborator).save()
        for person in people.values():
            _add_references(person, each, author, reel_id if each == reel_id else None)
            Collection(person.user_id, DEFAULT, post_count=2).save()
        HashtagPost("concern", each, author_id=author.user_id, is_public=True).save()
    Like(
        post_id,
        writer.user_id,
        username=writer.username,
        author_id=author.user_id,
        liked_at=moment,
    ).save()
    Share(
        post_id,
        writer.user_id,
        share_id=new_id(),
        username=writer.username,
        author_id=author.user_id,
        caption=WORDS,
        shared_at=moment,
    ).save()
    sync_explore([post_id, reel_id])
    sync_reels([post_id, reel_id])
    rank_posts.app({}, LambdaContext())
    comment_id = _a_comment(post_id, writer, author)
    reply_id = _a_comment(post_id, writer, author, parent_comment_id=comment_id)
    return World(people, post_id, reel_id, comment_id, reply_id)


def _picture() -> dict[str, Any]:
    picture = a_picture(PICTURE)
    return {**picture, "variants": {"original": picture["original"]}}


def _add_references(person: Caller, post_id: str, author: Caller, reel_id: str | None) -> None:
    """Put references to the post in the person's lists; they must reveal nothing by themselves."""
    Timeline(
        person.user_id,
        post_id,
        author_id=author.user_id,
        reason="follow",
        reel_id=reel_id,
        added_at=timestamp(),
        expires_at=int(now()) + 86400,
    ).save()
    a_saved_post(person, post_id, author)


def _a_comment(post_id: str, writer: Caller, author: Caller, **given: Any) -> str:
    thread = given.get("parent_comment_id") or post_id
    about = {"thread": thread, "post_author_id": author.user_id, "content": WORDS}
    return a_comment(post_id, writer, **about, **given)


# Routes about the post itself, or a comment on it: a viewer gets it, or an answer as if it did not
# exist.
ABOUT_IT: dict[str, tuple[Any, Any]] = {
    "GET /posts/{post_id}": (get_post, None),
    "GET /api/v1/posts/{post_id}": (get_post, None),
    "GET /posts/{post_id}/likes": (list_likers, None),
    "GET /posts/{post_id}/shares": (list_shares, None),
    "GET /posts/{post_id}/comments": (list_comments, None),
    "GET /api/v1/posts/{post_id}/comments": (list_comments, None),
    "GET /comments/{comment_id}/replies": (list_replies, None),
    "GET /posts/{post_id}/collections": (list_post_collections, None),
    "POST /posts/{post_id}/like": (like_post, None),
    "DELETE /posts/{post_id}/like": (unlike_post, None),
    "POST /api/v1/posts/{post_id}/like": (toggle_like, None),
    "POST /posts/{post_id}/share": (share_post, None),
    "DELETE /posts/{post_id}/share": (unshare_post, None),
    "POST /posts/{post_id}/comment": (create_comment, {"content": "Nice!"}),
    "POST /api/v1/posts/{post_id}/comment": (create_comment, {"content": "Nice!"}),
    "POST /posts/{post_id}/summarize": (summarize_post, None),
    "POST /comments": (create_comment, "post_id"),
    "POST /comments/{comment_id}/like": (like_comment, None),
    "DELETE /comments/{comment_id}/like": (unlike_comment, None),
    "POST /comments/{comment_id}/pin": (pin_comment, None),
    "DELETE /comments/{comment_id}/pin": (unpin_comment, None),
    "POST /collections/{collection_id}/save": (save_post, "post_id"),
    "POST /collections/{collection_id}/posts": (save_post, "post_id"),
    # Only owners may do these; other viewers of the post get `not_owner`.
    "PATCH /comments/{comment_id}": (edit_comment, {"content": "Mine"}),
    "PATCH /posts/{post_id}": (edit_post, {"location": "There"}),
}


def routes_of(*services: str) -> dict[str, str]:
    """The routes of these services, and the declared `auth` of each."""
    return {
        f"{route.method} {route.path}": declaration.auth
        for service, _, declaration in http_lambdas()
        if service in services
        for route in declaration.routes
    }


ROUTES = routes_of("posts", "feeds", "saved", "hashtags", "ai")
NEEDS_FULL_TOKEN = {route for route in ABOUT_IT if ROUTES.get(route) in ("token", "admin")}


@pytest.fixture
def world(aws: MemoryAws, settings: pytest.MonkeyPatch, noon: float) -> World:
    return a_world(settings)


def hide(world: World, account: str, visibility: str) -> None:
    """Narrow the audience of what was public."""
    for post_id in (world.post_id, world.reel_id):
        Post(post_id).update(actions=[Post.visibility.set(visibility)])
    author = User(world.people["author"].user_id)
    author.update(actions=[User.is_private.set(account == "private")])


def answered_about_it(world: World, route: str) -> set[str]:
    """The viewers whom a route about the post answers; the others must get its refusal."""
    handler, body = ABOUT_IT[route]
    if body == "post_id":
        body = {"post_id": world.post_id, "content": "Nice!"}
    answered = set()
    for viewer in VIEWERS:
        status, answer = world.call(handler, route, viewer, body=body)
        if status in (200, 201) or answer.get("code") == "not_owner":
            answered.add(viewer)
        else:
            assert (status, answer["code"]) == refusal(viewer, route), (viewer, route, answer)
            assert WORDS not in json.dumps(answer)
    return answered


def refusal(viewer: str, route: str) -> tuple[int, str]:
    """The status and code for a viewer who may not see the post."""
    if viewer == "signed out":
        return 401, "unauthorized"
    if viewer == "unverified follower" and route in NEEDS_FULL_TOKEN:
        return 403, "email_not_verified"
    return 404, "comment_not_found" if "/comments/{" in route else "post_not_found"


@dataclass(frozen=True)
class Listing:
    """A list that may show the post or the reel, and the viewers for whom it is: they find there
    what the table lets them see. Nobody finds more."""

    handler: Any
    reach: set[str]
    of: str = "author"  # whose list it is
    query: dict[str, str] | None = None
    is_public: bool = False  # it shows only posts that are for everybody


_WITH_FULL_TOKEN = set(VIEWERS) - {"unverified follower"}
_AT_HOME = _FOLLOWERS  # of the author; and the author
# The lists of a private account are for its followers; collaborators find the posts in their own
# list of tagged posts.
_OF_PRIVATE = _FOLLOWERS - {"collaborator"}
LISTS: dict[str, Listing] = {
    "GET /users/{user}/posts": Listing(list_user_posts, set(VIEWERS)),
    "GET /posts/user/{user}": Listing(list_user_posts, set(VIEWERS)),
    "GET /api/v1/posts/user/{user}": Listing(list_user_posts, set(VIEWERS)),
    "GET /users/{user}/reels": Listing(list_user_reels, set(VIEWERS)),
    "GET /users/{user}/tagged": Listing(list_user_tagged, set(VIEWERS), of="collaborator"),
    "GET /hashtags/{tag}/posts": Listing(list_tag_posts, set(VIEWERS)),
    "GET /collections/{collection_id}": Listing(get_collection, _WITH_FULL_TOKEN),
    "GET /collections": Listing(list_collections, _WITH_FULL_TOKEN),
    "GET /feed/home": Listing(get_home_feed, _AT_HOME),
    "GET /api/feed": Listing(get_home_feed, _AT_HOME - _SHARED, is_public=True),
    "GET /feed/reels": Listing(get_reels_feed, _AT_HOME - {"author"}),
}
# For discovery: these show a public post to people who do not follow the author.
DISCOVERIES: dict[str, Listing] = {
    "GET /feed/explore": Listing(get_explore_feed, {"non-follower", "pending", "invited"}),
    "GET /feed/trending": Listing(get_trending_feed, {"non-follower", "pending", "invited"}),
    "GET /api/feed/trending": Listing(get_trending_feed, {"non-follower", "pending", "invited"}),
    "GET /feed/reels": Listing(
        get_reels_feed, {"non-follower", "pending", "invited"}, query={"scope": "all"}
    ),
}


# The other routes of these services, which cannot show the post.
ELSEWHERE = {
    "POST /posts",  # shows the caller's new post
    "POST /api/v1/posts",
    "GET /posts/deleted",  # the caller's own
    "POST /posts/{post_id}/restore",
    "DELETE /posts/{post_id}",  # below
    "DELETE /comments/{comment_id}",
    "PUT /posts/{post_id}/collaboration",
    "DELETE /collections/{collection_id}/unsave",
    "DELETE /collections/{collection_id}/posts/{post_id}",  # as `unsave`
    "POST /collections",  # shows a collection that is empty
    "PUT /collections/{collection_id}",  # as the list of collections
    "DELETE /collections/{collection_id}",  # only a message
    "GET /hashtags/trending",  # only tags, the same for everybody
    "GET /search/hashtags",
    "POST /ai/alt-text",  # about the caller's own pictures
    "POST /ai/caption",  # from the caller's own words and pictures
    "GET /hashtags/trending/posts",  # the tag `trending`, as any other
}


def find_in_list(world: World, route: str, listing: Listing) -> set[str]:
    """The viewers who find the post or the reel (its id, or its picture) in a list."""
    found = set()
    for viewer in VIEWERS:
        path = {**world.path, "user": world.people[listing.of].user_id}
        status, answer = world.call(listing.handler, route, viewer, path, query=listing.query)
        text = json.dumps(answer)
        if status == 200 and any(mark in text for mark in world.marks):
            found.add(viewer)
        else:
            assert not any(mark in text for mark in (WORDS, *world.marks)), (viewer, route)
    return found


def test_no_route_is_forgotten() -> None:
    tested = {*ABOUT_IT, *LISTS, *DISCOVERIES, *ELSEWHERE}
    missing, gone = sorted(ROUTES.keys() - tested), sorted(tested - ROUTES.keys())
    assert not missing, f"add to ABOUT_IT, LISTS, DISCOVERIES or ELSEWHERE: {missing}"
    assert not gone, f"no such route any more: {gone}"


every_case = pytest.mark.parametrize(("account", "visibility"), list(TABLE))


@every_case
def test_every_viewer_on_every_route(world: World, account: str, visibility: str) -> None:
    hide(world, account, visibility)
    audience = TABLE[account, visibility]
    unverified = {"unverified follower"}
    answered = {route: answered_about_it(world, route) for route in ABOUT_IT}
    assert answered == {
        route: audience - unverified if route in NEEDS_FULL_TOKEN else audience
        for route in ABOUT_IT
    }
    found = {route: find_in_list(world, route, listing) for route, listing in LISTS.items()}
    for route, listing in LISTS.items():
        reach = listing.reach
        if account == "private" and listing.of == "author" and "{user}" in route:
            reach = reach & _OF_PRIVATE
        if listing.is_public and visibility != "public":
            reach = set()
        # Those who may see it find it if the list is for them, and nobody else finds it.
        assert found[route] & reach == audience & reach, route
        assert found[route] <= audience, route
    for route, listing in DISCOVERIES.items():
        finders = find_in_list(world, route, listing)
        assert finders <= (audience if audience == _EVERYBODY else set()), route
        assert finders & listing.reach == audience & listing.reach - _FOLLOWERS - (
            set() if audience == _EVERYBODY else listing.reach
        ), route
    sees_ids = {
        viewer
        for viewer, person in world.people.items()
        if visible_ids(person, [world.post_id, world.reel_id])
    }
    assert sees_ids == audience, "notifications and chat use the same rule"


@pytest.mark.parametrize("state", ["deleted", "processing", "failed", "author banned"])
def test_only_author_and_collaborators_may_see_what_is_not_published(
    world: World, state: str
) -> None:
    own = {"deleted": set(), "author banned": {"author"}}.get(state, _SHARED)
    if state == "deleted":
        Post(world.post_id).update(actions=[Post.deleted_at.set(timestamp())])
    elif state == "author banned":
        author = User(world.people["author"].user_id)
        author.update(actions=[User.status.set("banned")])
    else:
        Post(world.post_id).update(actions=[Post.status.set(state)])
    answered = {
        viewer
        for viewer in VIEWERS
        if world.call(get_post, "GET /posts/{post_id}", viewer)[0] == 200
    }
    assert answered == own


def test_a_ban_of_the_author_hides_it_from_everybody_on_every_route(world: World) -> None:
    author = User(world.people["author"].user_id)
    author.update(actions=[User.status.set("banned")])
    for route in ABOUT_IT:
        assert answered_about_it(world, route) <= {"author"}, route
    for route, listing in (LISTS | DISCOVERIES).items():
        assert find_in_list(world, route, listing) <= {"author"}, route


def test_a_hidden_post_and_its_comments_cannot_be_deleted(world: World) -> None:
    """Apart from the other routes, because a deletion leaves nothing to see."""
    hide(world, "public", "followers")
    for viewer in ("non-follower", "blocked", "pending"):
        status, answer = world.call(delete_post, "DELETE /posts/{post_id}", viewer)
        assert (status, answer["code"]) == (404, "post_not_found")
        status, answer = world.call(delete_comment, "DELETE /comments/{comment_id}", viewer)
        assert (status, answer["code"]) == (404, "comment_not_found")
    status, answer = world.call(delete_post, "DELETE /posts/{post_id}", "follower")
    assert (status, answer["code"]) == (403, "not_owner")


def test_an_invitee_can_answer_whatever_the_audience(world: World) -> None:
    """The author shows the post by the invitation; a block ends it."""
    hide(world, "private", "private")
    route, body = "PUT /posts/{post_id}/collaboration", {"accept": True}
    answered = {
        viewer
        for viewer in VIEWERS
        if world.call(answer_collaboration, route, viewer, body=body)[0] == 200
    }
    assert answered == {"invited", "collaborator"}


def test_a_hidden_post_can_be_unsaved(world: World) -> None:
    hide(world, "public", "private")
    route = "DELETE /collections/{collection_id}/unsave"
    status, answer = world.call(unsave_post, route, "non-follower", body={"post_id": world.post_id})
    assert (status, answer["saved"]) == (200, False)
