"""Every route of the API, by everyone from a person without a token to an administrator.

What each role gets is in `expected.md`. The requests are sent through the gateway's routing, its
authorizer and the route's Lambda; each role finds the same world.
"""

import json
from functools import cache
from typing import Any

import pytest

from infra.generated import FUNCTIONS
from tests.support.network import gateway_routes
from tests.support.small_world import ROLES, WORD, World
from tests.unit.roles.requests import ask
from tests.unit.roles.table import expected, row

# What matches no route is refused alike for everybody (`tests/unit/web/test_answer_unmatched.py`).
ROUTES = sorted(
    route
    for route, (app, _) in gateway_routes().items()
    if app.declaration.name != "answer_unmatched"
)


@pytest.mark.parametrize("route", ROUTES)
def test_every_role_gets_what_the_table_says(route: str, world: World) -> None:
    found, shown = {}, set()
    for role in ROLES:
        world.reset()
        answer = ask(world, role, route)
        found[role] = answer.verdict
        shown |= {role} if WORD in answer.text else set()
    assert route in expected(), (
        f"{route} has no row in tests/unit/roles/expected.md. Check that each role gets what "
        f"docs/api.md says, and add the row: {row(route, found)}"
    )
    assert found == expected()[route], f"{route} answers: {row(route, found)}"
    assert not shown & outsiders(route), "they are shown words of a private account"


@pytest.mark.parametrize("route", ROUTES)
def test_the_openapi_document_has_every_error_of_the_table(route: str) -> None:
    errors = {verdict for verdict in expected()[route].values() if not verdict.isdigit()}
    missing = errors - documented_errors(route)
    assert not missing, f"the document of {route} does not have {', '.join(sorted(missing))}"


def test_the_table_has_no_other_rows() -> None:
    routes = {name for name in expected() if " " in name}
    assert routes <= set(ROUTES), "rows of expected.md that no route has"


def outsiders(route: str) -> set[str]:
    """Who may not see what the owner's private account holds; administrators see what they decide
    about."""
    insiders = {"owner", "follower"} | ({"admin"} if "/admin/" in route else set())
    return set(ROLES) - insiders


def documented_errors(route: str) -> set[str]:
    """The error codes of a route in the OpenAPI document."""
    document = openapi()
    method, _, path = route.partition(" ")
    responses = document["paths"][path][method.lower()]["responses"]
    names = [each["$ref"].rpartition("/")[2] for each in responses.values() if "$ref" in each]
    schemas = [
        document["components"]["responses"][name]["content"]["application/json"]["schema"]
        for name in names
    ]
    return {code for schema in schemas for code in schema["properties"]["code"]["enum"]}


@cache
def openapi() -> dict[str, Any]:
    """The document that `GET /openapi.json` answers."""
    document: dict[str, Any] = json.loads((FUNCTIONS / "web" / "openapi.json").read_text())
    return document
