"""Proving again who one is: which proof an account needs, and what the new token is good for."""

from dataclasses import replace
from typing import Any

import pytest

from auth.change_email import app as email_app
from auth.change_password import app as password_app
from auth.login_user import app as login_app
from auth.models import Credentials, Session
from auth.reauthenticate_user import app
from auth.refresh_tokens import app as refresh_app
from auth.set_two_factor import app as two_factor_app
from moderation import list_reports
from shared.access.caller import Caller
from shared.access.revocation import end_all_sessions
from shared.access.tokens import read_token
from shared.clock import stop_at
from shared.dynamodb.tables import transaction
from tests.support.posts import call as call_as
from tests.unit.auth.conftest import Call, Newcomer, context_of
from tests.unit.auth.test_login import set_status

HOUR = 3600


def session_of(tokens: dict[str, Any]) -> Caller:
    return read_token(tokens["token"])


def admin_status(tokens: dict[str, Any]) -> tuple[int, Any]:
    """What an administrator's route answers the bearer of a token."""
    caller = replace(session_of(tokens), role="admin")
    status, answer = call_as(list_reports, "GET /admin/reports", caller)
    return status, answer.get("code")


STALE = (403, "reauthentication_required")


def test_a_log_in_is_fresh_for_twelve_hours_and_a_refresh_proves_nothing(
    newcomer: Newcomer, call: Call, noon: float
) -> None:
    tokens = newcomer.enter()
    with stop_at(noon + 12 * HOUR - 60):
        assert admin_status(tokens)[0] == 200
        status, tokens = call(refresh_app, {"refresh_token": tokens["refresh_token"]})
        assert status == 200
    with stop_at(noon + 12 * HOUR + 60):
        assert admin_status(tokens) == STALE
        tokens = call(refresh_app, {"refresh_token": tokens["refresh_token"]})[1]
        assert admin_status(tokens) == STALE


def test_the_password_makes_a_fresh_token_of_the_same_session(
    newcomer: Newcomer, call: Call, noon: float
) -> None:
    tokens = newcomer.enter()
    later = noon + 20 * HOUR
    with stop_at(later):
        status, given = call(app, {"password": newcomer.password}, tokens["token"])
        assert (status, given["is_2fa_required"]) == (200, False)
        assert session_of(given).session_id == session_of(tokens).session_id
        assert admin_status(given)[0] == 200
        assert admin_status(tokens) == STALE, "a token that was stolen before stays as it is"
    with stop_at(later + 11 * HOUR):
        tokens = call(refresh_app, {"refresh_token": tokens["refresh_token"]})[1]
        assert session_of(tokens).authenticated_at == int(later)
        assert admin_status(tokens)[0] == 200
    with stop_at(later + 12 * HOUR + 60):
        assert admin_status(tokens) == STALE
        tokens = call(refresh_app, {"refresh_token": tokens["refresh_token"]})[1]
        assert admin_status(tokens) == STALE, "a refreshed token keeps the moment"


def test_the_authorizer_hands_on_the_moment(newcomer: Newcomer, call: Call, noon: float) -> None:
    tokens = newcomer.enter()
    assert "authenticated_at" not in context_of(tokens["token"]), "the gateway takes no null"
    given = call(app, {"password": newcomer.password}, tokens["token"])[1]
    assert context_of(given["token"])["authenticated_at"] == int(noon)


@pytest.mark.parametrize("body", [{}, {"password": "Wrong-1-pw"}, {"otp_code": "123456"}])
def test_another_password_proves_nothing(
    newcomer: Newcomer, call: Call, body: dict[str, Any]
) -> None:
    tokens = newcomer.enter()
    status, given = call(app, body, tokens["token"])
    assert (status, given["code"]) == (403, "wrong_password")


@pytest.fixture(params=["two factors", "no password"])
def proof(request: pytest.FixtureRequest, newcomer: Newcomer, call: Call) -> dict[str, Any]:
    """What the accounts that need a code send beside it; the tokens are in `tokens`."""
    tokens = newcomer.enter()
    if request.param == "two factors":
        body = {"enabled": True, "password": newcomer.password}
        assert call(two_factor_app, body, tokens["token"])[0] == 200
        return {"password": newcomer.password, "tokens": tokens}
    Credentials(tokens["user"]["id"]).update(actions=[Credentials.password_hash.remove()])
    return {"tokens": tokens}


