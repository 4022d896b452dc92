"""Password resets: the mail, its code and its link, each of which works once."""

from collections.abc import Callable
from typing import Any

import pytest

from auth.change_password import app as change_password_app
from auth.models import Challenge, Credentials
from auth.request_password_reset import app as request_app
from auth.reset_password import app as reset_app
from auth.verify_login_code import app as login_code_app
from auth.verify_reset_code import app as verify_app
from auth.verify_token import app as verify_token_app
from shared.clock import stop_at
from tests.support.memory_aws import MemoryAws
from tests.unit.auth.conftest import Call, Newcomer
from tests.unit.auth.test_login import set_status
from tests.unit.auth.test_registration import counted
from tests.unit.conftest import Log

NEW = "Battery-Staple-8"
NO_ACCOUNT = "nobody@example.com"

type Given = tuple[int, dict[str, Any]]


class Forgetful:
    """A person with an account who has forgotten the password."""

    def __init__(self, newcomer: Newcomer, call: Call) -> None:
        self.newcomer = newcomer
        self.call = call
        self.tokens = newcomer.enter()
        self.user_id: str = self.tokens["user"]["id"]

    def ask(self, email: str | None = None, path: str = "") -> Given:
        return self.call(request_app, {"email": email or self.newcomer.email}, path=path)

    @property
    def mails(self) -> list[dict[str, Any]]:
        return [
            mail
            for mail in self.newcomer.mails(self.newcomer.email)
            if mail["template"].startswith("password_reset")
        ]

    @property
    def code(self) -> str:
        return str(self.mails[-1]["values"]["code"])

    @property
    def wrong_code(self) -> str:
        return f"{(int(self.code) + 1) % 1_000_000:06d}"

    @property
    def token(self) -> str:
        return str(self.mails[-1]["values"]["token"])

    def by_code(self, code: str | None = None, password: str = NEW, **more: Any) -> Given:
        body = {"email": self.newcomer.email, "otp_code": code or self.code}
        return self.call(reset_app, {**body, "new_password": password, **more})

    def by_token(self, token: str | None = None, password: str = NEW) -> Given:
        return self.call(reset_app, {"token": token or self.token, "new_password": password})

    def trade(self, code: str | None = None) -> Given:
        return self.call(verify_app, {"email": self.newcomer.email, "otp": code or self.code})

    def traded(self) -> str:
        status, given = self.trade()
        assert status == 200, given
        return str(given["resetToken"])

    def can_log_in_with(self, password: str) -> bool:
        return self.newcomer.log_in(password=password)[0] == 200


@pytest.fixture
def forgetful(noon: float, newcomer: Newcomer, call: Call) -> Forgetful:
    return Forgetful(newcomer, call)


def code_of(given: Given) -> tuple[int, str]:
    return given[0], given[1]["code"]


def test_one_mail_has_a_code_and_a_token(forgetful: Forgetful) -> None:
    assert forgetful.ask()[0] == 200
    [mail] = forgetful.mails
    assert mail["template"] == "password_reset_without_link"
    assert (mail["values"]["minutes"], mail["values"]["link_minutes"]) == ("5", "15")
    assert forgetful.token.startswith(f"{forgetful.user_id}.")


def test_the_link_leads_to_the_frontend(
    forgetful: Forgetful, auth_settings: pytest.MonkeyPatch
) -> None:
    auth_settings.setenv("FRONTEND_URL", "https://hoshi.example.com/")
    forgetful.ask()
    [mail] = forgetful.mails
    assert mail["template"] == "password_reset"
    link = f"https://hoshi.example.com/reset-password?token={forgetful.token}"
    assert mail["values"]["link"] == link


def test_neither_code_nor_token_is_stored_or_logged(
    aws: MemoryAws, forgetful: Forgetful, log: Log
) -> None:
    forgetful.ask()
    traded = forgetful.traded()
    secrets = [forgetful.code, forgetful.token, traded, forgetful.token.partition(".")[2]]
    assert forgetful.by_token(traded)[0] == 200
    stored = str([aws.dynamo.items(f"hoshi-{table}") for table in ("challenges", "credentials")])
    for secret in secrets:
        assert f"'{secret}'" not in stored
        assert secret not in log.text
    assert NEW not in log.text
    assert forgetful.newcomer.email not in log.text


