"""What is generated from the code is up to date, and right."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra import asyncapi, events, openapi, roles, routes, templates
from infra.generated import stale_files


@pytest.mark.parametrize(
    ("texts", "command"),
    [
        pytest.param(routes.texts, "make api", id="api.yaml"),
        pytest.param(roles.texts, "make roles", id="foundation.yaml"),
        pytest.param(openapi.texts, "make openapi", id="openapi.json"),
        pytest.param(asyncapi.texts, "make openapi", id="asyncapi.json"),
        pytest.param(events.texts, "make openapi", id="events.md"),
    ],
)
def test_generated_files_are_fresh(texts: Callable[[], Mapping[Path, str]], command: str) -> None:
    stale = list(stale_files(texts()))
    assert not stale, f"run `{command}` and commit {stale}"


def test_every_route_runs_a_lambda_of_the_template() -> None:
    functions = templates.functions()
    text = routes.API_FILE.read_text()
    invoked = {part.split(".Arn}")[0] for part in text.split("/functions/${")[1:]}
    assert invoked <= set(functions), f"template.yaml lacks {invoked - set(functions)}"


def test_every_route_of_the_gateway_has_the_auth_of_its_declaration() -> None:
    paths = yaml.safe_load(routes.API_FILE.read_text())["paths"]
    for _, module, declaration in routes.http_lambdas():
        for route in declaration.routes:
            if route.method == "ANY":
                continue
            guarded = "security" in paths[route.path][route.method.lower()]
            assert guarded == (declaration.auth != "none"), f"{module}: {route} run `make api`"


def references(value: Any) -> set[str]:
    """Every `$ref` in a document."""
    if isinstance(value, dict):
        found = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return found.union(*(references(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(references(each) for each in value))
    return set()


@pytest.mark.parametrize("file", [openapi.FILE, asyncapi.FILE], ids=lambda file: file.name)
def test_the_references_of_a_document_lead_somewhere(file: Path) -> None:
    document = json.loads(file.read_text())
    for reference in references(document):
        place = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in place, f"{file.name}: {reference} is not there"
            place = place[step]


def test_operations_have_names_of_their_own() -> None:
    paths = json.loads(openapi.FILE.read_text())["paths"]
    names = [operation["operationId"] for path in paths.values() for operation in path.values()]
    assert len(names) == len(set(names))


def test_every_route_is_documented() -> None:
    paths = json.loads(openapi.FILE.read_text())["paths"]
    documented = {(path, method.upper()) for path, found in paths.items() for method in found}
    served = {(path, method) for path, found in routes.methods().items() for method in found}
    assert documented == served


def test_every_success_answer_is_described() -> None:
    """A canonical route that answers JSON names the type of its answer."""
    bare = [
        f"{service}/{name}"
        for service, name, declaration in routes.http_lambdas()
        if declaration.answer is None and service != "web" and declaration.status != 302
    ]
    assert not bare, f"give `answer=` to the declarations of {bare}: the OpenAPI document shows it"
