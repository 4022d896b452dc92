"""docs/api.md agrees with the code: routes, auth, tiers, error codes and the walk-through."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from infra.generated import FUNCTIONS, ROOT
from infra.routes import http_lambdas
from shared import errors
from shared.errors import HoshiError

CONTRACT = (ROOT / "docs" / "api.md").read_text()
NOT_BUILT = "◌"


class Row(NamedTuple):
    """One route; services are not compared, because names are unique without them."""

    name: str
    auth: str
    tier: str
    keeps_answers: bool  # honours `Idempotency-Key`


def section(number: int) -> str:
    """The text of one numbered section."""
    return CONTRACT.partition(f"\n## {number}. ")[2].partition("\n## ")[0]


def cells(number: int) -> Iterator[list[str]]:
    """The cells of every table row of a section."""
    for line in section(number).splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def documented() -> tuple[dict[str, Row], set[str]]:
    """The rows by route (`POST /posts`), and the routes that are not built yet."""
    built, planned = {}, set()
    for name, routes, auth, tier, *rest in (row for row in cells(3) if row[0] != "Lambda"):
        assert len(rest) == 4, f"the row of {name} has {len(rest) + 4} cells, not 8"
        keeps_answers = re.search(r"(^|: )K\b", rest[0]) is not None
        for route in re.findall(r"`([A-Z]+ /[^`]*)`", routes):
            assert route not in built and route not in planned, f"{route} stands in two rows"
            if name.startswith(NOT_BUILT):
                planned.add(route)
            else:
                built[route] = Row(name.partition("/")[2], auth, tier, keeps_answers)
    return built, planned


def declared() -> dict[str, Row]:
    """The same from the declarations of the views."""
    return {
        f"{route.method} {route.path}": Row(
            declaration.name, declaration.auth, declaration.tier, declaration.idempotent
        )
        for _, _, declaration in http_lambdas()
        for route in declaration.routes
    }


def test_every_route_has_a_row_with_its_lambda_auth_tier_and_idempotency() -> None:
    rows, _ = documented()
    problems = [
        f"docs/api.md has {rows[route]} for {route}, the code has {row}"
        if route in rows
        else f"docs/api.md has no row for {route}"
        for route, row in declared().items()
        if rows.get(route) != row
    ]
    assert not problems, "\n".join(problems)


def test_exactly_the_rows_with_the_mark_are_not_built() -> None:
    paths = json.loads((FUNCTIONS / "web" / "openapi.json").read_text())["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    rows, planned = documented()
    assert {route for route in rows if not route.startswith("ANY ")} == routes
    assert planned & routes == set()


def test_the_error_codes_are_those_of_the_classes() -> None:
    listed = {codes for status, codes in cells(6) if status[0].isdigit()}
    found = set(re.findall(rf"({NOT_BUILT} )?\b([a-z0-9]+(?:_[a-z0-9]+)*)\b", _plain(listed)))
    classes = {each.code for each in _raised(HoshiError)}
    assert {code for mark, code in found if not mark} == classes
    assert {code for mark, code in found if mark} & classes == set()


def _plain(codes: set[str]) -> str:
    """The codes without the remarks in brackets."""
    return re.sub(r"\(.*?\)", "", ", ".join(codes))


def _raised(kind: type[HoshiError]) -> Iterator[type[HoshiError]]:
    below = [each for each in kind.__subclasses__() if each.__module__ == errors.__name__]
    for each in below:
        yield from _raised(each)
    if not below:
        yield kind


def test_the_walk_through_is_the_tested_script() -> None:
    script = (ROOT / "tests" / "e2e" / "walk_through.sh").read_text()
    assert f"```bash\n{script}```" in section(8)
