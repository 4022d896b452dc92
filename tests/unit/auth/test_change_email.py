"""Changes of address: requested with the password, confirmed by the code sent to the new one."""

from collections.abc import Callable
from typing import Any

import pytest

from auth.change_email import app as change_app
from auth.change_password import app as change_password_app
from auth.models import Challenge, Credentials
from auth.public import security_of
from auth.request_password_reset import app as request_reset_app
from auth.resend_otp import app as resend_app
from auth.reset_password import app as reset_app
from auth.set_two_factor import app as two_factor_app
from auth.verify_otp import app as verify_app
from auth.verify_token import app as verify_token_app
from shared import ids
from shared.clock import stop_at
from tests.support.memory_aws import MemoryAws
from tests.unit.auth.conftest import Call, Newcomer
from tests.unit.auth.test_login import set_status
from tests.unit.auth.test_registration import counted
from tests.unit.conftest import Log
from users.models import Claim, User

DAY = 24 * 3600

type Given = tuple[int, dict[str, Any]]
type Mails = Callable[[str], list[dict[str, Any]]]


class Mover:
    """A person who changes to another address."""

    def __init__(self, newcomer: Newcomer, call: Call, new: str = "") -> None:
        self.newcomer = newcomer
        self.call = call
        self.token = str(newcomer.enter()["token"])
        self.old = newcomer.email
        self.new = new or f"new.{newcomer.email}"

    @property
    def user_id(self) -> str:
        return str(Claim.get(f"username#{self.newcomer.username}").user_id)

    def ask(self, new: str | None = None, **more: Any) -> Given:
        body = {"new_email": new or self.new, "password": self.newcomer.password, **more}
        return self.call(change_app, body, self.token)

    def mails(self, address: str) -> list[dict[str, Any]]:
        return [
            mail
            for mail in self.newcomer.mails(address)
            if mail["template"].startswith("email_change")
        ]

    def code(self, address: str = "") -> str:
        return str(self.mails(address or self.new)[-1]["values"]["code"])

    def wrong_code(self) -> str:
        return f"{(int(self.code()) + 1) % 1_000_000:06d}"

    def confirm(self, code: str | None = None, **named: Any) -> Given:
        body = {"purpose": "change_email", "otp_code": code or self.code()}
        return self.call(verify_app, {**body, **(named or {"user_id": self.user_id})})

    def resend(self, **named: Any) -> Given:
        return self.call(resend_app, {"purpose": "change_email", **(named or {"email": self.new})})

    def pending(self) -> str | None:
        return security_of(self.user_id)["pending_email"]

    def can_log_in_with(self, identifier: str) -> bool:
        return self.newcomer.log_in(identifier=identifier)[0] == 200


@pytest.fixture
def mover(noon: float, newcomer: Newcomer, call: Call) -> Mover:
    return Mover(newcomer, call)


@pytest.fixture
def another(call: Call, mails: Mails) -> Callable[[], Mover]:
    """Create more of them."""
    return lambda: Mover(Newcomer(call, mails), call)


def code_of(given: Given) -> tuple[int, str]:
    return given[0], given[1]["code"]


def test_a_request_mails_a_code_and_a_notice_and_changes_nothing(
    aws: MemoryAws, mover: Mover
) -> None:
    before = len(aws.calls)
    status, given = mover.ask()
    assert (status, given["expires_in"]) == (200, 600)
    assert aws.calls[before:].count("dynamodb.TransactWriteItems") == 1
    [code] = mover.mails(mover.new)
    [notice] = mover.mails(mover.old)
    assert (code["template"], notice["template"]) == ("email_change_code", "email_change_notice")
    assert mover.new not in str(notice), "the notice must not reveal the new address"
    assert mover.pending() == mover.new
    assert mover.can_log_in_with(mover.old)
    assert not mover.can_log_in_with(mover.new)


@pytest.mark.parametrize("name", ["user_id", "email"])
def test_the_code_makes_the_change(mover: Mover, call: Call, name: str) -> None:
    mover.ask()
    named = {"user_id": mover.user_id} if name == "user_id" else {"email": mover.new.upper()}
    status, given = mover.confirm(**named)
    assert (status, set(given), given["verified"]) == (200, {"message", "verified"}, True)
    assert mover.pending() is None
    assert User.get(mover.user_id).email == mover.new
    assert mover.can_log_in_with(mover.new)
    assert not mover.can_log_in_with(mover.old)
    assert call(verify_token_app, token=mover.token)[0] == 200, "sessions go on"
    assert code_of(mover.confirm(**named)) == (400, "invalid_otp"), "a code works once"


