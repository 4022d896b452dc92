from typing import Any

import pytest

from auth.change_password import app as change_password_app
from auth.login_user import app as login_app
from auth.models import Credentials
from auth.resend_otp import app as resend_app
from auth.set_two_factor import app as two_factor_app
from auth.verify_login_code import app as login_code_app
from auth.verify_token import app as verify_token_app
from shared.access.tokens import read_token
from shared.clock import stop_at, timestamp
from shared.errors import Unauthorized
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.unit.auth.conftest import Call, Newcomer
from tests.unit.auth.test_registration import counted
from users.public import User


@pytest.mark.parametrize("name", ["identifier", "email_or_username", "email", "username"])
def test_logging_in_by_name_or_address(newcomer: Newcomer, call: Call, name: str) -> None:
    newcomer.enter()
    for identifier in (newcomer.username.upper(), newcomer.email.upper()):
        status, given = call(login_app, {name: identifier, "password": newcomer.password})
        assert (status, given["is_2fa_required"], given["scope"]) == (200, False, "full")


def test_an_address_whose_domain_is_not_ascii(newcomer: Newcomer, call: Call) -> None:
    newcomer.email = f"{newcomer.username}@müller.example"
    kept = f"{newcomer.username}@xn--mller-kva.example"
    assert newcomer.register()[1]["email"] == kept
    code = newcomer.mails(kept)[-1]["values"]["code"]
    assert newcomer.verify(code)[0] == 200
    for identifier in (newcomer.email, newcomer.email.upper(), kept):
        body = {"identifier": identifier, "password": newcomer.password}
        assert call(login_app, body)[0] == 200
    for unknown in ("ä@b@c", "jürgen@example.com", "x@ä..example"):
        status, given = call(login_app, {"identifier": unknown, "password": newcomer.password})
        assert (status, given["code"]) == (401, "invalid_credentials")


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(
    aws: MemoryAws, newcomer: Newcomer, call: Call
) -> None:
    newcomer.enter()
    known = {"identifier": newcomer.username, "password": "Wrong-Horse-7"}
    unknown_body = {**known, "identifier": "none_x"}
    for body in (known, unknown_body):
        call(login_app, body)  # warm up: the first call of an hour does more
    wrong, wrong_calls = counted(aws, lambda: call(login_app, known))
    unknown, unknown_calls = counted(aws, lambda: call(login_app, unknown_body))
    assert wrong[0] == 401
    assert wrong[1]["code"] == "invalid_credentials"
    assert wrong == unknown
    assert wrong_calls == unknown_calls, "the work must not differ either"


def set_status(user_id: str, **changes: Any) -> None:
    user = User.get(user_id)
    for name, value in changes.items():
        setattr(user, name, value)
    user.save()


def test_a_ban_is_revealed_only_to_the_right_password(newcomer: Newcomer, noon: float) -> None:
    user_id = newcomer.enter()["user"]["id"]
    set_status(user_id, status="banned", banned_until=timestamp(noon + 3600))
    status, given = newcomer.log_in()
    assert (status, given["code"]) == (403, "account_banned")
    assert newcomer.log_in(password="Wrong-1-pw")[1]["code"] == "invalid_credentials"
    with stop_at(noon + 3600):
        assert newcomer.log_in()[0] == 200


def test_the_right_password_of_a_banned_account_gives_a_token_to_appeal(
    newcomer: Newcomer, noon: float
) -> None:
    user_id = newcomer.enter()["user"]["id"]
    set_status(user_id, status="banned")
    assert "appeal_token" not in newcomer.log_in(password="Wrong-1-pw")[1]
    token = newcomer.log_in()[1]["appeal_token"]
    caller = read_token(token)
    assert (caller.user_id, caller.scope, caller.role) == (user_id, "banned", "user")
    with stop_at(noon + 3600), pytest.raises(Unauthorized):
        read_token(token)
    route, headers = "GET /auth/verify-user", {"Authorization": f"Bearer {token}"}
    answer = verify_token_app(gateway_event(route, headers=headers), LambdaContext())
    assert answer["statusCode"] == 401


@pytest.mark.usefixtures("aws")
def test_a_deletion_is_revealed_only_to_the_right_password(newcomer: Newcomer) -> None:
    set_status(newcomer.enter()["user"]["id"], status="deleted")
    status, given = newcomer.log_in()
    assert (status, given["code"]) == (403, "account_deleted")
    assert newcomer.log_in(password="Wrong-1-pw")[1]["code"] == "invalid_credentials"


def test_an_unverified_account_logs_in_on_socialhubs_routes_alone(newcomer: Newcomer) -> None:
    newcomer.register()
    status, given = newcomer.log_in()
    assert (status, given["code"]) == (403, "email_not_verified")
    assert newcomer.log_in(password="Wrong-1-pw")[1]["code"] == "invalid_credentials"
    for path in ("/auth/login", "/api/v1/auth/login"):
        status, given = newcomer.log_in(path)
        assert (status, given["scope"]) == (200, "unverified")
        assert given["user"]["postsCount"] == 0


def test_a_hash_is_replaced_when_the_cost_rises(
    newcomer: Newcomer, auth_settings: pytest.MonkeyPatch
) -> None:
    user_id = newcomer.enter()["user"]["id"]
    auth_settings.setenv("PASSWORD_COST", "5")
    assert newcomer.log_in()[0] == 200
    assert Credentials.get(user_id).password_hash.startswith("$2b$05$")
    assert newcomer.log_in()[0] == 200


