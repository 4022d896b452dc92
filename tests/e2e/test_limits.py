"""The rates of a real deployment (`RateScale` 1), on a stack of its own.

One machine uses many IP addresses: the emulator reports the one in `X-Forwarded-For` as the
caller's, where API Gateway reports the connection's. Functions use only what the gateway reports.
Where filling an hour would take too long, its count is written into the table `gates`.
"""

import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.e2e.client import PASSWORD, Api, Person, at_once, new_name, wait_for
from tests.e2e.conftest import Deployed

HOUR = 3600
SENSITIVE, PUBLIC, USER = 10, 100, 1000
_addresses = itertools.count(1)


def an_address() -> str:
    """An IP address that has made no calls yet."""
    high, low = divmod(next(_addresses), 250)
    return f"198.51.{100 + high}.{1 + low}"


@pytest.fixture(autouse=True)
def one_hour() -> None:
    """Start no test so close to the end of an hour that its calls would fall into two."""
    wait_for(lambda: HOUR - time.time() % HOUR > 60, "the hour to turn", patience=90)


@pytest.fixture
def api(limited_stack: Deployed) -> Api:
    return limited_stack.api


@pytest.fixture
def alice(api: Api) -> Person:
    """A person who signed up from an IP address of their own."""
    username = new_name("limited")
    body = {
        "name": "Some Person",
        "username": username,
        "email": f"{username}@example.com",
        "password": PASSWORD,
    }
    given = api.expect(201, "POST", "/auth/signup", body, headers=by(an_address()))
    return Person(
        api, given["user"]["id"], username, body["email"], given["token"], given["refresh_token"]
    )


def by(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


def log_in(api: Api, identifier: str, address: str, password: str = PASSWORD) -> httpx.Response:
    body = {"identifier": identifier, "password": password}
    return api.call("POST", "/login", body, headers=by(address))


def fill(api: Api, address: str) -> None:
    """Log in as often as an IP address may, each time with another name."""
    for _ in range(SENSITIVE):
        assert log_in(api, new_name("nobody"), address).status_code == 401


def preset(stack: Deployed, subject: str, scope: str, **counts: int) -> None:
    """Write counts of calls into a gate."""
    stack.client("dynamodb").update_item(
        TableName=stack.table("gates"),
        Key={"subject": {"S": subject}, "scope": {"S": scope}},
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in counts),
        ExpressionAttributeNames={f"#{name}": name for name in counts},
        ExpressionAttributeValues={f":{name}": {"N": str(n)} for name, n in counts.items()},
    )


