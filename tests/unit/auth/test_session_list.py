import json
from typing import Any

import pytest

from auth.change_password import app as change_password_app
from auth.list_sessions import app as list_app
from auth.logout_user import app as logout_app
from auth.refresh_tokens import app as refresh_app
from auth.revoke_session import app as revoke_app
from auth.verify_token import app as verify_token_app
from shared import ids
from shared.clock import stop_at, timestamp
from tests.support.events import load_event
from tests.support.gateway import IP, LambdaContext
from tests.unit.auth.conftest import Call, Newcomer, context_of

MONTH = 30 * 24 * 3600


def sessions(token: str, **query: str) -> dict[str, Any]:
    event = load_event("auth", "list_sessions")
    event["requestContext"]["authorizer"] = context_of(token)
    event["multiValueQueryStringParameters"] = {name: [each] for name, each in query.items()}
    answer = list_app(event, LambdaContext())
    given: dict[str, Any] = json.loads(answer["body"])
    assert answer["statusCode"] == 200, given
    return given


def revoke(token: str, session_id: str) -> tuple[int, dict[str, Any]]:
    event = load_event("auth", "revoke_session")
    event["requestContext"]["authorizer"] = context_of(token)
    event["pathParameters"] = {"session_id": session_id}
    answer = revoke_app(event, LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def id_of(token: str) -> str:
    [current] = [each for each in sessions(token)["sessions"] if each["is_current"]]
    return str(current["id"])


def test_sessions_are_listed_newest_first(newcomer: Newcomer, noon: float) -> None:
    newcomer.enter()
    with stop_at(noon + 60):
        token = newcomer.log_in()[1]["token"]
    with stop_at(noon + 90):
        given = sessions(token)
    first, second = given["sessions"]
    assert given["next_cursor"] is None
    assert first == {
        "id": first["id"],
        "device": "Firefox on Linux",
        "ip": IP,
        "created_at": timestamp(noon + 60),
        "last_seen_at": timestamp(noon + 90),
        "expires_at": timestamp(noon + 60 + MONTH),
        "is_current": True,
    }
    assert (second["is_current"], second["last_seen_at"]) == (False, timestamp(noon))


def test_a_session_was_last_seen_at_its_last_refresh(
    newcomer: Newcomer, call: Call, noon: float
) -> None:
    phone = newcomer.enter()
    token = newcomer.log_in()[1]["token"]
    with stop_at(noon + 3600):
        call(refresh_app, {"refresh_token": phone["refresh_token"]})
    [other] = [each for each in sessions(token)["sessions"] if not each["is_current"]]
    assert other["last_seen_at"] == timestamp(noon + 3600)
    assert other["expires_at"] == timestamp(noon + 3600 + MONTH)


def test_sessions_that_are_over_are_not_listed(newcomer: Newcomer, call: Call, noon: float) -> None:
    newcomer.enter()
    with stop_at(noon + MONTH - 10):
        logged_out = newcomer.log_in()[1]["token"]
        call(logout_app, {}, logged_out)
        newcomer.log_in()
        token = newcomer.log_in()[1]["token"]
        assert len(sessions(token)["sessions"]) == 3
    with stop_at(noon + MONTH):
        assert len(sessions(token)["sessions"]) == 2, "the first one has expired"
        body = {"current_password": newcomer.password, "new_password": "Battery-Staple-8"}
        assert call(change_password_app, body, token)[0] == 200
        [left] = sessions(token)["sessions"]
        assert left["is_current"]


def test_sessions_come_in_pages(newcomer: Newcomer) -> None:
    newcomer.enter()
    tokens = [newcomer.log_in()[1]["token"] for _ in range(4)]
    ids_found: list[str] = []
    page = sessions(tokens[-1], limit="2")
    ids_found += [each["id"] for each in page["sessions"]]
    while page["next_cursor"]:
        page = sessions(tokens[-1], limit="2", cursor=page["next_cursor"])
        ids_found += [each["id"] for each in page["sessions"]]
    assert len(ids_found) == len(set(ids_found)) == 5
    assert ids_found == sorted(ids_found, reverse=True)


def test_a_session_is_ended_from_another(newcomer: Newcomer, call: Call) -> None:
    phone = newcomer.enter()
    token = newcomer.log_in()[1]["token"]
    assert revoke(token, id_of(phone["token"]))[0] == 200
    assert call(verify_token_app, token=phone["token"])[0] == 401
    assert call(refresh_app, {"refresh_token": phone["refresh_token"]})[0] == 401
    assert [each["is_current"] for each in sessions(token)["sessions"]] == [True]


def test_a_session_can_end_itself(newcomer: Newcomer, call: Call) -> None:
    token = newcomer.enter()["token"]
    assert revoke(token, id_of(token))[0] == 200
    assert call(verify_token_app, token=token)[0] == 401


def test_a_session_that_is_not_the_callers_or_has_ended_is_not_found(
    newcomer: Newcomer, call: Call, mails: Any
) -> None:
    token = newcomer.enter()["token"]
    other = Newcomer(call, mails)
    foreign = other.enter()["token"]
    ended = newcomer.log_in()[1]["token"]
    ended_id = id_of(ended)
    body = {"current_password": newcomer.password, "new_password": "Battery-Staple-8"}
    assert call(change_password_app, body, token)[0] == 200
    for session_id in (id_of(foreign), ended_id, ids.new_id(), ended_id.lower(), "x", "me", "ä"):
        status, given = revoke(token, session_id)
        assert (status, given["code"]) == (404, "session_not_found"), session_id
    assert call(verify_token_app, token=foreign)[0] == 200


def test_an_expired_session_is_not_found(newcomer: Newcomer, noon: float) -> None:
    old = id_of(newcomer.enter()["token"])
    with stop_at(noon + MONTH):
        token = newcomer.log_in()[1]["token"]
        assert revoke(token, old)[0] == 404


@pytest.mark.usefixtures("aws")
def test_an_unverified_account_has_sessions_too(newcomer: Newcomer) -> None:
    newcomer.register()
    token = newcomer.log_in("/auth/login")[1]["token"]
    assert len(sessions(token)["sessions"]) == 1
    assert revoke(token, id_of(token))[0] == 200


def test_logging_out_everywhere_leaves_no_session_to_list(newcomer: Newcomer, call: Call) -> None:
    call(logout_app, {"all": True}, newcomer.enter()["token"])
    assert len(sessions(newcomer.log_in()[1]["token"])["sessions"]) == 1
