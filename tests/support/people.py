"""Accounts and edges between them, with AWS in memory."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import transaction
from shared.http.endpoint import Endpoint
from shared.ids import new_id
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from users.models import Relationship, User, edge, listed
from users.public import add_account

type Call = Callable[..., tuple[int, dict[str, Any]]]
type Join = Callable[..., User]


@pytest.fixture(autouse=True)
def users_settings(settings: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    settings.setenv("CELEBRITY_THRESHOLD", "3")
    settings.setenv("MAX_PRIVATE_LIST", "3")
    return settings


@pytest.fixture
def join(aws: MemoryAws) -> Join:
    """Create an account."""

    def make(username: str, **more: Any) -> User:
        user = User(new_id(), username=username, name=username, email=f"{username}@example.com")
        user.status, user.created_at = "active", timestamp()
        user.updated_at = user.created_at
        for name, value in more.items():
            setattr(user, name, value)
        with transaction() as write:
            add_account(write, user)
        return user

    return make


@pytest.fixture
def call(aws: MemoryAws) -> Call:
    """Call a Lambda as a user; return the status and body of its answer."""

    def make(
        app: Endpoint, who: User, whom: str | None = None, route: str = "", **more: Any
    ) -> tuple[int, dict[str, Any]]:
        canonical = app.declaration.routes[0]
        event = gateway_event(
            route or f"{canonical.method} {canonical.path}",
            path={"user": whom} if whom else None,
            caller=as_caller(who),
            **more,
        )
        answer = app(event, LambdaContext())
        return answer["statusCode"], json.loads(answer["body"])

    return make


def as_caller(user: User, scope: str = "full") -> Caller:
    return Caller(user.user_id, user.username, new_id(), user.role, scope)


def draw(kind: Any, of: User, other: User, is_active: bool = True) -> None:
    """Store one side of an edge, without the other side."""
    moment = timestamp()
    Relationship(
        of.user_id,
        edge(kind, other.user_id),
        is_active=is_active,
        username=of.username,
        since=moment,
        listed=listed(kind, moment) if is_active else None,
        updated_at=moment,
    ).save()


def block(who: User, whom: User) -> None:
    """Store both sides of a block."""
    draw("blocks", who, whom)
    draw("blocked_by", whom, who)


def edges_of(user: User) -> dict[str, bool]:
    """All edges in a user's partition, and whether each is active."""
    return {each.edge: each.is_active for each in Relationship.query(user.user_id)}
