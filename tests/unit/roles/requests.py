"""The request that every role makes of a route.

Where nothing else is said, it is the sample event of the route's Lambda, about the owner's things:
path parameters and fields named like an id of the world have that id.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from auth.google_identities import POSTMESSAGE
from auth.models import Credentials
from emails.subscriptions import unsubscribe_url
from media.playlist_links import query_of
from shared.clock import now
from tests.support.events import load_event
from tests.support.network import Answer, gateway_routes
from tests.support.small_world import PASSWORD, Person, World
from users.models import User
from users.public import NOBODY


@dataclass(frozen=True)
class Call:
    """What is sent."""

    path: Mapping[str, str]
    query: Mapping[str, str] | None = None
    body: Any = None


type Change = Callable[[World, Person, Call], Call]


def ask(world: World, role: str, route: str) -> Answer:
    """The answer to a role's request."""
    person, name = world[role], _resource(route)
    call = _sample(world, route)
    if route in CHANGES:
        call = CHANGES[route](world, person, call)
    path = {key: value for key, value in call.path.items() if f"{{{key}}}" in name}
    world.network.aws.sayings = ["What a model says. #snow #winter #walk"]
    return world.network.request(route, person.token, path, call.query, call.body)


def _resource(route: str) -> str:
    return route.partition(" ")[2]


def _sample(world: World, route: str) -> Call:
    app, _ = gateway_routes()[route]
    event = load_event(app.declaration.service, app.declaration.name)
    body = event["body"]
    if body and body.startswith("{"):
        body = _filled(json.loads(body), world.ids)
    query = event["queryStringParameters"]
    path = {**(event["pathParameters"] or {}), **world.ids}
    return Call(path, query and _filled(query, world.ids), body)


def _filled(fields: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: ([ids[name]] if isinstance(value, list) else ids[name]) if name in ids else value
        for name, value in fields.items()
    }


def _about(**names: str) -> Change:
    """The request is about other things of the world: `post_id="deleted_post_id"`."""
    return lambda world, _, call: replace(
        call, path={**call.path, **{name: world.ids[key] for name, key in names.items()}}
    )


def _towards(username: str) -> Change:
    """The request is about this person."""
    return lambda _, __, call: replace(call, path={**call.path, "user": username})


def _body(**given: Any) -> Change:
    """The body is the sample's with these fields."""
    return lambda _, __, call: replace(call, body={**(call.body or {}), **given})


def _ids(**names: str) -> Change:
    """The body is the sample's with these ids of the world."""
    return lambda world, _, call: replace(
        call, body={**(call.body or {}), **{name: world.ids[key] for name, key in names.items()}}
    )


def _own(**fields: Callable[[World, Person], Any]) -> Change:
    """The body is these fields, of the person who calls."""
    return lambda world, person, call: replace(
        call, body={name: find(world, person) for name, find in fields.items()}
    )


def _username(_: World, person: Person) -> str:
    return person.username


def _email(_: World, person: Person) -> str:
    return person.email


def _code(world: World, person: Person) -> str:
    return world.code_for(person.email)


def _reset_code(world: World, person: Person) -> str:
    world.network.request("POST /forgot-password", body={"email": person.email})
    return world.code_for(person.email)


def _password(_: World, __: Person) -> str:
    return PASSWORD


def _refresh_token(_: World, person: Person) -> str:
    return person.refresh_token or "nonsense"


def _google_code(world: World, person: Person) -> str:
    claims = {"sub": f"google-{person.username}", "email": person.email, "name": "Some Person"}
    return world.google.give_code(POSTMESSAGE, **claims)


def _second_step(world: World, person: Person, call: Call) -> Call:
    """The person has passed the first step of a log-in: before the ban, before the deletion."""
    user = User.find(person.user_id or NOBODY)
    if user is None:
        return call
    Credentials(user.user_id).update(actions=[Credentials.two_factor_enabled.set(True)])
    before, user.status, user.purge_at = (user.status, user.purge_at), "active", None
    user.save()
    body = {"identifier": person.username, "password": PASSWORD}
    begun = world.network.request("POST /login", body=body)
    user.status, user.purge_at = before
    user.save()
    code = world.code_for(person.email)
    return replace(call, body={"challenge_id": begun.body["challenge_id"], "otp_code": code})


def _playlist(world: World, _: Person, call: Call) -> Call:
    video_id = world.ids["video_id"]
    query = query_of(video_id, int(now()) + 60)
    given = dict(part.split("=", 1) for part in query.split("&"))
    return replace(call, path={**call.path, "upload_id": video_id}, query=given)


def _unsubscribe(world: World, _: Person, call: Call) -> Call:
    token = unsubscribe_url(world["owner"].user_id).partition("?token=")[2]
    return replace(call, query={"token": token})


def _by_query(_: World, __: Person, call: Call) -> Call:
    """A GET that takes in its query what a POST takes in its body."""
    return replace(call, body=None, query={name: str(each) for name, each in call.body.items()})


def _all(change: Change, *routes: str) -> dict[str, Change]:
    return dict.fromkeys(routes, change)


CHANGES: dict[str, Change] = {
    **_all(
        _own(identifier=_username, password=_password),
        *("POST /login", "POST /auth/login", "POST /api/v1/auth/login"),
    ),
    "POST /auth/reauthenticate": _own(password=_password),
    "POST /verify-otp": _own(email=_email, otp_code=_code),
    **_all(
        _own(email=_email),
        *("POST /resend-otp", "POST /forgot-password"),
        *("POST /auth/request-reset", "POST /api/v1/auth/request-reset"),
    ),
    **_all(
        _own(email=_email, otp=_reset_code),
        *("POST /auth/verify-otp", "POST /api/v1/auth/verify-otp"),
    ),
    **_all(
        _own(email=_email, otp_code=_reset_code, new_password=lambda *_: "Battery-Staple-8"),
        *("POST /reset-password", "POST /auth/reset-password", "POST /api/v1/auth/reset-password"),
    ),
    "POST /login/2fa": _second_step,
    "POST /auth/google/callback": _own(auth_code=_google_code),
    "PUT /users/complete-profile": _body(
        username="another_name", gender="other", date_of_birth="1999-04-05"
    ),
    "GET /media/{upload_id}/{playlist}": _playlist,
    "POST /auth/refresh": _own(refresh_token=_refresh_token),
    "POST /follow-requests/{user}/approve": _towards("asker"),
    "POST /follow-requests/{user}/reject": _towards("asker"),
    "DELETE /followers/{user}": _towards("follower"),
    "POST /posts/{post_id}/restore": _about(post_id="deleted_post_id"),
    "PUT /posts/{post_id}/collaboration": _about(post_id="invitation_id"),
    "POST /comments/{comment_id}/pin": _about(comment_id="comment_of_follower_id"),
    "DELETE /comments/{comment_id}/pin": _about(comment_id="comment_of_follower_id"),
    "POST /stories": _ids(upload_id="story_upload_id"),
    "POST /stories/{story_id}/restore": _about(story_id="deleted_story_id"),
    "DELETE /collections/{collection_id}/unsave": _ids(post_id="post_id"),
    "DELETE /conversations/{conversation_id}/participants/{user}": _towards("follower"),
    "PUT /conversations/{conversation_id}/request": _about(conversation_id="message_request_id"),
    "GET /media/upload-url": _by_query,
    "GET /emails/unsubscribe": _unsubscribe,
    "POST /emails/unsubscribe": _unsubscribe,
    "POST /admin/users/{user}/unban": _towards("banned"),
    "POST /verification/request": _ids(upload_id="verification_upload_id"),
}
