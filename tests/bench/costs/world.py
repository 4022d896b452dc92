"""The users and data for measuring costs; the sizes are those of a typical account.

The reader follows 40 accounts, of which 25 follow back, and has 150 followers; a page is 20 posts
of one to three pictures by ten authors. The stored items are as large as those that the services
write.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.ids import new_id
from tests.bench.costs.metered_dynamo import Tables
from tests.bench.costs.stage import MOMENT, Handler, Stage
from tests.integration.posts.world import a_comment, a_post, an_upload, stored
from tests.support.accounts import a_user
from tests.support.events import load_event
from tests.support.gateway import gateway_event
from users.models import EdgeKind, Relationship, edge, listed

FOLLOWED, MUTUAL, FOLLOWERS, AUTHORS, POSTS, LIST = 40, 25, 150, 10, 30, 20
CAPTION = "The long way home along the river, with the last light on the snow #winter #walk"
COMMENT = "What a view! Where exactly did you take this one?"


@dataclass(frozen=True)
class Request:
    """An HTTP request of a caller."""

    caller: Caller | None
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] | None = None
    body: dict[str, Any] | None = None
    headers: dict[str, str] | None = None
    route: str = ""  # if not the first one of the endpoint

    def event(self, route: str) -> dict[str, Any]:
        """The event that the gateway makes of it."""
        return gateway_event(
            self.route or route,
            path=self.path or None,
            query=self.query,
            body=self.body,
            headers=self.headers,
            caller=self.caller,
        )


@dataclass(frozen=True)
class Trigger:
    """An event that is not an HTTP request, and an optional handler in place of the Lambda."""

    event: dict[str, Any]
    handler: Handler | None = None


type Scene = Callable[["World"], Request | Trigger]


class World:
    """A small network in empty tables."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._built: dict[str, Tables] = {}
        self.reader = self.person(username="reader_one")
        self.followed = [self.person() for _ in range(FOLLOWED)]
        for other in self.followed:
            self.follow(self.reader, other)
        for other in self.followed[:MUTUAL]:
            self.follow(other, self.reader)
        self.author, self.friend = self.followed[0], self.followed[1]
        self.other = self.person()

    # ── People ────────────────────────────────────────────────────────────────────────────────────

    def person(self, **given: Any) -> Caller:
        """An account with a picture and a biography."""
        picture = f"media/{new_id()}/320.jpg"
        bio = "Walks, trains and the mountains behind them. Mostly film."
        return a_user(**{"picture_key": picture, "bio": bio, "name": "Ada Example", **given})

    def follow(self, one: Caller, other: Caller) -> None:
        """Store both halves of a follow."""
        self.edge(one, "follows", other)
        self.edge(other, "followed_by", one, by=one)

    def edge(self, one: Caller, kind: EdgeKind, other: Caller, by: Caller | None = None) -> None:
        """Store one half of an edge."""
        Relationship(
            one.user_id,
            edge(kind, other.user_id),
            username=(by or one).username,
            since=timestamp(),
            listed=listed(kind, timestamp()),
            updated_at=timestamp(),
        ).save()

    def ask(self, function: str, caller: Caller | None, body: Any = None, **path: str) -> Any:
        """Send a request that only prepares the scene; returns its answer."""
        from importlib import import_module

        route = import_module(function.replace("/", ".")).app.declaration.routes[0]
        request = Request(caller, path, body=body)
        self.stage.discard_pending()
        answer = self.stage.run(function, request.event(f"{route.method} {route.path}")).answer
        self.stage.run_consumers()
        return json.loads(answer["body"])

    def once(self, name: str, build: Callable[[], None]) -> None:
        """Fill the tables with what `build` stores; from the second time on, from a copy."""
        dynamo = self.stage.aws.dynamo
        if name not in self._built:
            build()
            self._built[name] = copy.deepcopy(dynamo.tables)
        dynamo.tables = copy.deepcopy(self._built[name])

    # ── What they have ────────────────────────────────────────────────────────────────────────────

    def picture(self, **given: Any) -> dict[str, Any]:
        """The media of a post with a photograph."""
        upload_id = new_id()
        folder = f"media/{upload_id}"
        widths = ("1080", "640", "320")
        return {
            **stored(upload_id, kind="image"),
            "original": f"{folder}/original.jpg",
            "variants": {name: f"{folder}/{name}.jpg" for name in ("original", *widths)},
            "variants_webp": {name: f"{folder}/{name}.webp" for name in ("original", *widths)},
            "thumbnail": f"{folder}/320.jpg",
            "width": 4000,
            "height": 3000,
            "duration": None,
            "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
            **given,
        }

    def post(self, author: Caller | None = None, pictures: int = 1, **given: Any) -> str:
        """Store a post."""
        media = [self.picture() for _ in range(pictures)]
        author = author or self.author
        return a_post(author, **{"media": media, "caption": CAPTION, "like_count": 12, **given})

    def reel(self, author: Caller | None = None) -> str:
        """Store a reel."""
        author = author or self.author
        video = [stored(new_id())]
        return self.post(author, media=video, is_reel=True, reel_author_id=author.user_id)

    def posts(self, *authors: Caller) -> list[str]:
        """Store posts of these authors in turn, with one to three pictures; oldest first."""
        return [self.post(authors[n % len(authors)], 1 + n % 3) for n in range(POSTS)]

    def upload(self, status: str = "ready", kind: str = "image", **given: Any) -> str:
        """Store an upload of the reader."""
        if status == "ready" and kind == "image":
            given = {"media": self.picture(), **given}
        expires_at = int(MOMENT) + 86_400
        return an_upload(self.reader, status, kind, **{"expires_at": expires_at, **given})

    def comment(self, post_id: str, writer: Caller | None = None, **given: Any) -> str:
        """Store a comment."""
        writer = writer or self.reader
        given = {"content": COMMENT, "post_author_id": self.author.user_id, **given}
        return a_comment(post_id, writer, **given)

    def timeline(self) -> None:
        """Store posts, and add them to the reader's timeline."""
        from feeds.timelines import add_post

        authors = self.followed[:AUTHORS]
        for number, post_id in enumerate(self.posts(*authors)):
            add_post(post_id, authors[number % AUTHORS].user_id, [self.reader.user_id])

    def followers(self, number: int = FOLLOWERS) -> None:
        """Add followers until the reader has `number`."""
        for _ in range(number - MUTUAL):
            self.follow(self.person(), self.reader)

    # ── Sockets ───────────────────────────────────────────────────────────────────────────────────

    def socket(self, caller: Caller, name: str) -> str:
        """Store an open connection; returns its id."""
        from shared.realtime.sockets import Connection, store

        store(
            Connection(
                name,
                user_id=caller.user_id,
                username=caller.username,
                session_id=caller.session_id,
                connected_at=timestamp(),
                expires_at=int(now()) + 7200,
            )
        )
        return name

    def room(self) -> str:
        """Store a conversation of reader and friend with 50 messages; both have open sockets."""
        made = self.ask(
            "chat/create_conversation",
            self.reader,
            {"participant_ids": [self.friend.user_id]},
        )
        room = str(made["id"])
        from chat.models import Message

        for number in range(50):
            sender = (self.reader, self.friend)[number % 2]
            Message(
                room,
                new_id(),
                sender_id=sender.user_id,
                sender_username=sender.username,
                content="We could take the early train and be there before the others.",
                created_at=timestamp(),
            ).save()
        self.socket(self.reader, "reader-socket=")
        self.socket(self.friend, "friend-socket=")
        return room

    def frame(self, action: str, **body: Any) -> Trigger:
        """The event of a frame that the reader's socket sends."""
        event = load_event("chat", f"ws_{action}")
        context = event["requestContext"]
        context["connectionId"] = "reader-socket="
        context["authorizer"] = gateway_event("GET /", caller=self.reader)["requestContext"][
            "authorizer"
        ]
        if body or event.get("body"):
            event["body"] = json.dumps({"action": action, "request_id": "r1", **body})
        return Trigger(event)
