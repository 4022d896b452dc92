"""Where a person is logged in, and ending one session from another."""

from typing import Any

import pytest

from tests.e2e.client import PASSWORD, Person


def log_in_on(person: Person, user_agent: str) -> dict[str, Any]:
    """The tokens of a session on another device."""
    given: dict[str, Any] = person.api.expect(
        200,
        "POST",
        "/login",
        {"identifier": person.username, "password": PASSWORD},
        headers={"User-Agent": user_agent},
    )
    return given


PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)


def test_sessions_are_listed_with_their_devices(alice: Person) -> None:
    log_in_on(alice, PHONE)
    log_in_on(alice, "curl/8.5.0")
    given = alice.get("/auth/sessions")
    assert given["next_cursor"] is None
    assert [each["device"] for each in given["sessions"][:2]] == ["curl 8.5.0", "Safari on iPhone"]
    assert [each["is_current"] for each in given["sessions"]] == [False, False, True]
    first = alice.get("/auth/sessions?limit=2")
    rest = alice.get(f"/auth/sessions?limit=2&cursor={first['next_cursor']}")
    assert [each["id"] for each in first["sessions"] + rest["sessions"]] == [
        each["id"] for each in given["sessions"]
    ]


def test_a_session_ends_at_once_with_its_sockets_and_tokens(alice: Person, bob: Person) -> None:
    phone = log_in_on(alice, PHONE)
    assert alice.api.call("GET", "/profile", token=phone["token"]).status_code == 200
    [session] = [
        each
        for each in alice.get("/auth/sessions")["sessions"]
        if each["device"].endswith("iPhone")
    ]
    path = f"/auth/sessions/{session['id']}"
    refused = bob.call("DELETE", path)
    assert (refused.status_code, refused.json()["code"]) == (404, "session_not_found")
    with alice.socket(phone["token"]) as socket:
        socket.send({"action": "ping"})
        socket.wait_for("pong")
        alice.expect(200, "DELETE", path)
        assert alice.api.call("GET", "/profile", token=phone["token"]).status_code == 401
        socket.send({"action": "ping"})
        assert socket.wait_for("error")["data"]["code"] == "unauthorized"
    spent = alice.api.call("POST", "/auth/refresh", {"refresh_token": phone["refresh_token"]})
    assert spent.json()["code"] == "invalid_refresh_token"
    assert alice.call("DELETE", path).json()["code"] == "session_not_found"
    assert len(alice.get("/auth/sessions")["sessions"]) == 1


def test_a_replayed_refresh_token_ends_the_thief_and_the_owner(alice: Person) -> None:
    """The second use reveals the theft; it ends this session for both, and no other session."""
    other = log_in_on(alice, PHONE)
    refresh = {"refresh_token": alice.refresh_token}
    thief = alice.api.expect(200, "POST", "/auth/refresh", refresh)
    thief = alice.api.expect(
        200, "POST", "/auth/refresh", {"refresh_token": thief["refresh_token"]}
    )
    with alice.socket(thief["token"]) as socket:
        socket.send({"action": "ping"})
        socket.wait_for("pong")
        owner = alice.api.call("POST", "/auth/refresh", refresh)
        assert (owner.status_code, owner.json()["code"]) == (401, "invalid_refresh_token")
        for token in (alice.token, thief["token"]):
            assert alice.api.call("GET", "/profile", token=token).status_code == 401
        socket.send({"action": "ping"})
        assert socket.wait_for("error")["data"]["code"] == "unauthorized"
    newest = alice.api.call("POST", "/auth/refresh", {"refresh_token": thief["refresh_token"]})
    assert newest.status_code == 401
    assert alice.api.call("GET", "/profile", token=other["token"]).status_code == 200
    [left] = alice.api.expect(200, "GET", "/auth/sessions", token=other["token"])["sessions"]
    assert left["is_current"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("%61nybody_1", None),
        ("ab", "invalid"),
        ("%C3%A4%20b", "invalid"),
        ("%F0%9F%98%80" * 50, "invalid"),
        ("Moderator", "reserved"),
    ],
)
def test_any_username_can_be_checked(alice: Person, text: str, reason: str | None) -> None:
    given = alice.api.expect(200, "GET", f"/auth/check-username/{text}")
    assert (given["available"], given["reason"]) == (reason is None, reason)


def test_a_taken_username_is_taken_in_any_case(alice: Person) -> None:
    given = alice.api.expect(200, "GET", f"/auth/check-username/{alice.username.upper()}")
    assert (given["exists"], given["reason"]) == (True, "taken")
