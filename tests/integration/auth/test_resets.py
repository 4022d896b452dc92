"""Concurrent resets and changes of address: of parallel uses, exactly one succeeds."""

from typing import Any

import pytest

from auth.change_email import app as change_app
from auth.login_user import app as login_app
from auth.request_password_reset import app as request_app
from auth.reset_password import app as reset_app
from auth.verify_otp import app as verify_app
from auth.verify_reset_code import app as trade_app
from auth.verify_token import app as verify_token_app
from shared.clock import now, stop_at
from shared.http.endpoint import Endpoint
from shared.parallel import parallel_map
from tests.integration.auth.people import PASSWORD, Newcomer, call, event_of, mail_jobs
from tests.integration.auth.test_signing_up import run

NEW = "Battery-Staple-8"
# 200 for the winner; 400, or 503 after too many conflicts with the winner, for the others.
OUTCOMES = {200, 400, 503}

type Job = tuple[Endpoint, dict[str, Any]]


class Member:
    """A person with a verified account."""

    def __init__(self) -> None:
        self.newcomer = Newcomer()
        self.newcomer.register()
        self.email = self.newcomer.email
        body = {"email": self.email, "otp_code": self.newcomer.code()}
        status, given = call(verify_app, body)
        assert status == 200, given
        self.token, self.user_id = given["token"], given["user"]["id"]

    def request_reset(self) -> tuple[str, str]:
        """Request a reset; return its code and its token."""
        assert call(request_app, {"email": self.email})[0] == 200
        values = mails_to(self.email)[-1]["values"]
        return values["code"], values["token"]

    def request_change(self, email: str) -> str:
        """Request another address; return its code."""
        body = {"new_email": email, "password": PASSWORD}
        status, given = call(change_app, body, self.token)
        assert status == 200, given
        return str(mails_to(email)[-1]["values"]["code"])

    def can_log_in_with(self, password: str) -> bool:
        return call(login_app, {"identifier": self.email, "password": password})[0] == 200


@pytest.fixture
def member() -> Member:
    return Member()


def mails_to(address: str) -> list[dict[str, Any]]:
    return [job for job in mail_jobs() if job["to"] == address]


def at_once(*jobs: Job) -> list[int]:
    """The statuses of calls that are made in parallel."""
    events = [(app, event_of(app, body)) for app, body in jobs]
    answers = parallel_map(lambda each: run(*each), events)
    return [answer.status_code for answer in answers]


def test_a_reset_by_code_and_by_link(member: Member) -> None:
    code, token = member.request_reset()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    body = {"email": member.email, "otp_code": wrong, "new_password": NEW}
    status, given = call(reset_app, body)
    assert (status, given["code"]) == (400, "invalid_otp")
    status, given = call(reset_app, {**body, "otp_code": code, "new_password": PASSWORD})
    assert (status, given["code"]) == (400, "password_reused")
    assert call(reset_app, {**body, "otp_code": code})[0] == 200
    assert call(verify_token_app, token=member.token)[0] == 401
    status, given = call(reset_app, {"token": token, "new_password": "Another-Pass-9"})
    assert (status, given["code"]) == (400, "invalid_reset_token")
    assert not member.can_log_in_with(PASSWORD)
    assert member.can_log_in_with(NEW)


def test_a_traded_code(member: Member) -> None:
    code, token = member.request_reset()
    status, given = call(trade_app, {"email": member.email, "otp": code})
    assert (status, given["success"]) == (200, True)
    for used_up in ({"token": token}, {"email": member.email, "otp": code}):
        assert call(reset_app, {**used_up, "new_password": NEW})[0] == 400
    with stop_at(now() + 901):
        late = {"resetToken": given["resetToken"], "newPassword": NEW}
        assert call(reset_app, late)[1]["code"] == "invalid_reset_token"
    assert call(reset_app, {"resetToken": given["resetToken"], "newPassword": NEW})[0] == 200
    assert member.can_log_in_with(NEW)


@pytest.mark.parametrize(
    "ways", ["code code", "link link", "code link", "code trade", "trade link"]
)
def test_of_parallel_uses_exactly_one_wins(member: Member, ways: str) -> None:
    code, token = member.request_reset()
    by_code = {"email": member.email, "otp_code": code}
    each: dict[str, Job] = {
        "code": (reset_app, {**by_code, "new_password": NEW}),
        "link": (reset_app, {"token": token, "new_password": "Another-Pass-9"}),
        "trade": (trade_app, by_code),
    }
    statuses = at_once(*(each[way] for way in ways.split() * 2))
    # A trade and the token that it returns are one use; that token is not used here.
    assert statuses.count(200) == 1, statuses
    assert set(statuses) <= OUTCOMES
    assert not (member.can_log_in_with(NEW) and member.can_log_in_with("Another-Pass-9"))


def test_five_tries_at_once_are_five_tries(member: Member) -> None:
    code, _ = member.request_reset()
    wrong = {"email": member.email, "otp_code": f"{(int(code) + 1) % 1_000_000:06d}"}
    jobs: list[Job] = [(trade_app, wrong), (reset_app, {**wrong, "new_password": NEW})] * 4
    assert set(at_once(*jobs)) == {400}
    status, given = call(trade_app, {"email": member.email, "otp_code": code})
    assert (status, given["code"]) == (400, "invalid_otp")


def test_requests_at_once_send_one_mail(member: Member) -> None:
    before = len(mails_to(member.email))
    assert set(at_once(*[(request_app, {"email": member.email})] * 6)) == {200}
    assert len(mails_to(member.email)) == before + 1


def test_a_change_of_address_confirmed_in_parallel_works_once(member: Member) -> None:
    address = f"new.{member.email}"
    body = {"purpose": "change_email", "email": address, "otp_code": member.request_change(address)}
    statuses = at_once(*[(verify_app, body)] * 4)
    assert statuses.count(200) == 1, statuses
    assert set(statuses) <= OUTCOMES
    login = {"identifier": address, "password": PASSWORD}
    assert call(login_app, login)[0] == 200
    assert not member.can_log_in_with(PASSWORD), "the old address belongs to no account"


def test_of_two_accounts_that_confirm_one_address_in_parallel_one_gets_it(member: Member) -> None:
    other, address = Member(), f"both.{member.email}"
    codes = [member.request_change(address)]
    with stop_at(now() + 61):
        codes.append(other.request_change(address))
        jobs: list[Job] = [
            (verify_app, {"purpose": "change_email", "user_id": each.user_id, "otp_code": code})
            for each, code in zip((member, other), codes, strict=True)
        ]
        statuses = at_once(*jobs)
    assert sorted(statuses) in ([200, 409], [200, 503]), statuses
    login = {"identifier": address, "password": PASSWORD}
    winner = (member, other)[statuses.index(200)]
    assert call(login_app, login)[1]["user"]["id"] == winner.user_id


def test_an_address_confirmed_and_signed_up_for_in_parallel_has_one_owner(
    member: Member,
) -> None:
    from auth.register_user import app as register_app

    rival = Newcomer()
    rival.email = f"contested.{member.email}"
    confirmation = {
        "purpose": "change_email",
        "user_id": member.user_id,
        "otp_code": member.request_change(rival.email),
    }
    statuses = at_once((verify_app, confirmation), (register_app, rival.registration()))
    assert sorted(statuses) in ([200, 409], [201, 409], [200, 503], [201, 503]), statuses
