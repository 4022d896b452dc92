"""Requests of auth: sign up, log in, manage the account."""

from typing import Any

from tests.bench.costs.newcomers import PASSWORD, Newcomer
from tests.bench.costs.world import Request, Scene, Trigger, World
from tests.support.events import load_event

NEW_PASSWORD = "Battery-Staple-8"  # of accounts in memory


def _signs_up(world: World) -> Request:
    return Request(None, body=Newcomer(world).details)


def _verifies(world: World) -> Request:
    somebody = Newcomer(world).register()
    return Request(None, body={"email": somebody.email, "otp_code": somebody.code})


def _asks_again(world: World) -> Request:
    from shared.clock import now, stop_at

    with stop_at(now() - 120):
        somebody = Newcomer(world).register()
    return Request(None, body={"email": somebody.email})


def _logs_in(world: World) -> Request:
    somebody = Newcomer(world)
    somebody.enter()
    return Request(None, body={"identifier": somebody.username, "password": PASSWORD})


def _second_step(world: World) -> Request:
    somebody = Newcomer(world, enable_2fa=True)
    somebody.enter()
    body = {"identifier": somebody.username, "password": PASSWORD}
    begun = world.ask("auth/login_user", None, body)
    return Request(None, body={"challenge_id": begun["challenge_id"], "otp_code": somebody.code})


def _forgets(world: World) -> Request:
    somebody = Newcomer(world)
    somebody.enter()
    return Request(None, body={"email": somebody.email})


def _shows_reset_code(world: World) -> Request:
    somebody = Newcomer(world)
    somebody.enter()
    return Request(None, body={"email": somebody.email, "otp": somebody.forget_password()})


def _resets(world: World) -> Request:
    shown = _shows_reset_code(world).body or {}
    return Request(
        None,
        body={"email": shown["email"], "otp_code": shown["otp"], "new_password": NEW_PASSWORD},
    )


def _with_token(world: World, **body: Any) -> Request:
    return Request(Newcomer(world).enter(), body=body or None)


def _ends_a_session(world: World) -> Request:
    somebody = Newcomer(world)
    caller = somebody.enter()
    body = {"identifier": somebody.username, "password": PASSWORD}
    world.ask("auth/login_user", None, body)
    sessions = world.ask("auth/list_sessions", caller)["sessions"]
    other = next(each["id"] for each in sessions if not each["is_current"])
    return Request(caller, {"session_id": other})


def _refreshes(world: World) -> Request:
    somebody = Newcomer(world)
    somebody.enter()
    return Request(None, body={"refresh_token": somebody.tokens["refresh_token"]})


def _shows_token(world: World) -> Request:
    somebody = Newcomer(world)
    somebody.enter()
    return Request(None, headers={"Authorization": f"Bearer {somebody.tokens['token']}"})


def _gateway_asks(world: World) -> Trigger:
    somebody = Newcomer(world)
    somebody.enter()
    given = load_event("auth", "authorizer")
    return Trigger({**given, "authorizationToken": f"Bearer {somebody.tokens['token']}"})


def _socket_asks(world: World) -> Trigger:
    somebody = Newcomer(world)
    somebody.enter()
    given = load_event("auth", "ws_authorizer")
    given["queryStringParameters"] = {"token": somebody.tokens["token"]}
    return Trigger(given)


SCENES: dict[str, Scene] = {
    "auth/authorizer": _gateway_asks,
    "auth/ws_authorizer": _socket_asks,
    "auth/register_user": _signs_up,
    "auth/signup_user": _signs_up,
    "auth/verify_otp": _verifies,
    "auth/resend_otp": _asks_again,
    "auth/login_user": _logs_in,
    "auth/verify_login_code": _second_step,
    "auth/start_google_login": lambda world: Request(None),
    "auth/request_password_reset": _forgets,
    "auth/verify_reset_code": _shows_reset_code,
    "auth/reset_password": _resets,
    "auth/verify_token": _shows_token,
    "auth/refresh_tokens": _refreshes,
    "auth/logout_user": _with_token,
    "auth/list_sessions": _with_token,
    "auth/revoke_session": _ends_a_session,
    "auth/change_password": lambda world: _with_token(
        world, current_password=PASSWORD, new_password=NEW_PASSWORD
    ),
    "auth/change_email": lambda world: _with_token(
        world, new_email="somebody.else@example.com", password=PASSWORD
    ),
    "auth/set_two_factor": lambda world: _with_token(world, enabled=True, password=PASSWORD),
    "auth/reauthenticate_user": lambda world: _with_token(world, password=PASSWORD),
    "auth/check_username": lambda world: Request(None, {"user": "a_free_name"}),
    "profiles/delete_account": lambda world: _with_token(world, password=PASSWORD),
}
