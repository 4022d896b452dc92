"""No status, body or header reveals whether an address has an account."""

from typing import Any

import httpx
import pytest

from tests.e2e.client import PASSWORD, Api, Person, new_name, registration

# Headers that differ between two identical calls.
_ONE_CALL = {"date", "x-request-id", "x-ratelimit-remaining", "x-ratelimit-reset"}


def comparable(answer: httpx.Response) -> tuple[int, str, dict[str, str]]:
    """All that a client sees, without what identifies this one call."""
    text = answer.text.replace(answer.headers["x-request-id"], "<request>")
    headers = {name: value for name, value in answer.headers.items() if name not in _ONE_CALL}
    # The emulator adds an id to each answer.
    return answer.status_code, text, {k: v for k, v in headers.items() if "amz" not in k}


@pytest.fixture
def waiting(api: Api) -> dict[str, Any]:
    """A registration whose code was not entered yet."""
    body = registration(new_name("waiting"))
    api.expect(201, "POST", "/register", body)
    return body


@pytest.mark.parametrize("path", ["/login", "/auth/login", "/api/v1/auth/login"])
@pytest.mark.parametrize("named_by", ["email", "username"])
def test_a_wrong_password_and_an_unknown_name(alice: Person, path: str, named_by: str) -> None:
    unknown = new_name("nobody")
    known, other = {
        "email": (alice.email, f"{unknown}@example.com"),
        "username": (alice.username, unknown),
    }[named_by]
    answers = [
        alice.api.call("POST", path, {"identifier": each, "password": "Wrong-Horse-7"})
        for each in (known, other)
    ]
    assert comparable(answers[0]) == comparable(answers[1])
    assert answers[0].json()["code"] == "invalid_credentials"


def test_an_unverified_account_is_not_revealed_to_a_wrong_password(
    api: Api, waiting: dict[str, Any]
) -> None:
    answers = [
        api.call("POST", "/login", {"identifier": each, "password": "Wrong-Horse-7"})
        for each in (waiting["email"], f"{new_name('nobody')}@example.com")
    ]
    assert comparable(answers[0]) == comparable(answers[1])
    right = api.call("POST", "/login", {"identifier": waiting["email"], "password": PASSWORD})
    assert right.json()["code"] == "email_not_verified"


@pytest.mark.parametrize(
    "path", ["/forgot-password", "/auth/request-reset", "/api/v1/auth/request-reset"]
)
def test_a_forgotten_password(alice: Person, waiting: dict[str, Any], path: str) -> None:
    answers = [
        alice.api.call("POST", path, {"email": each})
        for each in (alice.email, f"{new_name('nobody')}@example.com", waiting["email"])
    ]
    assert answers[0].status_code == 200
    assert comparable(answers[0]) == comparable(answers[1]) == comparable(answers[2])


def test_another_code(alice: Person, waiting: dict[str, Any]) -> None:
    addresses = [alice.email, f"{new_name('nobody')}@example.com"]
    answers = [alice.api.call("POST", "/resend-otp", {"email": each}) for each in addresses]
    assert answers[0].status_code == 200
    assert comparable(answers[0]) == comparable(answers[1])
    # The second within a minute is refused for everybody.
    again = [alice.api.call("POST", "/resend-otp", {"email": each}) for each in addresses]
    assert [answer.json()["code"] for answer in again] == ["resend_too_soon"] * 2


@pytest.mark.parametrize("path", ["/verify-otp", "/auth/verify-otp", "/api/v1/auth/verify-otp"])
def test_a_wrong_code(alice: Person, path: str) -> None:
    field = "otp_code" if path == "/verify-otp" else "otp"
    answers = [
        alice.api.call("POST", path, {"email": each, field: "000000"})
        for each in (alice.email, f"{new_name('nobody')}@example.com")
    ]
    assert comparable(answers[0]) == comparable(answers[1])
    assert answers[0].json()["code"] == "invalid_otp"


@pytest.mark.parametrize("path", ["/reset-password", "/auth/reset-password"])
def test_a_reset_by_a_wrong_code(alice: Person, path: str) -> None:
    answers = [
        alice.api.call(
            "POST", path, {"email": each, "otp_code": "000000", "new_password": "Other-Horse-8"}
        )
        for each in (alice.email, f"{new_name('nobody')}@example.com")
    ]
    assert comparable(answers[0]) == comparable(answers[1])
    assert answers[0].json()["code"] == "invalid_otp"