@pytest.mark.parametrize("way", ["code", "token", "traded token"])
def test_a_reset_sets_the_password_and_ends_every_session(
    forgetful: Forgetful, call: Call, way: str
) -> None:
    forgetful.ask()
    assert call(verify_token_app, token=forgetful.tokens["token"])[0] == 200
    if way == "code":
        status, given = forgetful.by_code()
    else:
        status, given = forgetful.by_token(forgetful.traded() if way == "traded token" else None)
    assert (status, list(given)) == (200, ["message"])
    assert call(verify_token_app, token=forgetful.tokens["token"])[0] == 401
    assert not forgetful.can_log_in_with(forgetful.newcomer.password)
    assert forgetful.can_log_in_with(NEW)


@pytest.mark.parametrize("path", ["/auth/reset-password", "/api/v1/auth/reset-password"])
def test_a_reset_in_socialhubs_dialect(forgetful: Forgetful, call: Call, path: str) -> None:
    prefix = path.removesuffix("/reset-password")
    status, given = forgetful.ask(path=f"{prefix}/request-reset")
    assert (status, given) == (200, {"message": "OTP sent to your email"})
    body = {"email": forgetful.newcomer.email, "otp": forgetful.code}
    status, given = call(verify_app, body, path=f"{prefix}/verify-otp")
    assert (status, given["success"]) == (200, True)
    assert set(given) == {"success", "message", "resetToken"}
    # SocialHub's clients may also send the address; only the token counts.
    body = {
        "email": forgetful.newcomer.email,
        "resetToken": given["resetToken"],
        "newPassword": NEW,
    }
    assert call(reset_app, body, path=path)[0] == 200
    assert forgetful.can_log_in_with(NEW)


def test_a_reset_in_one_request_in_socialhubs_dialect(forgetful: Forgetful, call: Call) -> None:
    forgetful.ask()
    body = {"email": forgetful.newcomer.email, "otp": forgetful.code, "newPassword": NEW}
    assert call(reset_app, body, path="/api/v1/auth/reset-password")[0] == 200


def test_using_the_code_or_the_link_uses_up_the_other(forgetful: Forgetful, noon: float) -> None:
    forgetful.ask()
    code, token = forgetful.code, forgetful.token
    assert forgetful.by_code()[0] == 200
    assert code_of(forgetful.by_token(token)) == (400, "invalid_reset_token")
    assert code_of(forgetful.by_code(code)) == (400, "invalid_otp")
    with stop_at(noon + 60):
        forgetful.ask()
        assert forgetful.by_token(password="Another-Pass-9")[0] == 200
        assert code_of(forgetful.by_code()) == (400, "invalid_otp")
        assert code_of(forgetful.trade()) == (400, "invalid_otp")
        assert code_of(forgetful.by_token()) == (400, "invalid_reset_token")


def test_a_traded_code_is_spent_and_so_is_the_link(forgetful: Forgetful) -> None:
    forgetful.ask()
    token = forgetful.traded()
    assert code_of(forgetful.trade()) == (400, "invalid_otp")
    assert code_of(forgetful.by_code()) == (400, "invalid_otp")
    assert code_of(forgetful.by_token()) == (400, "invalid_reset_token"), "that of the mail"
    assert forgetful.by_token(token)[0] == 200
    assert code_of(forgetful.by_token(token)) == (400, "invalid_reset_token")


def test_only_the_right_code_is_answered_with_too_late(forgetful: Forgetful, noon: float) -> None:
    forgetful.ask()
    with stop_at(noon + 299.9):
        assert code_of(forgetful.by_code(forgetful.wrong_code)) == (400, "invalid_otp")
    with stop_at(noon + 300):
        assert code_of(forgetful.by_code()) == (410, "otp_expired")
        assert code_of(forgetful.trade()) == (410, "otp_expired")
        assert code_of(forgetful.by_code(forgetful.wrong_code)) == (400, "invalid_otp")
        assert forgetful.by_token()[0] == 200, "the link holds longer than the code"


