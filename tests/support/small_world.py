"""The people of the role matrix, and everything that the owner has.

All of it is made by requests, as clients make it. The owner's account is private; the follower is
the one person of the matrix who may see what it holds. Banned and deleted accounts followed the
owner as well, so that nothing but their state keeps them out.
"""

import copy
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from auth import third_party
from infra.make_admin import make_admin
from shared import hot_reads
from shared.access.caller import Caller
from shared.access.tokens import read_token
from shared.clock import now, stop_at
from tests.bench.costs.metered_dynamo import Tables
from tests.bench.costs.stage import MOMENT, environment
from tests.support.google import ISSUER, MemoryGoogle
from tests.support.network import Network, NetworkAws
from tests.support.token_clock import token_clock
from tests.support.uploads import an_upload

ROLES = (
    "signed out",
    "revoked",  # the owner's session that was logged out
    "banned",
    "appellant",  # the banned person, with what a refused log-in gives to appeal
    "deleted",
    "unverified",
    "owner",
    "follower",
    "stranger",
    "admin",
)
PASSWORD = "Correct-Horse-7"
OWNER, ADMIN = "olive_quince", "the_keeper"  # usernames; those of others are their roles
_RESEND_GAP = 61  # seconds
WORD = "quillwort"  # in all that the owner writes for followers
MEMBERS = ("follower", "banned", "deleted")  # who follow the owner, and are in the group
NAMES = (
    *("owner", *MEMBERS, "stranger", "admin"),
    "asker",  # has asked to follow the owner, to work together, and to chat
    "applicant",  # has asked to be verified
)


@dataclass
class Person:
    """Somebody with an account, and the tokens of a session."""

    username: str
    user_id: str = ""
    token: str | None = None
    refresh_token: str = ""

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"

    @property
    def caller(self) -> Caller:
        return read_token(self.token or "")


@dataclass
class World:
    """Who there is, and the ids of what there is, by the names of path parameters and fields."""

    network: Network
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    google: MemoryGoogle = field(default_factory=MemoryGoogle)
    _tables: Tables = field(default_factory=Tables)
    _objects: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    _mails: int = 0
    ready_at: float = 0  # epoch seconds: after everything, when another code may be mailed

    def keep(self) -> None:
        """Remember everything as it is now, for `reset`."""
        self.ready_at = now() + _RESEND_GAP
        self._tables = copy.deepcopy(self.network.aws.dynamo.tables)
        self._objects = dict(self.network.aws.objects)
        self._mails = len(self.network.mails)

    def reset(self) -> None:
        """Everything is again as it was, and no process has kept what it read."""
        hot_reads.forget()
        self.network.aws.dynamo.tables = copy.deepcopy(self._tables)
        self.network.aws.bucket.objects = dict(self._objects)
        del self.network.mails[self._mails :]
        self.network.aws.pushed.clear()
        self.network.aws.closed_sockets.clear()
        self.network.discard_pending()

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def expect(
        self, name: str, route: str, body: Any = None, query: Any = None, **path: str
    ) -> Any:
        """The body of the answer to a person's request, once all that follows is done."""
        return self.network.expect(route, self[name].token, path=path, body=body, query=query)

    def code_for(self, email: str) -> str:
        """The code of the last mail to an address; a wrong one if there is none."""
        self.network.deliver()
        codes = [
            job["values"]["code"]
            for job in self.network.mails
            if job["to"] == email and "code" in job["values"]
        ]
        return str(codes[-1]) if codes else "000000"

    def upload(self, name: str, purpose: str, **given: Any) -> str:
        """The id of a picture or video that a person has uploaded, and not used."""
        made = an_upload(self[name].caller, purpose=purpose, **given)
        stored = made.media
        folder = f"media/{made.upload_id}"
        stored["alt_text"] = made.alt_text
        stored["variants"] |= {size: f"{folder}/{size}.jpg" for size in ("1080", "640", "320")}
        made.save()
        files = (made.object_key, stored["original"], *stored["variants"].values())
        self.network.aws.objects.update(dict.fromkeys(files, (b"a picture", "image/jpeg")))
        return made.upload_id


def build(network: Network) -> World:
    """The world, in empty tables."""
    world = World(network)
    for name in NAMES:
        _join(world, name)
    _join_unverified(world)
    world.people["signed out"] = Person("nobody_at_all")
    make_admin(ADMIN)
    _log_in(world, "admin")
    _befriend(world)
    _publish(world)
    _react(world)
    _chat(world)
    _keep_things(world)
    _moderate(world)
    _end_sessions(world)
    world.keep()
    return world