class Careful:
    """A person with two factors, at the second step of a log-in."""

    def __init__(self, newcomer: Newcomer, call: Call) -> None:
        self.newcomer = newcomer
        self.call = call
        self.tokens = newcomer.enter(enable_2fa=True)
        self.asked = newcomer.log_in()[1]

    def finish(self, code: str) -> tuple[int, dict[str, Any]]:
        body = {"challenge_id": self.asked["challenge_id"], "otp_code": code}
        return self.call(login_code_app, body)


@pytest.fixture
def careful(newcomer: Newcomer, call: Call) -> Careful:
    return Careful(newcomer, call)


def test_two_factors(careful: Careful) -> None:
    assert careful.asked["is_2fa_required"] is True
    assert careful.asked["expires_in"] == 600
    assert "token" not in careful.asked
    assert careful.newcomer.mails(careful.newcomer.email)[-1]["template"] == "login_code"
    status, given = careful.finish(careful.newcomer.wrong_code)
    assert (status, given["code"]) == (401, "invalid_2fa_code")
    status, given = careful.finish(careful.newcomer.code)
    assert (status, given["is_2fa_required"], given["scope"]) == (200, False, "full")
    assert careful.finish(careful.newcomer.code)[1]["code"] == "invalid_2fa_code"


def test_a_login_code_expires(careful: Careful, noon: float) -> None:
    careful.asked = careful.newcomer.log_in()[1]
    with stop_at(noon + 600):
        status, given = careful.finish(careful.newcomer.code)
        assert (status, given["code"]) == (410, "otp_expired")


def test_another_login_code(careful: Careful, call: Call, noon: float) -> None:
    careful.asked = careful.newcomer.log_in()[1]
    body = {"purpose": "two_factor", "challenge_id": careful.asked["challenge_id"]}
    assert call(resend_app, body)[1]["code"] == "resend_too_soon"
    with stop_at(noon + 60):
        status, given = call(resend_app, body)
        unknown = {**body, "challenge_id": "01KAEJ8V0M3Z5Q9W2X7Y4T6R1B"}
        assert call(resend_app, unknown) == (status, given)
        assert status == 200
        assert careful.finish(careful.newcomer.code)[0] == 200


def test_after_a_login_code_that_could_not_be_sent_another_can_be_requested_at_once(
    careful: Careful, call: Call, aws: MemoryAws, noon: float
) -> None:
    careful.asked = careful.newcomer.log_in()[1]
    real = {"purpose": "two_factor", "challenge_id": careful.asked["challenge_id"]}
    with stop_at(noon + 60):
        for body in (real, {**real, "challenge_id": "01KAEJ8V0M3Z5Q9W2X7Y4T6R1B"}):
            aws.fail("sqs.SendMessageBatch", "ServiceUnavailable", status=503, times=3)
            assert call(resend_app, body)[0] == 503
            assert [call(resend_app, body)[0] for _ in range(2)] == [200, 429]
        assert careful.finish(careful.newcomer.code)[0] == 200


def test_another_login_code_does_not_extend_the_log_in(
    careful: Careful, call: Call, noon: float
) -> None:
    careful.asked = careful.newcomer.log_in()[1]
    body = {"purpose": "two_factor", "challenge_id": careful.asked["challenge_id"]}
    day = 24 * 3600
    with stop_at(noon + day - 60):
        assert call(resend_app, body)[0] == 200
        code = careful.newcomer.code
    with stop_at(noon + day):
        assert careful.finish(code)[1]["code"] == "invalid_2fa_code"
        mails = len(careful.newcomer.mails(careful.newcomer.email))
        assert call(resend_app, body)[0] == 200
        assert len(careful.newcomer.mails(careful.newcomer.email)) == mails


def test_a_login_begun_with_the_old_password_is_refused(careful: Careful, call: Call) -> None:
    body = {"current_password": careful.newcomer.password, "new_password": "Battery-Staple-8"}
    assert call(change_password_app, body, careful.tokens["token"])[0] == 200
    status, given = careful.finish(careful.newcomer.code)
    assert (status, given["code"]) == (401, "invalid_2fa_code")


def test_a_ban_between_the_two_steps_is_answered(careful: Careful) -> None:
    set_status(careful.tokens["user"]["id"], status="banned")
    status, given = careful.finish(careful.newcomer.code)
    assert (status, given["code"]) == (403, "account_banned")
    assert read_token(given["appeal_token"]).scope == "banned"


def test_a_banned_account_with_two_factors_is_asked_for_both(careful: Careful) -> None:
    set_status(careful.tokens["user"]["id"], status="banned")
    status, given = careful.newcomer.log_in()
    assert (status, given["is_2fa_required"]) == (200, True)
    assert "appeal_token" not in given


def test_switching_the_second_factor_needs_the_password(newcomer: Newcomer, call: Call) -> None:
    token = newcomer.enter()["token"]
    for body in ({"enabled": True}, {"enabled": True, "password": "Wrong-1-pw"}):
        status, given = call(two_factor_app, body, token)
        assert (status, given["code"]) == (403, "wrong_password")
    for enabled in (True, False):
        body = {"enabled": enabled, "password": newcomer.password}
        status, given = call(two_factor_app, body, token)
        assert (status, given["two_factor_enabled"]) == (200, enabled)
        assert newcomer.log_in()[1]["is_2fa_required"] is enabled