def test_tokens_expire_after_a_quarter_of_an_hour(forgetful: Forgetful, noon: float) -> None:
    forgetful.ask()
    with stop_at(noon + 900):
        assert code_of(forgetful.by_token()) == (400, "invalid_reset_token")
    forgetful_code = forgetful.code
    with stop_at(noon + 299):
        token = forgetful.trade(forgetful_code)[1]["resetToken"]
    with stop_at(noon + 299 + 900):
        assert code_of(forgetful.by_token(token)) == (400, "invalid_reset_token")
    with stop_at(noon + 299 + 899):
        assert forgetful.by_token(token)[0] == 200


def test_five_wrong_tries_use_up_the_code_but_not_the_link(forgetful: Forgetful) -> None:
    forgetful.ask()
    for attempt in (*(forgetful.by_code, forgetful.trade) * 2, forgetful.by_code):
        assert code_of(attempt(forgetful.wrong_code)) == (400, "invalid_otp")
    assert code_of(forgetful.by_code()) == (400, "invalid_otp")
    assert code_of(forgetful.trade()) == (400, "invalid_otp")
    assert forgetful.by_token()[0] == 200


def test_a_token_of_another_account_or_challenge_is_refused(
    forgetful: Forgetful, call: Call, mails: Callable[[str], list[dict[str, Any]]]
) -> None:
    forgetful.ask()
    other = Forgetful(Newcomer(call, mails), call)
    other.ask()
    secret = other.token.partition(".")[2]
    bad = [
        f"{forgetful.user_id}.{secret}",
        f"{other.user_id}.{forgetful.token.partition('.')[2]}",
        forgetful.user_id,
        f"{forgetful.user_id}.",
        secret,
        "nobody.x",
        "💥" * 20,
    ]
    for token in bad:
        assert code_of(forgetful.by_token(token)) == (400, "invalid_reset_token"), token
    # Even somebody with write access to the table cannot move a reset to another account.
    stolen = Challenge.get(f"reset#{other.user_id}")
    stolen.challenge = f"reset#{forgetful.user_id}"
    stolen.email = forgetful.newcomer.email
    stolen.save()
    moved = f"{forgetful.user_id}.{secret}"
    assert code_of(forgetful.by_token(moved)) == (400, "invalid_reset_token")
    if other.code != forgetful.code:
        assert code_of(forgetful.by_code(other.code)) == (400, "invalid_otp")
    assert other.by_token()[0] == 200


def test_a_new_mail_replaces_the_older_code_and_link(forgetful: Forgetful, noon: float) -> None:
    forgetful.ask()
    code, token = forgetful.code, forgetful.token
    with stop_at(noon + 60):
        forgetful.ask()
        assert code_of(forgetful.by_token(token)) == (400, "invalid_reset_token")
        if code != forgetful.code:
            assert code_of(forgetful.by_code(code)) == (400, "invalid_otp")
        assert forgetful.by_token()[0] == 200


def test_the_code_of_a_registration_resets_nothing(newcomer: Newcomer, call: Call) -> None:
    newcomer.register()
    body = {"email": newcomer.email, "otp_code": newcomer.code, "new_password": NEW}
    assert code_of(call(reset_app, body)) == (400, "invalid_otp")
    assert newcomer.verify()[0] == 200


def test_the_old_password_is_refused_and_uses_nothing_up(forgetful: Forgetful) -> None:
    forgetful.ask()
    old = forgetful.newcomer.password
    for _ in range(6):
        assert code_of(forgetful.by_code(password=old)) == (400, "password_reused")
    assert code_of(forgetful.by_token(password=old)) == (400, "password_reused")
    assert forgetful.by_code()[0] == 200


def test_a_wrong_proof_learns_nothing_about_the_old_password(
    forgetful: Forgetful,
) -> None:
    forgetful.ask()
    old = forgetful.newcomer.password
    assert code_of(forgetful.by_code(forgetful.wrong_code, old)) == (400, "invalid_otp")
    assert code_of(forgetful.by_token("x" * 60, old)) == (400, "invalid_reset_token")


