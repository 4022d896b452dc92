"""The gate beside the first reads of a GET: what a refused call leaves behind is nothing."""

import copy

import pytest

from shared.access.revocation import end_all_sessions
from shared.dynamodb.tables import transaction
from shared.http.requests import Route
from tests.support.network import gateway_routes
from tests.support.small_world import World
from tests.unit.roles.requests import ask


def _route(name: str) -> Route:
    method, path = name.split(" ")
    return Route(method, path)


BESIDE = sorted(
    route
    for route, (app, needs_token) in gateway_routes().items()
    if needs_token and app.declaration.is_beside_gate(_route(route))
)
PEOPLE = ("owner", "follower", "admin")  # who would get an answer


@pytest.mark.parametrize("route", BESIDE)
def test_a_refused_call_changes_and_says_nothing(route: str, world: World) -> None:
    for role in PEOPLE:
        world.reset()
        with transaction() as write:
            end_all_sessions(write, world[role].user_id)
        world.network.discard_pending()
        before = copy.deepcopy(world.network.aws.dynamo.tables)
        mails = len(world.network.mails)
        answer = ask(world, role, route)
        assert answer.verdict == "unauthorized", f"{role} is answered {answer.text}"
        assert set(answer.body) <= {"error", "code", "request_id"}
        changed = [
            name
            for name, table in world.network.aws.dynamo.tables.items()
            if table.items != before[name].items
        ]
        assert not changed, f"the view writes {changed}, so it needs `gate_first=True`"
        assert not world.network.aws.pushed
        assert len(world.network.mails) == mails


def test_most_reads_are_beside_the_gate() -> None:
    """So that a rule which excludes too much is noticed."""
    assert len(BESIDE) >= 60
