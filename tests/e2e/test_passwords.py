"""Passwords and addresses with their mails, and a hundred parallel sign-ups for one name."""

import re
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.e2e.client import (
    PASSWORD,
    Api,
    Person,
    at_once,
    join,
    log_in,
    new_name,
    registration,
    wait_for,
)
from tests.e2e.conftest import Deployed

NEW = "Battery-Staple-8"
CROWD = 100


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def can_log_in_with(api: Api, identifier: str, password: str) -> bool:
    body = {"identifier": identifier, "password": password}
    return api.call("POST", "/login", body).status_code == 200


def mail_after(api: Api, address: str, before: int) -> str:
    """The text of the newest mail to an address that had `before` mails."""
    mails = wait_for(
        lambda: len(found := api.mails_to(address)) > before and found, f"a mail to {address}"
    )
    return str(mails[-1]["BodyText"])


def request_reset(person: Person, path: str = "/forgot-password") -> tuple[str, str]:
    """Request a reset; return the code and the token of the mail."""
    before = len(person.api.mails_to(person.email))
    person.api.expect(200, "POST", path, {"email": person.email})
    text = mail_after(person.api, person.email, before)
    code = re.search(r"^\d{6}$", text, re.MULTILINE)
    token = re.search(r"token\D*[=:]\s*(\S+)", text)
    assert code and token, text
    return code.group(), token.group(1)


@pytest.mark.parametrize("way", ["code", "link"])
def test_a_forgotten_password(alice: Person, way: str) -> None:
    api, other = alice.api, log_in(alice)
    code, token = request_reset(alice)
    by_code = {"email": alice.email, "otp_code": code, "new_password": NEW}
    by_link = {"token": token, "new_password": NEW}
    used, dead = (by_code, by_link) if way == "code" else (by_link, by_code)
    with alice.socket() as socket:
        old = api.call("POST", "/reset-password", {**used, "new_password": PASSWORD})
        assert refusal(old) == (400, "password_reused")
        assert alice.call("GET", "/profile").status_code == 200, "nothing has happened yet"
        api.expect(200, "POST", "/reset-password", used)
        socket.send({"action": "ping"})
        assert socket.wait_for("error")["data"]["code"] == "unauthorized"
    for ended in (alice.token, other):
        assert api.call("GET", "/profile", token=ended).status_code == 401
    refresh = api.call("POST", "/auth/refresh", {"refresh_token": alice.refresh_token})
    assert refusal(refresh) == (401, "invalid_refresh_token")
    for spent in (used, dead):
        answer = api.call("POST", "/reset-password", {**spent, "new_password": "Another-Pass-9"})
        assert refusal(answer) in ((400, "invalid_otp"), (400, "invalid_reset_token"))
    assert not can_log_in_with(api, alice.username, PASSWORD)
    assert can_log_in_with(api, alice.username, NEW)


@pytest.mark.parametrize("prefix", ["/auth", "/api/v1/auth"])
def test_a_forgotten_password_the_socialhub_way(alice: Person, prefix: str) -> None:
    api, before = alice.api, len(alice.api.mails_to(alice.email))
    given = api.expect(200, "POST", f"{prefix}/request-reset", {"email": alice.email})
    assert given == {"message": "OTP sent to your email"}
    code = api.code_for(alice.email, after=before)
    step = {"email": alice.email, "otp": code}
    wrong = {**step, "otp": f"{(int(code) + 1) % 1_000_000:06d}"}
    assert refusal(api.call("POST", f"{prefix}/verify-otp", wrong)) == (400, "invalid_otp")
    given = api.expect(200, "POST", f"{prefix}/verify-otp", step)
    assert given["success"] is True
    last = {"resetToken": given["resetToken"], "newPassword": NEW}
    api.expect(200, "POST", f"{prefix}/reset-password", last)
    again = api.call("POST", f"{prefix}/reset-password", last)
    assert refusal(again) == (400, "invalid_reset_token")
    assert can_log_in_with(api, alice.email, NEW)


def test_five_wrong_codes_and_the_right_one_is_refused(alice: Person) -> None:
    api, (code, token) = alice.api, request_reset(alice)
    body = {"email": alice.email, "new_password": NEW}
    for offset in range(1, 6):
        wrong = {**body, "otp_code": f"{(int(code) + offset) % 1_000_000:06d}"}
        assert refusal(api.call("POST", "/reset-password", wrong)) == (400, "invalid_otp")
    right = api.call("POST", "/reset-password", {**body, "otp_code": code})
    assert refusal(right) == (400, "invalid_otp")
    api.expect(200, "POST", "/reset-password", {"token": token, "new_password": NEW})