def test_the_later_of_two_uses_of_a_code_is_refused(mover: Mover) -> None:
    mover.ask()
    # As if the earlier one had run between this one's reads of the code and of the account.
    User(mover.user_id).update(actions=[User.email.set(mover.new)])
    assert code_of(mover.confirm()) == (400, "invalid_otp")


def test_the_old_address_is_free_again(mover: Mover, another: Callable[[], Mover]) -> None:
    mover.ask()
    mover.confirm()
    other = another()
    assert other.ask(mover.old)[0] == 200
    assert other.confirm(other.code(mover.old))[0] == 200
    assert other.can_log_in_with(mover.old)
    assert mover.can_log_in_with(mover.new)


def test_without_the_password_nothing_is_requested(aws: MemoryAws, mover: Mover) -> None:
    for password in (None, "Wrong-Horse-7"):
        assert code_of(mover.ask(password=password)) == (403, "wrong_password")
    assert not mover.mails(mover.new)
    assert mover.pending() is None


def test_an_account_without_a_password_needs_none(mover: Mover) -> None:
    credentials = Credentials.get(mover.user_id)
    credentials.update(actions=[Credentials.password_hash.remove()])
    assert mover.ask(password=None)[0] == 200
    assert mover.confirm()[0] == 200


def test_a_taken_address_is_refused(mover: Mover, another: Callable[[], Mover]) -> None:
    other = another()
    for taken in (other.old, f" {other.old.upper()} "):
        assert code_of(mover.ask(taken)) == (409, "email_taken")
    assert code_of(mover.ask(mover.old.upper())) == (400, "invalid_input")
    assert mover.pending() is None


def test_of_two_who_request_one_address_the_first_to_confirm_gets_it(
    mover: Mover, another: Callable[[], Mover], noon: float, log: Log
) -> None:
    other = another()
    mover.ask()
    first = mover.code()
    assert code_of(other.ask(mover.new)) == (429, "resend_too_soon"), "one mail a minute"
    refused_by = log.lines[-1]["refused_by"]
    assert (refused_by["subject"], refused_by["scope"]) == ("account", "resend")
    assert (refused_by["limit"], refused_by["per_seconds"]) == (1, 60)
    assert mover.new not in log.text
    with stop_at(noon + 60):
        assert other.ask(mover.new)[0] == 200
        second = other.code(mover.new)
        # The address alone names the account that requested it last.
        if first != second:
            assert code_of(mover.confirm(first, email=mover.new)) == (400, "invalid_otp")
        assert other.confirm(second)[0] == 200
        assert code_of(mover.confirm(first)) == (409, "email_taken")
        assert User.get(other.user_id).email == mover.new
        assert User.get(mover.user_id).email == mover.old


def test_wrong_foreign_used_up_and_unknown_codes_get_the_same_answer(
    mover: Mover, another: Callable[[], Mover]
) -> None:
    mover.ask()
    other = another()
    other.ask()
    wrong = mover.confirm(mover.wrong_code())
    assert code_of(wrong) == (400, "invalid_otp")
    assert mover.confirm(mover.code(), user_id=ids.new_id()) == wrong
    assert mover.confirm(mover.code(), email="nobody@example.com") == wrong
    assert mover.confirm(mover.code(), email=mover.old) == wrong, "the new address, not the old"
    if mover.code() != other.code():
        assert other.confirm(mover.code()) == wrong
    for _ in range(4):
        mover.confirm(mover.wrong_code())
    assert mover.confirm() == wrong, "five tries and no more"


def test_a_change_is_bound_to_its_purpose(mover: Mover, call: Call) -> None:
    mover.ask()
    body = {"user_id": mover.user_id, "otp_code": mover.code()}
    assert code_of(call(verify_app, body)) == (400, "invalid_otp")
    assert code_of(call(verify_app, {**body, "purpose": "reset"})) == (400, "invalid_input")
    assert mover.confirm()[0] == 200


