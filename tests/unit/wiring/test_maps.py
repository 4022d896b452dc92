"""The map in each package's `__init__.py` is complete: tables, events and library modules."""

import ast
import re
from collections.abc import Callable, Iterable
from functools import cache

import pytest

from infra.events import catalogue, listeners, modules, publishers
from tests.unit.wiring.house import handlers, services

LONGEST = 20  # lines
_LINE = re.compile(r"^(Tables|Publishes|Consumes|Library): (.*(?:\n  .*)*)", re.MULTILINE)
_NAME = re.compile(r"`([\w.-]+)`")
PACKAGES = sorted(name.removesuffix(".__init__") for name in modules() if name.endswith("__init__"))


def map_of(package: str) -> dict[str, set[str]]:
    """The names that each line of a package's map gives."""
    text = ast.get_docstring(modules()[f"{package}.__init__"]) or ""
    return {kind: set(_NAME.findall(given)) for kind, given in _LINE.findall(text)}


def library_of(package: str) -> set[str]:
    """The modules of a package that are no Lambda, without those of the packages in it."""
    inside = {name for name in modules() if name.rpartition(".")[0] == package}
    return {name.rpartition(".")[2] for name in inside - {*handlers()}} - {"__init__"}


def tables_of(package: str) -> set[str]:
    """The tables whose models are in a package."""
    return {
        str(call.args[0].value)
        for name, tree in modules().items()
        if name.rpartition(".")[0] == package
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "TableName"
        and isinstance(call.args[0], ast.Constant)
    }


@cache
def events_of(places: Callable[[str], Iterable[str]]) -> dict[str, set[str]]:
    """The event types by the services whose modules `places` names for them."""
    found: dict[str, set[str]] = {}
    for name in catalogue():
        for place in places(name):
            found.setdefault(place.partition(".")[0], set()).add(name)
    return found


def publishing(event: str) -> list[str]:
    return publishers(catalogue()[event])


@pytest.mark.parametrize("package", PACKAGES)
def test_a_map_names_every_module_and_table_and_is_short(package: str) -> None:
    found = map_of(package)
    rooms = {each.rpartition(".")[2] for each in PACKAGES if each.rpartition(".")[0] == package}
    assert found.get("Library", set()) - rooms == library_of(package)
    assert found.get("Tables", set()) == tables_of(package)
    lines = (ast.get_docstring(modules()[f"{package}.__init__"]) or "").splitlines()
    assert len(lines) <= LONGEST


@pytest.mark.parametrize("service", services())
def test_a_services_map_names_the_events_it_publishes_and_consumes(service: str) -> None:
    found = map_of(service)
    assert found.get("Publishes", set()) == events_of(publishing).get(service, set())
    assert found.get("Consumes", set()) == events_of(listeners).get(service, set())
