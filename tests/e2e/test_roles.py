"""Every route of the deployed stack, by who may not use it.

What each role gets in detail is in `tests/unit/roles/expected.md`; here the gateway, its authorizer
and the functions' own rights take part. A few calls run at the same time, because each function
that is called for the first time is a process of the emulator.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from infra.routes import http_lambdas
from shared.http.requests import Declaration, Route
from tests.e2e.client import PASSWORD, Api, Person, join

_AT_ONCE = 4
_NAMES = {"user": "nobody_of_this_name", "tag": "winter", "playlist": "master.m3u8"}
_ID = "01KAEJ8V0X2Y4Z6A8B0C1D3E5F"  # of nothing
DECLARATIONS: list[Declaration] = [each for _, _, each in http_lambdas()]


@pytest.fixture
def banned(api: Api, admin: Person) -> Person:
    """An account that was banned after it had logged in."""
    made = join(api, "banned")
    admin.expect(200, "POST", f"/admin/users/{made.username}/ban", {"reason": "Spam"})
    return made


@pytest.fixture
def deleted(api: Api) -> Person:
    """An account that was deleted after it had logged in."""
    made = join(api, "deleted")
    made.expect(202, "DELETE", "/account", {"password": PASSWORD})
    return made


def path_of(route: Route) -> str:
    """A path of the route, about nothing."""
    segments = route.path.split("/")
    named = [_NAMES.get(each[1:-1], _ID) if each.startswith("{") else each for each in segments]
    return "/".join(named)


def refused[Each](calls: Iterable[Each], problem: Callable[[Each], str | None]) -> None:
    """Check all calls, some at the same time; fail with the problems of all of them."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        problems = [each for each in pool.map(problem, calls) if each]
    assert not problems, "\n".join(problems)


def verdict(answer: httpx.Response) -> tuple[int, str]:
    """The status and the error code of an answer."""
    kind = answer.headers.get("content-type", "")
    is_json = answer.content and kind.startswith("application/json")
    return answer.status_code, answer.json().get("code", "") if is_json else ""


def routes(*auth: str) -> Iterator[Route]:
    """The routes of Lambdas with one of these kinds of identity."""
    for declaration in DECLARATIONS:
        if declaration.auth in auth and declaration.name != "answer_unmatched":
            yield from declaration.routes


def test_without_a_token_every_route_refuses_or_has_a_public_answer(api: Api) -> None:
    needing = set(routes("token", "unverified-ok", "admin"))

    def problem(route: Route) -> str | None:
        status, code = verdict(api.call(route.method, path_of(route)))
        if route in needing:
            is_right = (status, code) == (401, "unauthorized")
        else:
            is_right = status < 500 or code == "feature_disabled"
        return None if is_right else f"{route.method} {route.path}: {status} {code}"

    refused([*needing, *routes("none")], problem)


def test_routes_of_administrators_refuse_everybody_else(api: Api, alice: Person) -> None:
    def problem(route: Route) -> str | None:
        status, code = verdict(alice.call(route.method, path_of(route)))
        is_right = (status, code) == (403, "admin_only")
        return None if is_right else f"{route.method} {route.path}: {status} {code}"

    refused(routes("admin"), problem)


def test_tokens_of_ended_accounts_open_nothing(banned: Person, deleted: Person) -> None:
    """Once for each service, identity and tier: these share their gate and their rights."""
    kinds = {(each.service, each.auth, each.tier): each for each in DECLARATIONS}

    def problem(declaration: Declaration) -> str | None:
        route = declaration.routes[0]
        for person in (banned, deleted):
            status, code = verdict(person.call(route.method, path_of(route)))
            if (status, code) != (401, "unauthorized"):
                return f"{person.username}, {route.method} {route.path}: {status} {code}"
        return None

    refused([each for each in kinds.values() if each.auth != "none"], problem)
