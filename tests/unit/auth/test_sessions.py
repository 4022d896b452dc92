import json
from dataclasses import asdict
from typing import Any

import pytest

from auth.authorizer import app as authorizer
from auth.change_password import app as change_password_app
from auth.logout_user import app as logout_app
from auth.public import security_of
from auth.refresh_tokens import app as refresh_app
from auth.verify_token import app as verify_token_app
from auth.ws_authorizer import app as ws_authorizer
from shared import ids
from shared.access import rate_limits
from shared.access.budgets import Budget
from shared.access.caller import Caller
from shared.access.tokens import RefreshToken
from shared.clock import stop_at
from tests.support.events import load_event
from tests.support.gateway import IP, LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.auth.conftest import Call, Newcomer
from tests.unit.auth.test_login import set_status
from tests.unit.wiring.house import handlers_made_by, imported

MONTH = 30 * 24 * 3600


def refresh(call: Call, tokens: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return call(refresh_app, {"refresh_token": tokens["refresh_token"]})


def is_good(call: Call, tokens: dict[str, Any]) -> bool:
    status, given = call(verify_token_app, token=tokens["token"])
    assert given["valid"] is (status == 200)
    return status == 200


def test_each_refresh_gives_the_next(newcomer: Newcomer, call: Call, noon: float) -> None:
    tokens = newcomer.enter()
    for days in (1, 30, 59):
        with stop_at(noon + days * 24 * 3600):
            status, tokens = refresh(call, tokens)
            assert (status, tokens["refresh_expires_in"]) == (200, MONTH)
            assert is_good(call, tokens)


def test_a_refresh_token_expires(newcomer: Newcomer, call: Call, noon: float) -> None:
    tokens = newcomer.enter()
    with stop_at(noon + MONTH):
        assert refresh(call, tokens)[1]["code"] == "invalid_refresh_token"


def test_a_spent_refresh_token_ends_the_session_and_no_other(
    newcomer: Newcomer, call: Call, noon: float
) -> None:
    first = newcomer.enter()
    other = newcomer.log_in()[1]
    fresh = refresh(call, first)[1]
    with stop_at(noon + 30):
        status, given = refresh(call, first)
    assert (status, given["code"]) == (401, "invalid_refresh_token")
    assert not is_good(call, fresh)
    assert refresh(call, fresh)[0] == 401
    assert is_good(call, other)
    assert refresh(call, other)[0] == 200


def test_two_tabs_that_refresh_at_once_get_the_same_successor(
    aws: MemoryAws, newcomer: Newcomer, call: Call, noon: float
) -> None:
    first = newcomer.enter()
    with stop_at(noon + 10):
        fresh = refresh(call, first)[1]
    with stop_at(noon + 39.9):
        status, again = refresh(call, first)
        assert (status, again["refresh_token"]) == (200, fresh["refresh_token"])
        assert is_good(call, again)
        assert refresh(call, again)[0] == 200, "the successor can be used"
    [session] = aws.dynamo.items("hoshi-sessions")
    assert fresh["refresh_token"] not in str(session)


def test_a_repeat_does_not_prolong_the_time_for_repeats(
    newcomer: Newcomer, call: Call, noon: float
) -> None:
    first = newcomer.enter()
    fresh = refresh(call, first)[1]
    with stop_at(noon + 29):
        assert refresh(call, first)[0] == 200
    with stop_at(noon + 31):
        assert refresh(call, first)[0] == 401
        assert not is_good(call, fresh)


@pytest.mark.parametrize(
    ("ip", "agent"), [("203.0.113.99", None), (None, "curl/8.5.0")], ids=["address", "program"]
)
def test_another_client_cannot_repeat_a_refresh(
    newcomer: Newcomer, call: Call, ip: str | None, agent: str | None
) -> None:
    first = newcomer.enter()
    fresh = refresh(call, first)[1]
    event = load_event("auth", "refresh_tokens")
    event["body"] = json.dumps({"refresh_token": first["refresh_token"]})
    if agent:
        event["headers"]["User-Agent"] = agent
    if ip:
        event["requestContext"]["identity"]["sourceIp"] = ip
    assert refresh_app(event, LambdaContext())["statusCode"] == 401
    assert not is_good(call, fresh), "a thief's use ends the session"
    assert refresh(call, fresh)[0] == 401


def test_a_token_that_was_spent_before_the_last_is_no_repeat(
    newcomer: Newcomer, call: Call
) -> None:
    first = newcomer.enter()
    second = refresh(call, first)[1]
    third = refresh(call, second)[1]
    assert refresh(call, first)[0] == 401
    assert not is_good(call, third)


def test_a_repeat_does_not_revive_a_session_that_was_ended(newcomer: Newcomer, call: Call) -> None:
    first = newcomer.enter()
    fresh = refresh(call, first)[1]
    assert call(logout_app, {}, fresh["token"])[0] == 200
    assert refresh(call, first)[0] == 401


def test_a_forged_refresh_token_ends_nothing(newcomer: Newcomer, call: Call) -> None:
    tokens = newcomer.enter()
    real = RefreshToken.from_text(tokens["refresh_token"])
    text = tokens["refresh_token"]
    ahead = RefreshToken(real.user_id, real.session_id, real.generation + 1).to_text()
    for forged in ("x", "ä", text[:-2], text + "AAAA", "A" * len(text), ahead):
        status, given = refresh(call, {"refresh_token": forged})
        assert (status, given["code"]) == (401, "invalid_refresh_token"), forged
    assert is_good(call, tokens)
    assert refresh(call, tokens)[0] == 200


@pytest.mark.parametrize("status", ["banned", "deleted"])
def test_a_banned_or_deleted_account_cannot_refresh(
    newcomer: Newcomer, call: Call, status: str
) -> None:
    tokens = newcomer.enter()
    set_status(tokens["user"]["id"], status=status)
    assert refresh(call, tokens)[1]["code"] == "invalid_refresh_token"


def test_a_refreshed_token_has_todays_scope_and_role(newcomer: Newcomer, call: Call) -> None:
    newcomer.register()
    tokens = newcomer.log_in("/auth/login")[1]
    assert tokens["scope"] == "unverified"
    newcomer.verify()
    set_status(tokens["user"]["id"], role="admin")
    tokens = refresh(call, tokens)[1]
    assert tokens["scope"] == "full"
    event = load_event("auth", "authorizer")
    allowed = authorizer({**event, "authorizationToken": f"Bearer {tokens['token']}"}, None)
    assert (allowed["context"]["role"], allowed["context"]["scope"]) == ("admin", "full")


def test_a_session_knows_its_device(aws: MemoryAws, newcomer: Newcomer) -> None:
    newcomer.enter()
    [session] = aws.dynamo.items("hoshi-sessions")
    assert session["device"]["S"] == "Firefox on Linux"
    assert session["ip"]["S"] == IP


def test_logging_out_ends_one_session(newcomer: Newcomer, call: Call) -> None:
    tokens, other = newcomer.enter(), newcomer.log_in()[1]
    assert call(logout_app, {}, tokens["token"])[0] == 200
    assert not is_good(call, tokens)
    assert refresh(call, tokens)[0] == 401
    assert is_good(call, other)
    assert refresh(call, other)[0] == 200


def test_logging_out_everywhere_ends_all(newcomer: Newcomer, call: Call) -> None:
    tokens, other = newcomer.enter(), newcomer.log_in()[1]
    assert call(logout_app, {"all": True}, tokens["token"])[0] == 200
    for ended in (tokens, other):
        assert not is_good(call, ended)
        assert refresh(call, ended)[0] == 401
    assert is_good(call, newcomer.log_in()[1])


def test_a_new_password_keeps_only_the_session_that_set_it(newcomer: Newcomer, call: Call) -> None:
    tokens, other = newcomer.enter(), newcomer.log_in()[1]
    body = {"current_password": "Wrong-1-pw", "new_password": "Battery-Staple-8"}
    assert call(change_password_app, body, tokens["token"])[1]["code"] == "wrong_password"
    same = {"current_password": newcomer.password, "new_password": newcomer.password}
    assert call(change_password_app, same, tokens["token"])[1]["code"] == "password_reused"
    body["current_password"] = newcomer.password
    assert call(change_password_app, body, tokens["token"])[0] == 200
    assert is_good(call, tokens)
    assert refresh(call, tokens)[0] == 200
    assert not is_good(call, other)
    assert refresh(call, other)[0] == 401
    assert newcomer.log_in()[0] == 401
    assert newcomer.log_in(password="Battery-Staple-8")[0] == 200


def test_a_good_token_counts_on_its_user_and_not_on_the_address(
    newcomer: Newcomer, call: Call, calls_left: Any
) -> None:
    tokens = newcomer.enter()
    address = Budget(f"ip#{IP}", "public", 100)
    user = rate_limits.user_budget(tokens["user"]["id"])
    public, own = calls_left(address), calls_left(user)
    assert is_good(call, tokens)
    assert (calls_left(address), calls_left(user)) == (public, own - 1)
    assert call(verify_token_app, token="x")[0] == 401
    assert calls_left(address) == public - 1


def test_a_good_token_is_admitted_where_the_address_has_no_call_left(
    newcomer: Newcomer, call: Call, auth_settings: pytest.MonkeyPatch
) -> None:
    auth_settings.setenv("RATE_PUBLIC", "0")
    tokens = newcomer.enter()
    assert is_good(call, tokens)
    assert call(verify_token_app, token="x")[1]["code"] == "rate_limited"
    assert call(logout_app, {}, tokens["token"])[0] == 200
    assert call(verify_token_app, token=tokens["token"])[1]["code"] == "rate_limited"


def test_no_other_view_passes_the_gate_by_itself() -> None:
    declared = {name: imported(name).app.declaration for name in handlers_made_by("endpoint")}
    own = [name for name, each in declared.items() if (each.auth, each.tier) == ("none", "user")]
    assert own == ["auth.verify_token"]


def test_a_bad_token_gets_the_budget_of_its_address(aws: MemoryAws) -> None:
    answer = verify_token_app(load_event("auth", "verify_token"), LambdaContext())
    assert answer["statusCode"] == 401
    assert answer["headers"]["X-RateLimit-Limit"] == "10000"


def test_a_good_token_gets_its_user(aws: MemoryAws, newcomer: Newcomer) -> None:
    tokens = newcomer.enter()
    event = load_event("auth", "verify_token")
    event["headers"] = {"authorization": f"Bearer {tokens['token']}"}
    answer = verify_token_app(event, LambdaContext())
    assert json.loads(answer["body"]) == {"valid": True}
    payload = json.loads(answer["headers"]["x-user-payload"])
    assert payload == {"id": tokens["user"]["id"], "username": newcomer.username}


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x.y.z", "Basic abc", "Bearer \u00e4"])
def test_the_authorizers_raise_the_error_that_the_gateway_expects(header: str) -> None:
    event = load_event("auth", "authorizer")
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorizer({**event, "authorizationToken": header}, None)
    socket = load_event("auth", "ws_authorizer")
    socket["queryStringParameters"] = None
    socket["headers"]["Authorization"] = header
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        ws_authorizer(socket, None)
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        ws_authorizer({"token": header.partition(" ")[2]}, None)


def test_the_authorizers_say_who_calls(newcomer: Newcomer) -> None:
    token = newcomer.enter()["token"]
    event = load_event("auth", "authorizer")
    allowed = authorizer({**event, "authorizationToken": f"bearer {token}"}, None)
    by_query = load_event("auth", "ws_authorizer")
    by_query["queryStringParameters"] = {"token": token}
    by_header = load_event("auth", "ws_authorizer")
    by_header["queryStringParameters"] = None
    by_header["headers"] = {"AUTHORIZATION": f"Bearer {token}"}
    for answer in (allowed, ws_authorizer(by_query, None), ws_authorizer(by_header, None)):
        assert answer["context"]["username"] == newcomer.username
        assert all(isinstance(value, str) for value in answer["context"].values())
    named = asdict(Caller(**allowed["context"]))
    assert ws_authorizer({"token": token}, None) == named, "chat asks with a token alone"
    [statement] = allowed["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Resource"] == event["methodArn"].removesuffix("GET/profile") + "*"


def test_how_an_account_is_secured(newcomer: Newcomer) -> None:
    user_id = newcomer.enter(enable_2fa=True)["user"]["id"]
    given = security_of(user_id)
    assert (given["two_factor_enabled"], given["has_password"]) == (True, True)
    assert given["last_login_at"]
    assert security_of(ids.new_id())["has_password"] is False
