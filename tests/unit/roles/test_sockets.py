"""Every action of the WebSocket, by everyone from a person without a token to an administrator.

The sockets of accounts that were banned or deleted, and of a session that was ended, were opened
before; who may not open one sends no frames. What each role gets is in `expected.md`.
"""

import importlib
import json
from typing import Any

import pytest

from auth.ws_authorizer import app as authorize
from infra import templates
from shared.clock import now, timestamp
from shared.realtime.sockets import Connection, store
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.network import context_of
from tests.support.small_world import ROLES, World
from tests.unit.roles.table import expected, row

UNOPENED = ("signed out", "appellant", "unverified")
ACTIONS = sorted(
    route["RouteKey"]
    for route in templates.resources(templates.TEMPLATE, "AWS::ApiGatewayV2::Route").values()
    if not route["RouteKey"].endswith("connect")
)


def authorized(world: World, role: str) -> dict[str, Any] | None:
    """What the gateway knows of a role's socket; None if the authorizer refuses the handshake."""
    event = load_event("auth", "ws_authorizer")
    event["queryStringParameters"] = {"token": world[role].token or ""}
    return context_of(authorize, event)


def invoke(action: str, socket: str, context: dict[str, Any], ids: dict[str, str]) -> Any:
    """The answer of an action's Lambda to its sample event, about the owner's things."""
    module = f"ws_{action.removeprefix('$')}"
    event = load_event("chat", module)
    event["requestContext"] |= {"connectionId": socket, "authorizer": context}
    if "body" in event:
        fields = json.loads(event["body"])
        known: dict[str, Any] = {name: ids[name] for name in fields if name in ids}
        known |= {"user_ids": [ids["owner_id"]]} if "user_ids" in fields else {}
        event["body"] = json.dumps(fields | known)
    return importlib.import_module(f"chat.{module}").app(event, LambdaContext())


def send(world: World, role: str, action: str) -> str:
    """What a frame of a role is answered: an event or an error, and whether the socket is closed;
    nothing if nothing comes back."""
    context, aws = authorized(world, role), world.network.aws
    if context is None or role in UNOPENED:
        return "–"
    caller = world[role].caller
    store(
        Connection(
            role,
            user_id=caller.user_id,
            username=caller.username,
            session_id=caller.session_id,
            connected_at=timestamp(),
            expires_at=int(now()) + 7200,
        )
    )
    invoke(action, role, context, {**world.ids, "owner_id": world["owner"].user_id})
    frames = [json.loads(each) for each in aws.pushed.get(role, [])]
    answers = [each["data"].get("code", each["event"]) for each in frames]
    closed = ["closed"] if role in aws.closed_sockets else []
    return ", ".join(dict.fromkeys(answers + closed)) or "nothing"


def connect(world: World, role: str) -> str:
    """The status of a handshake."""
    context = authorized(world, role)
    if context is None:
        return "401"
    return str(invoke("$connect", role, context, world.ids)["statusCode"])


@pytest.mark.parametrize("action", ["$connect", *ACTIONS])
def test_every_role_gets_what_the_table_says(action: str, world: World) -> None:
    found = {}
    for role in ROLES:
        world.reset()
        found[role] = connect(world, role) if action == "$connect" else send(world, role, action)
    assert action in expected(), (
        f"{action} has no row in tests/unit/roles/expected.md. Check that each role gets what "
        f"docs/api.md says, and add the row: {row(action, found)}"
    )
    assert found == expected()[action], f"{action} answers: {row(action, found)}"