def test_only_the_right_code_is_answered_with_too_late(mover: Mover, noon: float) -> None:
    mover.ask()
    with stop_at(noon + 600):
        assert code_of(mover.confirm(mover.wrong_code())) == (400, "invalid_otp")
        assert code_of(mover.confirm()) == (410, "otp_expired")
        assert mover.pending() == mover.new, "another code may be requested"
    with stop_at(noon + DAY):
        assert mover.pending() is None
        assert code_of(mover.confirm()) == (400, "invalid_otp")


def test_another_request_replaces_the_first(mover: Mover) -> None:
    mover.ask()
    code = mover.code()
    other = f"other.{mover.old}"
    assert mover.ask(other)[0] == 200
    assert mover.pending() == other
    newest = mover.code(other)
    if code != newest:
        assert code_of(mover.confirm(code)) == (400, "invalid_otp")
    assert code_of(mover.confirm(newest, email=mover.new)) == (400, "invalid_otp"), (
        "a code confirms the address that it was sent to"
    )
    assert mover.confirm(newest, email=other)[0] == 200
    assert User.get(mover.user_id).email == other


@pytest.mark.parametrize("end", ["new password", "reset", "second factor", "ban", "deletion"])
def test_what_ends_a_change(mover: Mover, call: Call, noon: float, end: str) -> None:
    mover.ask()
    password = {"current_password": mover.newcomer.password, "new_password": "Battery-Staple-8"}
    match end:
        case "new password":
            assert call(change_password_app, password, mover.token)[0] == 200
        case "reset":
            call(request_reset_app, {"email": mover.old})
            token = mover.newcomer.mails(mover.old)[-1]["values"]["token"]
            body = {"token": token, "new_password": "Battery-Staple-8"}
            assert call(reset_app, body)[0] == 200
        case "second factor":
            body = {"enabled": True, "password": mover.newcomer.password}
            assert call(two_factor_app, body, mover.token)[0] == 200
        case "ban":
            set_status(mover.user_id, status="banned")
        case "deletion":
            set_status(mover.user_id, status="deleted")
    assert code_of(mover.confirm()) == (400, "invalid_otp")
    assert User.get(mover.user_id).email == mover.old
    if end in ("new password", "reset", "second factor"):
        assert mover.pending() is None
        with stop_at(noon + 60):
            assert mover.resend()[0] == 200
        assert len(mover.mails(mover.new)) == 1, "no other code is sent"


def test_the_old_mailbox_resets_nothing_after_the_change(mover: Mover, call: Call) -> None:
    call(request_reset_app, {"email": mover.old})
    token = mover.newcomer.mails(mover.old)[-1]["values"]["token"]
    code = mover.newcomer.mails(mover.old)[-1]["values"]["code"]
    mover.ask()
    assert mover.confirm()[0] == 200
    new_password = {"new_password": "Battery-Staple-8"}
    assert code_of(call(reset_app, {"token": token, **new_password})) == (
        400,
        "invalid_reset_token",
    )
    for email in (mover.old, mover.new):
        body = {"email": email, "otp_code": code, **new_password}
        assert code_of(call(reset_app, body)) == (400, "invalid_otp")


def test_an_unverified_account_is_verified_by_its_new_address(
    aws: MemoryAws, noon: float, newcomer: Newcomer, call: Call
) -> None:
    newcomer.register()
    first_code = newcomer.code
    token = newcomer.log_in("/auth/login")[1]["token"]
    new = f"new.{newcomer.email}"
    body = {"new_email": new, "password": newcomer.password}
    assert call(change_app, body, token)[0] == 200
    code = newcomer.mails(new)[-1]["values"]["code"]
    confirmation = {"purpose": "change_email", "email": new, "otp_code": code}
    assert call(verify_app, confirmation)[0] == 200
    status, given = newcomer.log_in(identifier=new)
    assert (status, given["scope"]) == (200, "full")
    user_id = given["user"]["id"]
    late = call(verify_app, {"user_id": user_id, "otp_code": first_code})
    assert code_of(late) == (409, "already_verified")
    with stop_at(noon + 3 * DAY):
        for identifier in (new, newcomer.username):
            assert newcomer.log_in(identifier=identifier)[0] == 200, "it stays, names and all"
    assert Credentials.get(user_id).expires_at is None
    assert not [each for each in aws.dynamo.items("hoshi-claims") if "expires_at" in each]


