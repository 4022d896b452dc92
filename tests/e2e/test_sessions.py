"""The end of a session affects the very next request, although authorizer answers are cached."""

import jwt
import pytest
from websockets.exceptions import InvalidStatus

from tests.e2e.client import PASSWORD, Api, Person, join, log_in, new_name, registration
from tests.e2e.conftest import Deployed


def status(person: Person, token: str | None = None) -> int:
    return person.api.call("GET", "/profile", token=token or person.token).status_code


def test_a_logout_ends_this_session_alone(alice: Person) -> None:
    other = log_in(alice)
    assert status(alice) == 200
    alice.expect(200, "POST", "/auth/logout")
    assert status(alice) == 401
    assert status(alice, other) == 200


def test_a_new_password_ends_the_other_sessions(alice: Person) -> None:
    other = log_in(alice)
    assert status(alice, other) == 200
    alice.expect(
        200,
        "POST",
        "/auth/change-password",
        {"current_password": PASSWORD, "new_password": PASSWORD + "!"},
    )
    assert status(alice, other) == 401
    assert status(alice) == 200
    refused = alice.api.call("POST", "/login", {"identifier": alice.username, "password": PASSWORD})
    assert refused.json()["code"] == "invalid_credentials"


def test_a_ban_ends_every_session(stack: Deployed, alice: Person) -> None:
    admin = join(alice.api, "admin_person")
    stack.client("dynamodb").update_item(
        TableName=stack.table("users"),
        Key={"user_id": {"S": admin.id}},
        UpdateExpression="SET #role = :admin",
        ExpressionAttributeNames={"#role": "role"},
        ExpressionAttributeValues={":admin": {"S": "admin"}},
    )
    admin.token = log_in(admin)
    assert status(alice) == 200
    admin.expect(200, "POST", f"/admin/users/{alice.username}/ban", {"reason": "spam"})
    assert status(alice) == 401
    banned = alice.api.call("POST", "/login", {"identifier": alice.username, "password": PASSWORD})
    assert (banned.status_code, banned.json()["code"]) == (403, "account_banned")
    wrong = alice.api.call(
        "POST", "/login", {"identifier": alice.username, "password": "Wrong-1-pw"}
    )
    assert wrong.json()["code"] == "invalid_credentials", "only the right password reveals the ban"
    assert admin.call("GET", f"/users/{alice.username}").status_code == 404


def test_a_socket_receives_nothing_more_once_its_session_has_ended(
    alice: Person, bob: Person
) -> None:
    other = log_in(alice)
    room = bob.expect(201, "POST", "/conversations", {"participant_ids": [alice.id]})["id"]
    path = f"/conversations/{room}/messages"
    with alice.socket() as ended, alice.socket(other) as living:
        bob.expect(201, "POST", path, {"content": "Both of you"})
        ended.wait_for("new_message")
        living.wait_for("new_message")
        alice.expect(200, "POST", "/auth/logout")
        bob.expect(201, "POST", path, {"content": "Only one of you"})
        assert living.wait_for("new_message")["data"]["content"] == "Only one of you"
        # A frame sent to it would arrive before the answer to its next frame.
        ended.send({"action": "ping"})
        ended.wait_for("error")
        assert [frame["event"] for frame in ended.frames].count("new_message") == 1


def test_only_administrators_ban(alice: Person, bob: Person) -> None:
    answer = bob.call("POST", f"/admin/users/{alice.username}/ban", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "admin_only")


def test_a_spent_refresh_token_ends_the_session(alice: Person) -> None:
    fresh = alice.api.expect(200, "POST", "/auth/refresh", {"refresh_token": alice.refresh_token})
    assert status(alice, fresh["token"]) == 200
    again = alice.api.expect(200, "POST", "/auth/refresh", {"refresh_token": alice.refresh_token})
    assert again["refresh_token"] == fresh["refresh_token"], "another tab of the same client"
    stolen = alice.api.call(
        "POST",
        "/auth/refresh",
        {"refresh_token": alice.refresh_token},
        headers={"User-Agent": "curl/8.5.0"},
    )
    assert (stolen.status_code, stolen.json()["code"]) == (401, "invalid_refresh_token")
    assert status(alice, fresh["token"]) == 401, "the session has ended for both"
    newest = alice.api.call("POST", "/auth/refresh", {"refresh_token": fresh["refresh_token"]})
    assert newest.status_code == 401


def test_two_factors(api: Api) -> None:
    body = registration(new_name("careful"), enable_2fa=True)
    api.expect(201, "POST", "/register", body)
    code = api.code_for(body["email"])
    api.expect(200, "POST", "/verify-otp", {"email": body["email"], "otp_code": code})
    mails = len(api.mails_to(body["email"]))
    login = {"identifier": body["username"], "password": PASSWORD}
    challenge = api.expect(200, "POST", "/login", login)
    assert challenge["is_2fa_required"] is True
    assert "token" not in challenge
    code = api.code_for(body["email"], after=mails)
    step = {"challenge_id": challenge["challenge_id"], "otp_code": code}
    wrong = {**step, "otp_code": f"{(int(code) + 1) % 1_000_000:06d}"}
    assert api.call("POST", "/login/2fa", wrong).json()["code"] == "invalid_2fa_code"
    given = api.expect(200, "POST", "/login/2fa", step)
    assert api.call("GET", "/profile", token=given["token"]).status_code == 200
    again = api.call("POST", "/login/2fa", step)
    assert again.json()["code"] == "invalid_2fa_code", "a code works once"


@pytest.mark.parametrize(
    "kind", ["none", "garbage", "tampered", "alg none", "other key", "expired"]
)
def test_bad_tokens_are_refused(alice: Person, kind: str) -> None:
    claims = jwt.decode(alice.token, options={"verify_signature": False})
    header = jwt.get_unverified_header(alice.token)
    other_key = "another-key-of-enough-length-for-hs256"
    token = {
        "none": None,
        "garbage": "not-a-token",
        "tampered": alice.token[:-4] + ("AAAA" if alice.token[-4:] != "AAAA" else "BBBB"),
        "alg none": jwt.encode(claims, "", algorithm="none", headers={"kid": header["kid"]}),
        "other key": jwt.encode(
            claims, other_key, algorithm="HS256", headers={"kid": header["kid"]}
        ),
        "expired": jwt.encode({**claims, "exp": 1}, other_key, headers={"kid": header["kid"]}),
    }[kind]
    answer = alice.api.call("GET", "/profile", token=token)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("token", ["", "not-a-token", "tampered"])
def test_bad_tokens_open_no_socket(alice: Person, token: str) -> None:
    if token == "tampered":
        token = alice.token[:-4] + ("AAAA" if alice.token[-4:] != "AAAA" else "BBBB")
    with pytest.raises(InvalidStatus) as refused, alice.socket(token):
        pass
    assert refused.value.response.status_code == 401


def test_a_session_that_is_over_opens_no_socket(alice: Person) -> None:
    alice.expect(200, "POST", "/auth/logout")
    with pytest.raises(InvalidStatus) as refused, alice.socket():
        pass
    # $connect passes the gate itself, and the emulator answers every refusal of it with 403.
    assert refused.value.response.status_code in (401, 403)