def _join(world: World, name: str) -> None:
    """Register, and verify the address."""
    person = world.people[name] = Person({"owner": OWNER, "admin": ADMIN}.get(name, name))
    details = {
        "name": person.username.replace("_", " ").title(),
        "username": person.username,
        "email": person.email,
        "password": PASSWORD,
        "date_of_birth": "1999-04-05",
        "gender": "undisclosed",
    }
    world.network.expect("POST /register", body=details)
    body = {"email": person.email, "otp_code": world.code_for(person.email)}
    _remember(person, world.network.expect("POST /verify-otp", body=body))


def _join_unverified(world: World) -> None:
    person = world.people["unverified"] = Person("unverified")
    details = {
        "name": "Not verified",
        "username": person.username,
        "email": person.email,
        "password": PASSWORD,
    }
    _remember(person, world.network.expect("POST /auth/signup", body=details))


def _log_in(world: World, name: str, into: Person | None = None) -> None:
    body = {"identifier": world[name].username, "password": PASSWORD}
    _remember(into or world[name], world.network.expect("POST /login", body=body))


def _remember(person: Person, given: dict[str, Any]) -> None:
    person.user_id = given["user"]["id"]
    person.token, person.refresh_token = given["token"], given["refresh_token"]


def _befriend(world: World) -> None:
    world.expect("owner", "PUT /settings/privacy", {"is_private": True})
    for name in (*MEMBERS, "asker"):
        world.expect(name, "POST /users/{user}/follow", user=OWNER)
    for name in MEMBERS:
        world.expect("owner", "POST /follow-requests/{user}/approve", user=name)
        world.expect("owner", "POST /users/{user}/follow", user=name)
    world.expect("owner", "POST /close-friends/{user}", user="follower")
    world.ids["user"] = OWNER


def _publish(world: World) -> None:
    ids = world.ids
    body = {
        "caption": f"A {WORD} in the snow #winter",
        "upload_ids": [world.upload("owner", "post")],
    }
    ids["post_id"] = ids["target_id"] = world.expect("owner", "POST /posts", body)["id"]
    ids["deleted_post_id"] = world.expect(
        "owner", "POST /posts", {"content": f"A draft about a {WORD}"}
    )["id"]
    world.expect("owner", "DELETE /posts/{post_id}", post_id=ids["deleted_post_id"])
    body = {"content": "Together", "collaborator_ids": [world["owner"].user_id]}
    ids["invitation_id"] = world.expect("asker", "POST /posts", body)["id"]
    for name in ("story_id", "deleted_story_id"):
        body = {"upload_id": world.upload("owner", "story"), "caption": f"My {WORD}"}
        ids[name] = world.expect("owner", "POST /stories", body)["id"]
    world.expect("owner", "DELETE /stories/{story_id}", story_id=ids["deleted_story_id"])
    body = {"title": f"{WORD}", "story_ids": [ids["story_id"]]}
    ids["story_ids"] = ids["story_id"]
    ids["highlight_id"] = world.expect("owner", "POST /highlights", body)["id"]


def _react(world: World) -> None:
    ids = world.ids
    for name, key in (("owner", "comment_id"), ("follower", "comment_of_follower_id")):
        body = {"post_id": ids["post_id"], "content": f"What a {WORD}!"}
        ids[key] = world.expect(name, "POST /comments", body)["id"]
    world.expect("follower", "POST /posts/{post_id}/like", post_id=ids["post_id"])
    listed = world.expect("owner", "GET /notifications")["notifications"]
    ids["notification_id"] = listed[0]["id"]


def _chat(world: World) -> None:
    ids = world.ids
    members = [world[name].user_id for name in MEMBERS]
    body = {"participant_ids": members, "group_name": f"The {WORD}s"}
    ids["conversation_id"] = world.expect("owner", "POST /conversations/group", body)["id"]
    send = "POST /conversations/{conversation_id}/messages"
    body = {"content": f"Hello, {WORD}!"}
    sent = world.expect("owner", send, body, conversation_id=ids["conversation_id"])
    ids["message_id"] = sent["id"]
    body = {"participant_ids": [world["owner"].user_id]}
    asked = world.expect("asker", "POST /conversations", body)["id"]
    world.expect("asker", send, {"content": "May I?"}, conversation_id=asked)
    ids["message_request_id"] = asked
    ids["participant_ids"] = ids["user_ids"] = world["asker"].user_id


