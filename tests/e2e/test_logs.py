"""No log line contains a secret."""

from tests.e2e.client import PASSWORD, Api, Person, new_name, registration, wait_for
from tests.e2e.conftest import STACK, Deployed

SECRET_TEXT = "meet me behind the library"


def everything_logged(stack: Deployed) -> str:
    return "\n".join(stack.log_lines())


def test_no_secret_is_logged(stack: Deployed, api: Api, alice: Person, bob: Person) -> None:
    body = registration(new_name("silent"))
    api.expect(201, "POST", "/register", body)
    code = api.code_for(body["email"])
    # Errors too: a wrong code, a wrong password, an invalid body, a bad token.
    api.call("POST", "/verify-otp", {"email": body["email"], "otp_code": "000000"})
    given = api.expect(200, "POST", "/verify-otp", {"email": body["email"], "otp_code": code})
    api.call("POST", "/login", {"identifier": body["email"], "password": PASSWORD + "x"})
    api.call("POST", "/register", {**body, "gender": "?"})
    api.call("GET", "/profile", token=alice.token + "x")
    room = alice.expect(201, "POST", "/conversations", {"participant_ids": [bob.id]})["id"]
    with alice.socket() as socket:
        socket.send({"action": "send_message", "conversation_id": room, "content": SECRET_TEXT})
        socket.wait_for("new_message")

    def line_of_the_login() -> bool:
        return "POST /verify-otp" in everything_logged(stack)

    wait_for(line_of_the_login, "the requests' log lines")
    logged = everything_logged(stack)
    keys = [
        stack.client("secretsmanager").get_secret_value(SecretId=f"{STACK}/{name}")["SecretString"]
        for name in ("tokens", "cursors")
    ]
    secrets = {
        "password": PASSWORD,
        "wrong password": PASSWORD + "x",
        "e-mail address": body["email"],
        "another's e-mail address": alice.email,
        "code": f'"{code}"',
        "access token": given["token"],
        "signature of a token": alice.token.rpartition(".")[2],
        "refresh token": given["refresh_token"],
        "message": SECRET_TEXT,
        **{f"key {index}": key for index, key in enumerate(keys)},
    }
    assert [name for name, secret in secrets.items() if secret in logged] == []