def test_a_mailed_code_is_asked_for(newcomer: Newcomer, call: Call, proof: dict[str, Any]) -> None:
    token = proof.pop("tokens")["token"]
    status, given = call(app, proof, token)
    assert (status, given["is_2fa_required"], "token" in given) == (200, True, False)
    assert newcomer.mails(newcomer.email)[-1]["template"] == "login_code"
    status, given = call(app, {**proof, "otp_code": newcomer.wrong_code}, token)
    assert (status, given["code"]) == (400, "invalid_otp")
    code = newcomer.code
    status, given = call(app, {**proof, "otp_code": code}, token)
    assert (status, given["is_2fa_required"]) == (200, False)
    assert session_of(given).authenticated_at
    status, given = call(app, {**proof, "otp_code": code}, token)
    assert (status, given["code"]) == (400, "invalid_otp"), "it works once"


def test_the_code_does_not_replace_the_password(
    newcomer: Newcomer, call: Call, proof: dict[str, Any]
) -> None:
    token = proof.pop("tokens")["token"]
    call(app, proof, token)
    status, given = call(app, {"otp_code": newcomer.code}, token)
    expected = (403, "wrong_password") if proof else (200, None)
    assert (status, given.get("code")) == expected


def test_one_code_is_mailed_in_a_minute(
    noon: float, newcomer: Newcomer, call: Call, proof: dict[str, Any]
) -> None:
    token = proof.pop("tokens")["token"]
    assert call(app, proof, token)[0] == 200
    status, given = call(app, proof, token)
    assert (status, given["code"]) == (429, "resend_too_soon")
    with stop_at(noon + 61):
        assert call(app, proof, token)[0] == 200


def test_a_code_ends_with_the_credentials_that_asked_for_it(
    newcomer: Newcomer, call: Call, proof: dict[str, Any]
) -> None:
    tokens = proof.pop("tokens")
    call(app, proof, tokens["token"])
    Credentials(tokens["user"]["id"]).update(actions=[Credentials.revision.add(1)])
    status, given = call(app, {**proof, "otp_code": newcomer.code}, tokens["token"])
    assert (status, given["code"]) == (400, "invalid_otp")


@pytest.mark.parametrize(
    ("change", "body"),
    [
        (password_app, {"new_password": "Battery-Staple-8"}),
        (email_app, {"new_email": "thief@example.com"}),
        (two_factor_app, {"enabled": False}),
    ],
)
def test_a_stolen_token_makes_no_proof_of_its_own(
    noon: float, newcomer: Newcomer, call: Call, change: Any, body: dict[str, Any]
) -> None:
    """An administrator who has no password changes nothing of what would prove who they are."""
    tokens = newcomer.enter()
    user_id = tokens["user"]["id"]
    Credentials(user_id).update(actions=[Credentials.password_hash.remove()])
    set_status(user_id, role="admin")
    tokens = call(refresh_app, {"refresh_token": tokens["refresh_token"]})[1]
    with stop_at(noon + 13 * HOUR):
        status, given = call(change, body, tokens["token"])
        assert (status, given["code"]) == (403, "reauthentication_required")
        call(app, {}, tokens["token"])
        fresh = call(app, {"otp_code": newcomer.code}, tokens["token"])[1]
        assert call(change, body, fresh["token"])[0] == 200


def test_a_session_that_has_ended_proves_nothing(newcomer: Newcomer, call: Call) -> None:
    tokens = newcomer.enter()
    caller = session_of(tokens)
    with transaction() as write:
        end_all_sessions(write, caller.user_id)
    assert call(app, {"password": newcomer.password}, tokens["token"])[0] == 401
    other = call(login_app, {"identifier": newcomer.username, "password": newcomer.password})[1]
    session = session_of(other)
    Session(session.user_id, session.session_id).delete()
    assert call(app, {"password": newcomer.password}, other["token"])[0] == 401
    assert Session.find(session.user_id, session.session_id) is None


def test_a_banned_account_gets_nothing(newcomer: Newcomer, call: Call) -> None:
    tokens = newcomer.enter()
    set_status(tokens["user"]["id"], status="banned")
    with transaction() as write:
        end_all_sessions(write, tokens["user"]["id"])
    assert call(app, {"password": newcomer.password}, tokens["token"])[0] == 401
