"""Many people behind one address: a classroom signs up, and a carrier's phones get new tokens."""

import json
from typing import Any

import pytest

from auth.check_username import app as check_app
from auth.finish_google_login import app as google_app
from auth.refresh_tokens import app as refresh_app
from auth.register_user import app as register_app
from auth.resend_otp import app as resend_app
from auth.signup_user import app as signup_app
from auth.verify_otp import app as verify_app
from shared.access.budgets import Budget
from tests.support.gateway import IP
from tests.support.memory_aws import MemoryAws
from tests.unit.auth.conftest import Call, Newcomer
from tests.unit.wiring.house import handlers_made_by, imported


@pytest.fixture(autouse=True)
def real_rates(auth_settings: pytest.MonkeyPatch) -> None:
    auth_settings.setenv("RATE_SCALE", "1")


def people(call: Call, mails: Any, number: int) -> list[Newcomer]:
    classroom = []
    for index in range(number):
        person = Newcomer(call, mails)
        person.username = f"pupil_{index}"
        person.email = f"{person.username}@example.com"
        classroom.append(person)
    return classroom


def test_a_classroom_signs_up_in_one_hour(call: Call, mails: Any) -> None:
    for pupil in people(call, mails, 30):
        assert pupil.register()[0] == 201
        assert pupil.verify()[0] == 200


def test_an_account_is_protected_as_before(call: Call, mails: Any) -> None:
    [pupil] = people(call, mails, 1)
    assert pupil.register()[0] == 201
    codes = [pupil.verify(pupil.wrong_code) for _ in range(11)]
    assert codes[-1][0] == 429
    assert codes[-1][1]["details"] == {
        "tier": "sensitive",
        "subject": "account",
        "limit": 10,
        "per_seconds": 3600,
        "captcha": False,
    }


def test_new_tokens_are_no_public_calls(newcomer: Newcomer, call: Call, calls_left: Any) -> None:
    tokens = newcomer.enter()
    public, refresh = Budget(f"ip#{IP}", "public", 100), Budget(f"ip#{IP}", "refresh", 3000)
    before = calls_left(public), calls_left(refresh)
    assert call(refresh_app, {"refresh_token": tokens["refresh_token"]})[0] == 200
    assert (calls_left(public), calls_left(refresh)) == (before[0], before[1] - 1)


def test_an_address_has_its_own_number_of_new_tokens(
    newcomer: Newcomer, call: Call, auth_settings: pytest.MonkeyPatch, aws: MemoryAws
) -> None:
    auth_settings.setenv("RATE_REFRESH", "1")
    tokens = newcomer.enter()
    status, given = call(refresh_app, {"refresh_token": tokens["refresh_token"]})
    assert status == 200
    status, given = call(refresh_app, {"refresh_token": given["refresh_token"]})
    assert (status, given["code"], given["details"]["tier"]) == (429, "rate_limited", "refresh")
    assert "refresh" in json.dumps(aws.dynamo.items("hoshi-gates"))


def test_who_signs_up_meets_no_narrower_budget() -> None:
    apps = (register_app, signup_app, verify_app, resend_app, google_app, check_app)
    assert {app.declaration.tier for app in apps} == {"registration"}
    found = {
        name
        for name in handlers_made_by("endpoint")
        if imported(name).app.declaration.tier in ("registration", "refresh")
    }
    assert len(found) == len(apps) + 1