def within_one_hour[Result](attempt: Callable[[int], Result]) -> Result:
    """The result of `attempt` with the number of this hour; repeated if the hour changed."""
    while True:
        hour = int(time.time() // HOUR)
        given = attempt(hour)
        if hour == int(time.time() // HOUR):
            return given


def budget(answer: httpx.Response) -> tuple[int, int]:
    """Limit and remaining; the reset must be within the hour ahead."""
    reset = int(answer.headers["x-ratelimit-reset"])
    assert time.time() - 60 < reset <= time.time() + HOUR
    limit = int(answer.headers["x-ratelimit-limit"])
    return limit, int(answer.headers["x-ratelimit-remaining"])


def is_refused(answer: httpx.Response) -> bool:
    """Whether it is a 429, which then must be complete."""
    if answer.status_code != 429:
        return False
    body = answer.json()
    assert body["code"] == "rate_limited"
    assert body["request_id"] == answer.headers["x-request-id"]
    assert set(body) == {"error", "code", "request_id", "details"}
    assert int(answer.headers["retry-after"]) >= 1
    assert budget(answer)[1] == 0
    return True


def test_the_eleventh_login_from_an_address_is_refused(api: Api, alice: Person) -> None:
    address = an_address()
    for number in range(SENSITIVE):
        answer = log_in(api, new_name("nobody"), address)
        assert answer.status_code == 401
        assert budget(answer) == (SENSITIVE, SENSITIVE - 1 - number)
    refused = log_in(api, new_name("nobody"), address)
    assert is_refused(refused)
    assert is_refused(log_in(api, alice.username, address)), "the right password does not help"
    # Other calls are not affected: other sensitive routes from there, and calls with a token.
    resent = api.call("POST", "/resend-otp", {"email": "nobody@example.com"}, headers=by(address))
    assert (resent.status_code, budget(resent)) == (200, (SENSITIVE, SENSITIVE - 1))
    answer = alice.call("GET", "/profile", headers=by(address))
    assert (answer.status_code, budget(answer)) == (200, (USER, USER - 1))
    assert log_in(api, alice.username, an_address()).status_code == 200


def test_refused_calls_do_not_make_the_wait_longer(limited_stack: Deployed, api: Api) -> None:
    address = an_address()
    fill(api, address)
    gate = {"subject": {"S": f"ip#{address}"}, "scope": {"S": "login_user"}}
    waits = []
    for _ in range(5):
        refused = log_in(api, new_name("nobody"), address)
        assert is_refused(refused)
        waits.append(int(refused.headers["retry-after"]))
    assert waits == sorted(waits, reverse=True)
    stored = limited_stack.client("dynamodb").get_item(
        TableName=limited_stack.table("gates"), Key=gate
    )["Item"]
    assert int(stored["n"]["N"]) == SENSITIVE


def test_parallel_calls_are_admitted_just_as_often(api: Api) -> None:
    address = an_address()
    log_in(api, new_name("nobody"), address)
    answers = at_once(lambda name: log_in(api, name, address), [new_name() for _ in range(24)])
    assert sorted(map(is_refused, answers)) == [False] * 9 + [True] * 15


def test_an_account_is_protected_from_any_number_of_addresses(api: Api, alice: Person) -> None:
    name = itertools.cycle([alice.username, alice.username.upper()])
    for _ in range(SENSITIVE):
        assert log_in(api, next(name), an_address(), "Wrong-Horse-7").status_code == 401
    address = an_address()
    assert is_refused(log_in(api, alice.username, address))
    # Calls that the account refuses do not count on the address, and other accounts can log in.
    other = log_in(api, new_name("nobody"), address)
    assert (other.status_code, budget(other)) == (401, (SENSITIVE, SENSITIVE - 1))
    # Calls with a token are not affected either.
    assert alice.call("GET", "/profile").status_code == 200


def test_an_ipv6_network_counts_as_one_address(api: Api) -> None:
    network = f"2001:db8:{next(_addresses):x}"
    for number in range(SENSITIVE):
        answer = log_in(api, new_name("nobody"), f"{network}:7::{number + 1:x}")
        assert answer.status_code == 401
    assert is_refused(log_in(api, new_name("nobody"), f"{network}:7:ffff::1"))
    assert log_in(api, new_name("nobody"), f"{network}:8::1").status_code == 401


def test_the_public_routes_share_a_hundred_calls(api: Api) -> None:
    address = an_address()
    for number in range(PUBLIC):
        path = ("/config", "/health")[number % 2]
        answer = api.call("GET", path, headers=by(address))
        assert answer.status_code == 200
        assert budget(answer) == (PUBLIC, PUBLIC - 1 - number)
    assert is_refused(api.call("GET", "/config", headers=by(address)))
    assert is_refused(api.call("GET", "/no-such-route", headers=by(address)))
    assert api.call("GET", "/config", headers=by(an_address())).status_code == 200


def test_a_token_is_verified_on_its_users_budget(api: Api, alice: Person) -> None:
    address = an_address()
    for _ in range(PUBLIC):
        assert api.call("GET", "/config", headers=by(address)).status_code == 200
    good = alice.call("GET", "/auth/verify-user", headers=by(address))
    assert (good.status_code, budget(good)) == (200, (USER, USER - 1))
    assert is_refused(api.call("GET", "/auth/verify-user", token="x", headers=by(address)))
    bad = api.call("GET", "/auth/verify-user", token="x", headers=by(an_address()))
    assert (bad.status_code, budget(bad)) == (401, (PUBLIC, PUBLIC - 1))


def test_a_user_has_a_thousand_calls_over_all_routes(
    limited_stack: Deployed, alice: Person
) -> None:
    def attempt(hour: int) -> list[httpx.Response]:
        preset(limited_stack, f"user#{alice.id}", "user", w=hour, n=USER - 2, p=0)
        paths = ("/profile", "/notifications", "/profile", "/feed/home")
        return [alice.call("GET", path, headers=by(an_address())) for path in paths]

    answers = within_one_hour(attempt)
    assert [budget(answer)[1] for answer in answers[:2]] == [1, 0]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert all(map(is_refused, answers[2:]))
    assert budget(answers[2])[0] == USER


def test_the_last_hour_counts_in_proportion(limited_stack: Deployed, alice: Person) -> None:
    before = 800

    def attempt(hour: int) -> tuple[float, int, float]:
        preset(limited_stack, f"user#{alice.id}", "user", w=hour, n=0, p=before)
        started = time.time()
        _, remaining = budget(alice.call("GET", "/profile"))
        return left_at(started), remaining, left_at(time.time())

    def left_at(moment: float) -> float:
        return USER - 1 - before * (1 - moment % HOUR / HOUR)

    least, remaining, most = within_one_hour(attempt)
    assert int(least) <= remaining <= int(most) + 1


def test_a_full_last_hour_admits_calls_as_it_ages(limited_stack: Deployed, alice: Person) -> None:
    def attempt(hour: int) -> tuple[httpx.Response, float]:
        preset(limited_stack, f"user#{alice.id}", "user", w=hour, n=USER // 2, p=USER)
        return alice.call("GET", "/profile"), time.time() % HOUR / HOUR

    answer, passed = within_one_hour(attempt)
    if passed < 0.499:  # more than half of the last hour's thousand still count
        assert is_refused(answer)
        until_room = HOUR * (0.5 - passed)
        assert int(answer.headers["retry-after"]) == pytest.approx(until_room, abs=30)
    elif passed > 0.51:
        assert answer.status_code == 200
        assert budget(answer)[1] == pytest.approx(USER * (passed - 0.5), abs=10)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/profile", 200),
        ("GET", "/users/no_such_person", 404),
        ("GET", "/notifications?limit=0", 400),
        ("POST", "/admin/users/anybody/ban", 403),
    ],
)
def test_every_answer_has_the_budget(alice: Person, method: str, path: str, status: int) -> None:
    answer = alice.call(method, path, {} if method == "POST" else None)
    assert answer.status_code == status
    limit, remaining = budget(answer)
    assert limit == USER
    assert remaining == USER - 1, "refused calls count as well"
    assert "X-RateLimit-Remaining" in answer.headers["access-control-expose-headers"]


def test_the_configuration_names_the_limits(api: Api) -> None:
    limits: dict[str, Any] = api.expect(200, "GET", "/config", headers=by(an_address()))["limits"]
    rates = [limits[name] for name in ("RateSensitive", "RateUser", "RatePublic", "RateScale")]
    assert rates == [SENSITIVE, USER, PUBLIC, 1]


def test_the_log_says_which_budget_refused_and_shows_no_address(
    api: Api, limited_stack: Deployed
) -> None:
    address = an_address()
    fill(api, address)
    refused = log_in(api, new_name("nobody"), address)
    assert refused.status_code == 429
    request_id = refused.headers["X-Request-Id"]
    [line] = {each for each in limited_stack.log_lines(request_id) if '"request"' in each}
    refused_by = json.loads(line)["refused_by"]
    assert (refused_by["subject"], refused_by["scope"], refused_by["limit"]) == (
        "ip",
        "login_user",
        SENSITIVE,
    )
    assert address not in line