def test_a_change_of_password_ends_a_pending_reset(forgetful: Forgetful, call: Call) -> None:
    forgetful.ask()
    body = {"current_password": forgetful.newcomer.password, "new_password": "Changed-Pass-1"}
    assert call(change_password_app, body, forgetful.tokens["token"])[0] == 200
    assert code_of(forgetful.by_token()) == (400, "invalid_reset_token")
    assert code_of(forgetful.trade()) == (400, "invalid_otp")
    assert code_of(forgetful.by_code()) == (400, "invalid_otp")
    assert forgetful.can_log_in_with("Changed-Pass-1")


def test_a_reset_ends_a_login_begun_with_the_old_password(newcomer: Newcomer, call: Call) -> None:
    newcomer.enter(enable_2fa=True)
    asked = newcomer.log_in()[1]
    step = {"challenge_id": asked["challenge_id"], "otp_code": newcomer.code}
    call(request_app, {"email": newcomer.email})
    token = newcomer.mails(newcomer.email)[-1]["values"]["token"]
    assert call(reset_app, {"token": token, "new_password": NEW})[0] == 200
    assert code_of(call(login_code_app, step)) == (401, "invalid_2fa_code")


def test_an_account_without_a_password_may_set_one(forgetful: Forgetful) -> None:
    credentials = Credentials.get(forgetful.user_id)
    credentials.update(actions=[Credentials.password_hash.remove()])
    forgetful.ask()
    assert forgetful.by_token()[0] == 200
    assert forgetful.can_log_in_with(NEW)


@pytest.mark.parametrize(
    ("status", "code"), [("banned", "account_banned"), ("deleted", "account_deleted")]
)
def test_a_banned_or_deleted_account_may_reset_but_not_log_in(
    forgetful: Forgetful, status: str, code: str
) -> None:
    set_status(forgetful.user_id, status=status)
    forgetful.ask()
    assert forgetful.by_code()[0] == 200
    assert code_of(forgetful.newcomer.log_in(password=NEW)) == (403, code)


def test_a_reset_verifies_no_account(newcomer: Newcomer, call: Call) -> None:
    newcomer.register()
    call(request_app, {"email": newcomer.email})
    mail = newcomer.mails(newcomer.email)[-1]
    body = {"token": mail["values"]["token"], "new_password": NEW}
    assert call(reset_app, body)[0] == 200
    assert code_of(newcomer.log_in(password=NEW)) == (403, "email_not_verified")


def test_a_second_request_within_the_minute_sends_nothing_new(
    forgetful: Forgetful, noon: float
) -> None:
    first = forgetful.ask()
    with stop_at(noon + 59):
        assert forgetful.ask() == first
        assert len(forgetful.mails) == 1
        assert forgetful.trade()[0] == 200, "the first code is still valid"
    with stop_at(noon + 60):
        assert forgetful.ask() == first
        assert len(forgetful.mails) == 2
        assert forgetful.by_code()[0] == 200


def test_after_a_mail_that_could_not_be_sent_another_can_be_requested_at_once(
    aws: MemoryAws, forgetful: Forgetful
) -> None:
    aws.fail("sqs.SendMessageBatch", "ServiceUnavailable", status=503, times=3)
    assert forgetful.ask()[0] == 503
    assert not forgetful.mails
    assert forgetful.ask()[0] == 200
    assert forgetful.by_code()[0] == 200


def test_a_request_does_not_reveal_whether_an_account_exists(
    aws: MemoryAws, forgetful: Forgetful, noon: float
) -> None:
    forgetful.ask()
    forgetful.ask(NO_ACCOUNT)  # warm up: the first call of an hour does more
    for moment in (noon + 60, noon + 61):  # a mail is sent; another is too soon
        with stop_at(moment):
            known, known_calls = counted(aws, forgetful.ask)
            unknown, unknown_calls = counted(aws, lambda: forgetful.ask(NO_ACCOUNT))
            assert known == unknown
            assert known_calls == unknown_calls, "the work must not differ either"