def _keep_things(world: World) -> None:
    ids = world.ids
    made = world.expect("owner", "POST /collections", {"name": f"My {WORD}s"})
    ids["collection_id"] = made["id"]
    body = {"post_id": ids["post_id"]}
    save = "POST /collections/{collection_id}/save"
    world.expect("owner", save, body, collection_id=ids["collection_id"])
    ids["upload_id"] = world.upload("owner", "post")
    for purpose in ("story", "message", "verification"):
        ids[f"{purpose}_upload_id"] = world.upload("owner", purpose)
    sizes = {"codecs": "avc1.64001f", "width": 1280, "height": 720, "frame_rate": 30.0}
    rung = {**sizes, "start": 9000, "header": 1251, "segments": [(4.0, 900_000)]}
    ids["video_id"] = world.upload("owner", "post", content_type="video/mp4", hls={"720p": rung})
    world.expect("owner", "POST /account/export")


def _moderate(world: World) -> None:
    ids = world.ids
    body = {"target_type": "post", "target_id": ids["invitation_id"], "reason": "Spam"}
    ids["report_id"] = world.expect("follower", "POST /reports", body)["report_id"]
    for name in ("owner", "applicant"):
        picture = world.upload(name, "verification")
        body = {"id_card_number": "X1234567", "upload_id": picture, "reason": "Others claim it."}
        ids[f"request_of_{name}_id"] = world.expect(name, "POST /verification/request", body)["id"]
    ids["request_id"] = ids["request_of_applicant_id"]
    reject = "POST /admin/verification/{request_id}/reject"
    body = {"reason": "It shows no face."}
    world.expect("admin", reject, body, request_id=ids["request_of_owner_id"])
    body = {"subject": "What is new", "body": "Stories"}
    made = world.expect("admin", "POST /admin/newsletters", body)
    ids["newsletter_id"] = made["newsletter_id"]
    _strike(world)


def _strike(world: World) -> None:
    """Remove two posts of the owner, who appeals against one of the removals."""
    for _ in range(2):
        body = {"content": f"A {WORD} nobody should see"}
        made = world.expect("owner", "POST /posts", body)
        world.expect("admin", "DELETE /admin/posts/{post_id}", post_id=made["id"])
    [latest, earlier] = world.expect("owner", "GET /users/me/strikes")["strikes"]
    world.ids["strike_id"] = latest["id"]
    body = {"strike_id": earlier["id"], "text": f"A {WORD} is a plant."}
    world.ids["appeal_id"] = world.expect("owner", "POST /appeals", body)["id"]


def _end_sessions(world: World) -> None:
    """Log the owner out of one of three sessions; ban one account, which asks how to appeal; delete
    another."""
    ids = world.ids
    world.people["revoked"], second = Person(OWNER), Person(OWNER)
    _log_in(world, "owner", world["revoked"])
    _log_in(world, "owner", second)
    ids["session_id"] = second.caller.session_id
    world.expect("revoked", "POST /auth/logout")
    world.expect("admin", "POST /admin/users/{user}/ban", {"reason": "Spam"}, user="banned")
    body = {"identifier": "banned", "password": PASSWORD}
    refused = world.network.request("POST /login", body=body).body
    world.people["appellant"] = Person("banned", token=refused["appeal_token"])
    world.expect("deleted", "DELETE /account", {"password": PASSWORD})


_built: list[World] = []  # by the first test of this process that needs it


@pytest.fixture
def world(wire: Any, settings: pytest.MonkeyPatch) -> Iterator[World]:
    """The small world, as it is before anything happens in a test."""
    # The logger of this process, which later tests have too, keeps its name.
    named = {"AWS_LAMBDA_FUNCTION_NAME": os.environ["AWS_LAMBDA_FUNCTION_NAME"]}
    given = {"PASSWORD_COST": "4", "GOOGLE_ISSUER": ISSUER, **named}
    for name, value in {**environment(), **given}.items():
        settings.setenv(name, value)
    with stop_at(MOMENT), token_clock():
        network = _built[0].network if _built else Network(_aws())
        wire.current = network.aws
        if not _built:
            _built.append(build(network))
    made = _built[0]
    made.reset()
    third_party._secrets.cache_clear()
    settings.setattr(requests.Session, "get_adapter", lambda *_, **__: made.google)
    with stop_at(made.ready_at), token_clock():
        yield made
    wire.current = None


def _aws() -> NetworkAws:
    aws = NetworkAws()
    aws.secrets = {
        "hoshi/tokens": {"current": "t" * 64, "previous": ""},
        "hoshi/cursors": {"current": "c" * 64, "previous": ""},
        "hoshi/google": {"client_secret": "not-so-secret"},
    }
    return aws