def test_a_right_code_after_its_time(stack: Deployed, alice: Person) -> None:
    code, _ = request_reset(alice)
    stack.client("dynamodb").update_item(
        TableName=stack.table("challenges"),
        Key={"challenge": {"S": f"reset#{alice.id}"}},
        UpdateExpression="SET valid_until = :past, token_until = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )
    body = {"email": alice.email, "otp_code": code, "new_password": NEW}
    late = alice.api.call("POST", "/reset-password", body)
    assert refusal(late) == (410, "otp_expired")


def test_another_address(alice: Person) -> None:
    api, new = alice.api, f"new.{alice.email}"
    before = len(api.mails_to(alice.email))
    asked = {"new_email": new.upper(), "password": PASSWORD}
    wrong = alice.call("POST", "/auth/change-email", {**asked, "password": "Wrong-Horse-7"})
    assert refusal(wrong) == (403, "wrong_password")
    assert alice.expect(200, "POST", "/auth/change-email", asked)["expires_in"] == 600
    assert new not in mail_after(api, alice.email, before), "a notice"
    assert (alice.get("/profile")["email"], alice.get("/profile")["pending_email"]) == (
        alice.email,
        new,
    )
    resend = {"purpose": "change_email", "email": new}
    assert refusal(api.call("POST", "/resend-otp", resend)) == (429, "resend_too_soon")
    code = api.code_for(new)
    done = {"purpose": "change_email", "email": new, "otp_code": code}
    given = api.expect(200, "POST", "/verify-otp", done)
    assert set(given) == {"message", "verified"}
    profile = alice.get("/profile")
    assert (profile["email"], profile["pending_email"]) == (new, None)
    assert can_log_in_with(api, new, PASSWORD)
    assert not can_log_in_with(api, alice.email, PASSWORD)
    api.expect(201, "POST", "/register", registration(new_name("next_owner"), email=alice.email))


def test_a_taken_address_and_an_unverified_account(api: Api, alice: Person) -> None:
    username = new_name("typo")
    body = {
        "name": "Some Person",
        "username": username,
        "email": f"{username}.with.a.typo@example.com",
        "password": PASSWORD,
    }
    token = api.expect(201, "POST", "/auth/signup", body)["token"]
    taken = {"email": alice.email, "password": PASSWORD}
    answer = api.call("POST", "/auth/change-email", taken, token=token)
    assert refusal(answer) == (409, "email_taken")
    right = f"{username}@example.com"
    api.expect(
        200, "POST", "/auth/change-email", {"email": right, "password": PASSWORD}, token=token
    )
    code = api.code_for(right)
    body = {"purpose": "change_email", "email": right, "otp_code": code}
    api.expect(200, "POST", "/verify-otp", body)
    given = api.expect(200, "POST", "/login", {"identifier": username, "password": PASSWORD})
    assert given["scope"] == "full"


def sign_up(api: Api, body: dict[str, Any]) -> httpx.Response:
    """Sign up as a careful client does: while the answer asks for another try (on a small machine
    under load), send the same request again with its key."""
    headers = {"Idempotency-Key": new_name("key")}

    def answer() -> httpx.Response | None:
        given = api.call("POST", "/register", body, headers=headers)
        in_progress = given.json().get("code") == "idempotency_in_progress"
        return None if given.status_code == 503 or in_progress else given

    final = wait_for(answer, "a sign-up to be answered", patience=60)
    assert final is not None
    return final


@pytest.mark.parametrize("same", ["username", "email"])
def test_of_a_hundred_sign_ups_for_one_name_exactly_one_succeeds(api: Api, same: str) -> None:
    join(api)  # so that the functions are warm
    contested = new_name("contested")
    bodies = []
    for number in range(CROWD):
        body = registration(new_name("crowd"))
        name = contested if same == "username" else f"{contested}@example.com"
        body[same] = name.upper() if number % 2 else name
        bodies.append(body)
    answers = at_once(lambda body: sign_up(api, body), bodies)
    outcomes = Counter((answer.status_code, answer.json().get("code")) for answer in answers)
    assert outcomes == {(201, None): 1, (409, f"{same}_taken"): CROWD - 1}
    [winner] = [body for body, answer in zip(bodies, answers, strict=True) if answer.is_success]
    losers = [body for body in bodies if body is not winner]
    # The loser's other name was not taken by the failed sign-up.
    free = {**losers[0], same: winner[same].lower().replace("contested", "free")}
    api.expect(201, "POST", "/register", free)


def test_look_alikes_of_a_name_are_refused_or_taken(api: Api) -> None:
    name = new_name("kumiko")
    api.expect(201, "POST", "/register", registration(name))
    kelvin = name.replace("k", "\N{KELVIN SIGN}", 1)  # which is K in normal form
    answer = api.call("POST", "/register", {**registration(new_name()), "username": kelvin})
    assert refusal(answer) == (409, "username_taken")
    for letter in ("\N{CYRILLIC SMALL LETTER KA}", "\N{FULLWIDTH LATIN SMALL LETTER K}"):
        alike = name.replace("k", letter, 1)
        for field, value in (("username", alike), ("email", f"{alike}@example.com")):
            answer = api.call("POST", "/register", {**registration(new_name()), field: value})
            assert refusal(answer) == (400, "invalid_input"), value


@pytest.mark.parametrize("longest", ["Aa1-" + "x" * 124, "Aa1-" + "é" * 98, "Aa1-" + "💥" * 124])
def test_the_whole_of_a_long_password_counts(api: Api, longest: str) -> None:
    body = registration(new_name("careful"), password=longest, confirm_password=longest)
    api.expect(201, "POST", "/register", body)
    code = api.code_for(body["email"])
    api.expect(200, "POST", "/verify-otp", {"email": body["email"], "otp_code": code})
    assert can_log_in_with(api, body["username"], longest)
    assert not can_log_in_with(api, body["username"], longest[:-1] + "y")
    assert not can_log_in_with(api, body["username"], longest[:-1])
