"""What a Lambda imports when it starts: pydantic only where a body or a frame is validated."""

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from infra.events import modules
from infra.routes import http_lambdas
from tests.bench.over_budget import VALIDATED
from tests.unit.wiring.house import handlers, handlers_made_by


def imported_at_start(module: str) -> set[str]:
    """All that a module imports when it is imported, over the modules of functions/."""
    found, waiting = {module}, [module]
    while waiting:
        for name in named_at_start(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting += [name] if name in modules() else []
    return found


@cache
def named_at_start(module: str) -> list[str]:
    return [*_names(modules()[module].body)]


def _names(nodes: list[ast.stmt]) -> Iterator[str]:
    """The imports outside of functions and of `if TYPE_CHECKING`."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Try):
            yield from _names(node.body)


def test_exactly_the_listed_handlers_import_pydantic() -> None:
    importing = {handler for handler in handlers() if "pydantic" in imported_at_start(handler)}
    assert importing == set(VALIDATED), (
        "tests/bench/over_budget.py lists the handlers that validate a body or a frame; any other "
        "should not import its models"
    )


def test_each_endpoint_in_the_list_has_the_body_that_is_its_reason() -> None:
    bodies = {
        f"{service}.{module}": declaration.body.__name__ if declaration.body else None
        for service, module, declaration in http_lambdas()
    }
    listed = {name: VALIDATED[name] for name in VALIDATED if name in bodies}
    assert listed == {name: body for name, body in bodies.items() if body}


def test_no_endpoint_imports_events() -> None:
    """The streams of tables publish, and consumers handle them."""
    events = {name for name in modules() if name.startswith("shared.events.")}
    importing = {
        handler for handler in handlers_made_by("endpoint") if imported_at_start(handler) & events
    }
    assert not importing


@pytest.mark.parametrize("handler", ["posts.list_comments", "users.search_users"])
def test_a_handler_with_only_a_query_starts_without_pydantic(handler: str) -> None:
    imports = imported_at_start(handler)
    assert "shared.http.queries" in imports
    assert not imports & {"pydantic", "shared.http.fields", "annotated_types"}