def test_a_wrong_code_does_not_reveal_whether_an_account_exists(
    aws: MemoryAws, forgetful: Forgetful, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    import bcrypt

    for name in ("hashpw", "checkpw"):
        original = getattr(bcrypt, name)
        monkeypatch.setattr(
            bcrypt,
            name,
            lambda *given, name=name, original=original: hashed.append(name) or original(*given),
        )
    for address in (forgetful.newcomer.email, NO_ACCOUNT):
        forgetful.ask(address)
    for app, more in ((reset_app, {"new_password": NEW}), (verify_app, {})):
        answers = []
        for address in (forgetful.newcomer.email, NO_ACCOUNT):
            body = {"email": address, "otp_code": forgetful.wrong_code, **more}
            call(app, body)  # warm
            answers.append(counted(aws, lambda app=app, body=body: call(app, body)))
        known, unknown = answers
        assert code_of(known[0]) == (400, "invalid_otp")
        assert known == unknown
    assert not hashed, "no password is hashed before the code is known to be right"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"new_password": NEW},
        {"new_password": NEW, "email": "yuki@example.com"},
        {"new_password": NEW, "otp_code": "123456"},
        {"new_password": NEW, "token": "a", "resetToken": "b"},
        {"new_password": NEW, "token": "a", "email": "yuki@example.com", "otp_code": "123456"},
        {"new_password": NEW, "token": ""},
        {"new_password": NEW, "token": "x" * 201},
        {"new_password": NEW, "token": 7},
        {"new_password": "short-A1", "token": None, "reset_token": None},
        {"new_password": "no-upper-case-1", "token": "a"},
        {"new_password": "Aa1-" + "x" * 125, "token": "a"},
        {"new_password": NEW, "email": "yuki@example.com", "otp_code": "12345"},
        {"new_password": NEW, "email": "not-an-address", "otp_code": "123456"},
    ],
)
def test_bad_input(call: Call, body: dict[str, Any]) -> None:
    status, given = call(reset_app, body)
    assert (status, given["code"]) == (400, "invalid_input")
    assert NEW not in str(given)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Aa1-" + "x" * 124, "Aa1-" + "x" * 123 + "y"),
        ("Aa1-" + "é" * 98, "Aa1-" + "é" * 97 + "è"),  # 200 bytes
        ("Aa1-" + "💥" * 124, "Aa1-" + "💥" * 123 + "🔥"),
        ("Correct-Horse-7 ", "Correct-Horse-7"),
    ],
)
def test_long_passwords_are_distinguished_to_their_end(
    newcomer: Newcomer, call: Call, old: str, new: str
) -> None:
    newcomer.password = old
    newcomer.enter()
    call(request_app, {"email": newcomer.email})
    token = newcomer.mails(newcomer.email)[-1]["values"]["token"]
    reused = call(reset_app, {"token": token, "new_password": old})
    assert code_of(reused) == (400, "password_reused")
    assert call(reset_app, {"token": token, "new_password": new})[0] == 200
    assert code_of(newcomer.log_in(password=old)) == (401, "invalid_credentials")
    assert newcomer.log_in(password=new)[0] == 200


@pytest.mark.usefixtures("aws")
def test_the_mail_goes_to_the_accounts_address_and_not_to_the_one_typed(
    forgetful: Forgetful,
) -> None:
    assert forgetful.ask(f" {forgetful.newcomer.email.upper()} ")[0] == 200
    assert len(forgetful.mails) == 1
    # Cyrillic а, full-width letters: another mailbox, or none that we can write to.
    for alike in ("\N{CYRILLIC SMALL LETTER A}da@example.com", "\uff59uki@example.com"):
        assert code_of(forgetful.ask(alike)) == (400, "invalid_input")
    other_domain = forgetful.newcomer.email.replace("example", "ex\N{CYRILLIC SMALL LETTER A}mple")
    assert forgetful.ask(other_domain)[0] == 200
    assert len(forgetful.mails) == 1