def test_another_code(mover: Mover, noon: float) -> None:
    mover.ask()
    older = mover.code()
    assert code_of(mover.resend()) == (429, "resend_too_soon")
    with stop_at(noon + 700):
        assert mover.resend()[0] == 200
        assert len(mover.mails(mover.new)) == 2
        if mover.code() != older:
            assert code_of(mover.confirm(older)) == (400, "invalid_otp")
        assert mover.confirm()[0] == 200


def test_after_a_code_that_could_not_be_sent_another_can_be_requested_at_once(
    mover: Mover, aws: MemoryAws, noon: float
) -> None:
    mover.ask()
    with stop_at(noon + 60):
        aws.fail("sqs.SendMessageBatch", "ServiceUnavailable", status=503, times=3)
        assert [mover.resend()[0] for _ in range(3)] == [503, 200, 429]
        assert mover.confirm()[0] == 200


def test_codes_that_are_sent_again_do_not_extend_the_day(mover: Mover, noon: float) -> None:
    mover.ask()
    with stop_at(noon + DAY - 1):
        assert mover.resend(user_id=mover.user_id)[0] == 200
    with stop_at(noon + DAY):
        assert code_of(mover.confirm()) == (400, "invalid_otp")
        mails = len(mover.mails(mover.new))
        assert mover.resend(user_id=mover.user_id)[0] == 200
        assert len(mover.mails(mover.new)) == mails


def test_resending_does_not_reveal_whether_a_change_is_pending(
    aws: MemoryAws, mover: Mover, noon: float
) -> None:
    mover.ask()
    known = [{"email": mover.new}, {"user_id": mover.user_id}, {"email": mover.new}]
    unknown = [{"email": "nobody@example.com"}, {"user_id": ids.new_id()}, {"email": mover.old}]
    for named in known + unknown:
        mover.resend(**named)  # warm up: the first call of an hour does more
    for minute, (one, other) in enumerate(zip(known, unknown, strict=True), start=1):
        with stop_at(noon + 60 * minute):
            given, given_calls = counted(aws, lambda named=one: mover.resend(**named))
            got, got_calls = counted(aws, lambda named=other: mover.resend(**named))
            assert given[0] == 200
            assert given == got
            assert given_calls == got_calls, "the work must not differ either"
    assert len(mover.mails(mover.new)) == 4


def test_a_wrong_code_does_not_reveal_whether_a_change_is_pending(
    aws: MemoryAws, mover: Mover
) -> None:
    mover.ask()
    wrong = mover.wrong_code()
    named = [{"email": mover.new}, {"email": "nobody@example.com"}, {"email": mover.old}]
    for each in named:
        mover.confirm(wrong, **each)  # warm
    answers = [counted(aws, lambda each=each: mover.confirm(wrong, **each)) for each in named]
    assert answers[0] == answers[1] == answers[2]


def test_the_code_is_not_stored_or_logged(aws: MemoryAws, mover: Mover, log: Log) -> None:
    mover.ask()
    code = mover.code()
    assert f"'{code}'" not in str(aws.dynamo.items("hoshi-challenges"))
    mover.confirm()
    for secret in (code, mover.new, mover.old):
        assert secret not in log.text


def test_a_challenge_cannot_be_moved_to_another_account(
    mover: Mover, another: Callable[[], Mover]
) -> None:
    mover.ask()
    victim = another()
    moved = Challenge.get(f"change_email#{mover.user_id}")
    moved.challenge = f"change_email#{victim.user_id}"
    moved.user_id = victim.user_id
    moved.save()
    assert code_of(victim.confirm(mover.code())) == (400, "invalid_otp")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "not-an-address",
        "\N{CYRILLIC SMALL LETTER A}da@example.com",
        "a@b@example.com",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@localhost",
        7,
        None,
    ],
)
def test_bad_addresses(mover: Mover, address: Any) -> None:
    body = {"new_email": address, "password": mover.newcomer.password}
    status, given = mover.call(change_app, body, mover.token)
    assert (status, given["code"]) == (400, "invalid_input")


def test_the_short_name_of_the_field(mover: Mover) -> None:
    body = {"email": mover.new, "password": mover.newcomer.password}
    assert mover.call(change_app, body, mover.token)[0] == 200
    assert mover.pending() == mover.new
