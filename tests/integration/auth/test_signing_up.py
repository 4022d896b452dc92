"""Signing up, verifying, logging in and out, against real tables and the real queue."""

import json
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest

from auth.login_user import app as login_app
from auth.logout_user import app as logout_app
from auth.refresh_tokens import app as refresh_app
from auth.register_user import app as register_app
from auth.signup_user import app as signup_app
from auth.verify_login_code import app as login_code_app
from auth.verify_otp import app as verify_app
from auth.verify_token import app as verify_token_app
from shared import clock
from shared.http.endpoint import answer_request
from shared.http.idempotency import Made
from tests.integration.auth.people import PASSWORD, Newcomer, call, event_of, mail_jobs
from tests.support.gateway import LambdaContext


def test_sign_up_log_in_refresh_and_log_out(newcomer: Newcomer) -> None:
    newcomer.register()
    status, given = call(verify_app, {"email": newcomer.email, "otp_code": newcomer.code()})
    assert (status, given["verified"]) == (200, True)
    status, tokens = call(login_app, {"identifier": newcomer.email, "password": PASSWORD})
    assert (status, tokens["is_2fa_required"]) == (200, False)
    assert call(verify_token_app, token=tokens["token"]) == (200, {"valid": True})

    status, fresh = call(refresh_app, {"refresh_token": tokens["refresh_token"]})
    assert status == 200
    status, spent = call(refresh_app, {"refresh_token": tokens["refresh_token"]})
    assert (status, spent["code"]) == (401, "invalid_refresh_token")
    assert call(verify_token_app, token=fresh["token"])[0] == 401, "the session is over"
    assert call(refresh_app, {"refresh_token": fresh["refresh_token"]})[0] == 401

    assert call(logout_app, {}, given["token"])[0] == 200
    assert call(logout_app, {}, given["token"])[0] == 401
    assert call(refresh_app, {"refresh_token": given["refresh_token"]})[0] == 401


def test_a_second_factor(newcomer: Newcomer) -> None:
    newcomer.register(enable_2fa=True)
    call(verify_app, {"email": newcomer.email, "otp_code": newcomer.code()})
    login = {"identifier": newcomer.username, "password": PASSWORD}
    status, asked = call(login_app, login)
    assert (status, asked["is_2fa_required"]) == (200, True)
    code = newcomer.code()
    step = {"challenge_id": asked["challenge_id"], "otp_code": code}
    assert call(login_code_app, step)[0] == 200
    status, again = call(login_code_app, step)
    assert (status, again["code"]) == (401, "invalid_2fa_code")


def test_five_wrong_tries_use_up_a_code(newcomer: Newcomer) -> None:
    newcomer.register()
    code = newcomer.code()
    for offset in range(1, 6):
        wrong = f"{(int(code) + offset) % 1_000_000:06d}"
        status, given = call(verify_app, {"email": newcomer.email, "otp_code": wrong})
        assert (status, given["code"]) == (400, "invalid_otp")
    status, given = call(verify_app, {"email": newcomer.email, "otp_code": code})
    assert (status, given["code"]) == (400, "invalid_otp")


def test_parallel_tries_count_one_by_one(newcomer: Newcomer) -> None:
    newcomer.register()
    code = newcomer.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    answers = at_once(verify_app, [{"email": newcomer.email, "otp_code": wrong}] * 8)
    assert {given["code"] for _, given in answers} == {"invalid_otp"}
    assert call(verify_app, {"email": newcomer.email, "otp_code": code})[0] == 400


def test_the_right_code_used_in_parallel_works_once(newcomer: Newcomer) -> None:
    newcomer.register()
    body = {"email": newcomer.email, "otp_code": newcomer.code()}
    statuses = [status for status, _ in at_once(verify_app, [body] * 4)]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 400, 503}


def test_a_late_code_is_answered_with_gone(newcomer: Newcomer) -> None:
    newcomer.register()
    code = newcomer.code()
    with clock.stop_at(clock.now() + 601):
        status, given = call(verify_app, {"email": newcomer.email, "otp_code": code})
    assert (status, given["code"]) == (410, "otp_expired")


@pytest.mark.parametrize("same", ["username", "email"])
def test_of_parallel_sign_ups_for_one_name_exactly_one_succeeds(same: str) -> None:
    first = Newcomer()
    others = [Newcomer() for _ in range(99)]
    for other in others:
        setattr(other, same, getattr(first, same))
    answers = at_once(register_app, [person.registration() for person in (first, *others)])
    statuses = sorted(status for status, _ in answers)
    assert statuses == [201] + [409] * 99
    assert {given["code"] for status, given in answers if status == 409} == {f"{same}_taken"}


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(newcomer: Newcomer) -> None:
    newcomer.register()
    wrong = call(login_app, {"identifier": newcomer.username, "password": "Wrong-Horse-7"})
    unknown = call(login_app, {"identifier": "nobody_at_all", "password": "Wrong-Horse-7"})
    assert wrong[0] == 401
    assert wrong == unknown


def test_signing_up_in_socialhubs_dialect(newcomer: Newcomer) -> None:
    body = {
        "name": "Yuki Example",
        "username": newcomer.username,
        "email": newcomer.email,
        "password": PASSWORD,
    }
    status, given = call(signup_app, body)
    assert (status, given["message"], given["scope"]) == (201, "User created", "unverified")
    assert call(signup_app, body)[1]["code"] == "user_exists"
    login = {"identifier": newcomer.username, "password": PASSWORD}
    assert call(login_app, login)[1]["code"] == "email_not_verified"


def test_an_idempotency_key_signs_up_once(newcomer: Newcomer) -> None:
    event = event_of(register_app, newcomer.registration())
    event["headers"]["Idempotency-Key"] = newcomer.username
    answers = [run(register_app, event) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert json.loads(answers[0].body) == json.loads(answers[1].body)
    assert answers[1].headers["Idempotent-Replayed"] == "true"


def at_once(app: Any, bodies: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """The answers to calls that are made in parallel."""
    with ThreadPoolExecutor(len(bodies)) as pool:
        answers = list(pool.map(lambda body: run(app, event_of(app, body)), bodies))
    return [(answer.status_code, json.loads(str(answer.body))) for answer in answers]


def run(app: Any, event: dict[str, Any]) -> Any:
    """Call the view without Chalice, whose app holds one request at a time."""
    [route, *_] = app.declaration.routes
    view = getattr(import_module(f"auth.{app.declaration.name}"), app.declaration.name)
    return answer_request(app.declaration, view, route, {}, event, LambdaContext())


@pytest.mark.parametrize("app", [register_app, signup_app])
def test_a_repeated_sign_up_whose_answer_was_lost_finds_its_account(
    newcomer: Newcomer, app: Any
) -> None:
    event = event_of(app, newcomer.registration())
    event["headers"]["Idempotency-Key"] = newcomer.username
    first = json.loads(run(app, event).body)
    for record in kept_answers():
        record.delete()
    again = run(app, event)
    assert again.status_code == 201
    given = json.loads(again.body)
    assert given.get("id") == first.get("id")
    assert given.get("user") == first.get("user")
    assert len([job for job in mail_jobs() if job["to"] == newcomer.email]) == 1


def kept_answers() -> list[Made]:
    """The answers stored by Powertools; a function killed before it answered has stored none."""
    return [record for record in Made.scan() if not record.id.startswith("made#")]
