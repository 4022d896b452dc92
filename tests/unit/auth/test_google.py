import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from urllib3.exceptions import ProtocolError

from auth import third_party
from auth.change_password import app as change_password_app
from auth.finish_google_login import app as finish_app
from auth.models import Credentials
from auth.oauth_states import LIFE
from auth.start_google_login import app as start_app
from auth.verify_token import app as verify_token_app
from shared import config
from shared.clock import stop_at
from shared.dynamodb.tables import transaction
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.google import CLIENT_ID, ISSUER, SECRET, MemoryGoogle
from tests.support.memory_aws import MemoryAws
from tests.unit.auth.conftest import Call, Newcomer
from tests.unit.auth.test_login import set_status
from tests.unit.conftest import Log
from users.deletion import delete_account
from users.models import Claim
from users.public import User, recipient

CALLBACK = "https://api.example.com/auth/google/callback"
FRONTEND = "https://hoshi.example.com/welcome"
ADA = {"sub": "10769150350006150715", "email": "Ada.Byron@gmail.com", "name": "Ada Byron"}


@pytest.fixture
def google(settings: pytest.MonkeyPatch, aws: MemoryAws) -> MemoryGoogle:
    settings.setenv("GOOGLE_CLIENT_ID", CLIENT_ID)
    settings.setenv("GOOGLE_AUTHORIZE_URL", "https://accounts.google.com/o/oauth2/v2/auth")
    settings.setenv("GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com/token")
    settings.setenv("GOOGLE_ISSUER", ISSUER)
    settings.setenv("PUBLIC_URL", "https://api.example.com/")
    aws.secrets["hoshi/google"] = {"client_secret": SECRET}
    third_party._secrets.cache_clear()
    made = MemoryGoogle()
    settings.setattr(requests.Session, "get_adapter", lambda session, url: made)
    return made


@pytest.fixture
def frontend(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("FRONTEND_URL", FRONTEND)


class Browser:
    """Follows redirects by hand and keeps the one cookie."""

    def __init__(self) -> None:
        self.cookie = ""
        self.language = "en"

    def start(self, restore: bool = False) -> str:
        event = load_event("auth", "start_google_login")
        event["multiValueQueryStringParameters"] = {"restore": ["true"]} if restore else None
        answer = start_app(event, LambdaContext())
        assert answer["statusCode"] == 302
        self._keep(answer)
        return str(answer["headers"]["Location"])

    def return_with(self, query: dict[str, str]) -> dict[str, Any]:
        event = load_event("auth", "finish_google_login")
        event["queryStringParameters"] = query
        event["multiValueQueryStringParameters"] = {name: [each] for name, each in query.items()}
        event["headers"]["Cookie"] = f"theme=dark; {self.cookie}"
        event["headers"]["Accept-Language"] = self.language
        answer: dict[str, Any] = finish_app(event, LambdaContext())
        self._keep(answer)
        return answer

    def _keep(self, answer: dict[str, Any]) -> None:
        if "Set-Cookie" in answer["headers"]:
            self.cookie = answer["headers"]["Set-Cookie"].partition(";")[0]


@pytest.fixture
def browser(google: MemoryGoogle) -> Browser:
    return Browser()


type SignIn = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def sign_in(google: MemoryGoogle, browser: Browser) -> SignIn:
    """Sign in with Google as one person; return status and body."""

    def go(**claims: Any) -> tuple[int, dict[str, Any]]:
        answer = browser.return_with(google.sign_in(browser.start(), **{**ADA, **claims}))
        return answer["statusCode"], json.loads(answer["body"])

    return go


def post(**body: Any) -> tuple[int, dict[str, Any]]:
    event = load_event("auth", "finish_google_login")
    event["httpMethod"] = event["requestContext"]["httpMethod"] = "POST"
    event["body"] = json.dumps(body)
    answer = finish_app(event, LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def test_a_sign_in_redirects_to_google_and_is_bound_to_its_browser(
    browser: Browser, aws: MemoryAws
) -> None:
    answer = start_app(load_event("auth", "start_google_login"), LambdaContext())
    asked = dict(parse_qsl(urlsplit(answer["headers"]["Location"]).query))
    [stored] = aws.dynamo.items("hoshi-oauth-states")
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == CALLBACK
    assert (asked["state"], asked["nonce"]) == (stored["state"]["S"], stored["nonce"]["S"])
    assert stored["verifier"]["S"] not in answer["headers"]["Location"]
    cookie = answer["headers"]["Set-Cookie"]
    assert asked["state"] not in cookie
    for attribute in ("__Host-", "Path=/;", "Secure", "HttpOnly", "SameSite=Lax"):
        assert attribute in cookie
    assert answer["headers"]["Cache-Control"] == "no-store"


def test_without_tls_the_cookie_is_one_that_browsers_accept(
    google: MemoryGoogle, browser: Browser, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("PUBLIC_URL", "http://api.hoshi.localhost:4566")
    query = google.sign_in(browser.start(), **ADA)
    assert browser.cookie.startswith("hoshi-sign-in=")
    assert browser.return_with(query)["statusCode"] == 200


def test_a_newcomer_gets_a_verified_account(sign_in: SignIn, call: Call) -> None:
    status, given = sign_in()
    assert (status, given["scope"], given["user"]["username"]) == (200, "full", "ada_byron")
    user = User.get(given["user"]["id"])
    assert (user.status, user.email, user.name) == ("active", "ada.byron@gmail.com", "Ada Byron")
    assert user.expires_at is None
    assert Credentials.get(user.user_id).password_hash is None
    assert call(verify_token_app, token=given["token"])[0] == 200


def test_a_returning_person_is_recognized_by_the_subject(sign_in: SignIn, aws: MemoryAws) -> None:
    first = sign_in()[1]["user"]["id"]
    assert sign_in(email="ada@elsewhere.example.com", name="Countess")[1]["user"]["id"] == first
    [user] = aws.dynamo.items("hoshi-users")
    assert user["email"]["S"] == "ada.byron@gmail.com", "the address is the account's to change"


def test_a_verified_account_with_the_address_is_linked(newcomer: Newcomer, sign_in: SignIn) -> None:
    user_id = newcomer.enter()["user"]["id"]
    status, given = sign_in(email=newcomer.email.upper())
    assert (status, given["user"]["id"]) == (200, user_id)
    assert Claim.get(f"google#{ADA['sub']}").user_id == user_id
    assert User.get(user_id).google_subject == ADA["sub"]
    assert newcomer.log_in()[0] == 200, "the password still works"


def test_an_account_is_linked_to_one_identity(newcomer: Newcomer, sign_in: SignIn) -> None:
    newcomer.enter()
    assert sign_in(email=newcomer.email)[0] == 200
    status, given = sign_in(email=newcomer.email, sub="the-next-owner-of-the-address")
    assert (status, given["code"]) == (409, "email_taken")


@pytest.mark.parametrize("verification", ["required", "optional"])
def test_an_unverified_account_is_not_logged_in_to(
    newcomer: Newcomer, sign_in: SignIn, settings: pytest.MonkeyPatch, verification: str
) -> None:
    settings.setenv("EMAIL_VERIFICATION", verification)
    newcomer.register()
    status, given = sign_in(email=newcomer.email)
    assert (status, given["code"]) == (409, "email_taken")


def test_an_expired_unverified_account_does_not_block_a_new_one(
    newcomer: Newcomer, sign_in: SignIn, noon: float
) -> None:
    newcomer.register()
    with stop_at(noon + 24 * 3600):
        status, given = sign_in(email=newcomer.email, name=newcomer.username)
    assert (status, given["user"]["username"]) == (200, newcomer.username)


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("ended_status", ["banned", "deleted"])
def test_a_banned_or_deleted_account_is_not_logged_in_to(
    newcomer: Newcomer, sign_in: SignIn, ended_status: str, linked: bool
) -> None:
    user_id = newcomer.enter()["user"]["id"]
    if linked:
        assert sign_in(email=newcomer.email)[0] == 200
    set_status(user_id, status=ended_status)
    status, given = sign_in(email=newcomer.email)
    assert (status, given["code"]) == (403, f"account_{ended_status}")
    assert ("appeal_token" in given) == (linked and ended_status == "banned")


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("way", ["GET", "POST"])
def test_a_log_in_with_google_undoes_a_deletion(
    newcomer: Newcomer, google: MemoryGoogle, browser: Browser, way: str, linked: bool
) -> None:
    claims = {**ADA, "email": newcomer.email}

    def log_in(restore: bool) -> tuple[int, dict[str, Any]]:
        if way == "POST":
            return post(code=google.give_code("postmessage", **claims), restore=restore)
        answer = browser.return_with(google.sign_in(browser.start(restore), **claims))
        return answer["statusCode"], json.loads(answer["body"])

    user_id = newcomer.enter()["user"]["id"]
    if linked:
        assert log_in(restore=False)[0] == 200
    with transaction() as write:
        delete_account(write, User.get(user_id))
    assert log_in(restore=False)[1]["code"] == "account_deleted"
    status, given = log_in(restore=True)
    assert (status, given["user"]["id"], given["scope"]) == (200, user_id, "full")
    assert (User.get(user_id).status, User.get(user_id).purge_at) == ("active", None)
    assert log_in(restore=False)[0] == 200
    assert User.get(user_id).google_subject == ADA["sub"]


def test_an_unverified_account_is_not_restored_by_its_address(
    newcomer: Newcomer, google: MemoryGoogle
) -> None:
    user_id = newcomer.register()[1]["user_id"]
    with transaction() as write:
        delete_account(write, User.get(user_id))
    code = google.give_code("postmessage", **{**ADA, "email": newcomer.email})
    assert post(code=code, restore=True)[1]["code"] == "email_taken"
    assert User.get(user_id).status == "deleted"


def test_two_factors_need_the_same_mailbox(newcomer: Newcomer, sign_in: SignIn) -> None:
    user_id = newcomer.enter(enable_2fa=True)["user"]["id"]
    assert sign_in(email=newcomer.email)[0] == 200
    set_status(user_id, email="moved@example.com")
    status, given = sign_in(email=newcomer.email)
    assert (status, given["code"]) == (400, "invalid_oauth_code")


def test_an_appeal_needs_the_second_factor_too(newcomer: Newcomer, sign_in: SignIn) -> None:
    user_id = newcomer.enter(enable_2fa=True)["user"]["id"]
    assert sign_in(email=newcomer.email)[0] == 200
    set_status(user_id, status="banned")
    assert "appeal_token" in sign_in(email=newcomer.email)[1]
    set_status(user_id, email="moved@example.com")
    status, given = sign_in(email=newcomer.email)
    assert (status, given["code"]) == (403, "account_banned")
    assert "appeal_token" not in given


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
        {"email": "not an address"},
        {"sub": None},
        {"sub": "x" * 256},
        {"name": 7},
        {"iss": "https://accounts.example.com"},
        {"aud": "another-client"},
        {"azp": "another-client"},
        {"nonce": "of-another-sign-in"},
        {"nonce": None},
        {"exp": 1},
        {"exp": "never"},
        {"iat": 9_999_999_999},
    ],
)
def test_an_id_token_with_missing_or_wrong_claims(
    sign_in: SignIn, aws: MemoryAws, claims: dict[str, Any]
) -> None:
    status, given = sign_in(**claims)
    assert (status, given["code"]) == (400, "invalid_oauth_code")
    assert not aws.dynamo.items("hoshi-users")


def test_the_issuer_is_accepted_with_and_without_scheme(sign_in: SignIn) -> None:
    assert sign_in(iss="accounts.google.com")[0] == 200


def refusal(answer: dict[str, Any]) -> str:
    return str(json.loads(answer["body"])["code"])


def test_a_state_works_once(google: MemoryGoogle, browser: Browser) -> None:
    query = google.sign_in(browser.start(), **ADA)
    cookie = browser.cookie
    assert browser.return_with(query)["statusCode"] == 200
    assert browser.cookie.endswith("="), "the browser deletes it"
    browser.cookie = cookie
    assert refusal(browser.return_with(query)) == "invalid_oauth_state"
    assert len(google.sent) == 1


def test_a_state_expires(google: MemoryGoogle, browser: Browser, noon: float) -> None:
    query = google.sign_in(browser.start(), **ADA)
    with stop_at(noon + LIFE):
        assert refusal(browser.return_with(query)) == "invalid_oauth_state"


def test_a_sign_in_is_finished_by_the_browser_that_began_it(
    google: MemoryGoogle, browser: Browser
) -> None:
    query = google.sign_in(browser.start(), **ADA)
    victim = Browser()
    assert refusal(victim.return_with(query)) == "invalid_oauth_state"
    victim.start()
    assert refusal(victim.return_with(query)) == "invalid_oauth_state"
    assert browser.return_with(query)["statusCode"] == 200, "nobody else can use it up"


@pytest.mark.parametrize("how", ["absent", "empty", "short", "long", "tampered", "other text", "ä"])
def test_a_foreign_state(google: MemoryGoogle, browser: Browser, aws: MemoryAws, how: str) -> None:
    query = google.sign_in(browser.start(), **ADA)
    state = query["state"]
    swapped = "B" if state[-9] == "A" else "A"
    query["state"] = {
        "empty": "", "short": state[:-4], "long": state + "AAAA", "ä": "ä", "absent": "",
        "tampered": state[:-9] + swapped + state[-8:], "other text": state + "=",
    }[how]  # fmt: skip
    if how == "absent":
        del query["state"]
    before = aws.calls.count("dynamodb.GetItem")
    assert refusal(browser.return_with(query)) == "invalid_oauth_state"
    assert aws.calls.count("dynamodb.GetItem") == before, "only ours costs a read"
    assert not google.sent


def test_codes_that_google_rejects(google: MemoryGoogle, browser: Browser) -> None:
    query = google.sign_in(browser.start(), **ADA)
    assert browser.return_with(query)["statusCode"] == 200
    replayed = {**google.sign_in(browser.start(), **ADA), "code": query["code"]}
    assert refusal(browser.return_with(replayed)) == "invalid_oauth_code"
    cancelled = {"state": google.sign_in(browser.start())["state"], "error": "access_denied"}
    assert refusal(browser.return_with(cancelled)) == "invalid_oauth_code"


def test_a_code_of_another_sign_in_lacks_its_verifier(
    google: MemoryGoogle, browser: Browser
) -> None:
    stolen = google.sign_in(browser.start(), **ADA)["code"]
    thief = Browser()
    own = google.sign_in(thief.start(), sub="thief", email="thief@gmail.com")
    assert refusal(thief.return_with({**own, "code": stolen})) == "invalid_oauth_code"


@pytest.mark.parametrize(
    "instead",
    [
        requests.ConnectionError("refused"),
        requests.ReadTimeout("slow"),
        ProtocolError("cut off"),
        (500, b"{}"),
        (429, b"{}"),
        (302, b"{}"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"x": "' + b"x" * 70_000 + b'"}'),
        (401, b'{"error": "invalid_client"}'),
    ],
    ids=str,
)
def test_google_is_down(sign_in: SignIn, google: MemoryGoogle, log: Log, instead: Any) -> None:
    google.instead = instead
    status, given = sign_in()
    assert (status, given["code"]) == (503, "dependency_unavailable")
    assert len(google.sent) == 1, "no redirect is followed"
    assert "4/0" not in log.text
    assert "Ada" not in log.text


@pytest.mark.usefixtures("frontend")
def test_the_frontend_gets_the_tokens_in_the_fragment(
    google: MemoryGoogle, browser: Browser, call: Call, log: Log
) -> None:
    answer = browser.return_with(google.sign_in(browser.start(), **ADA))
    where, _, fragment = answer["headers"]["Location"].partition("#")
    given = dict(parse_qsl(fragment))
    assert (answer["statusCode"], answer["body"], where) == (302, "", FRONTEND)
    assert set(given) == {"token", "refresh_token"}
    assert call(verify_token_app, token=given["token"])[0] == 200
    assert answer["headers"]["Referrer-Policy"] == "no-referrer"
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert given["token"] not in log.text


@pytest.mark.usefixtures("frontend")
def test_the_frontend_gets_the_error_code(
    google: MemoryGoogle, browser: Browser, settings: pytest.MonkeyPatch
) -> None:
    query = google.sign_in(browser.start(), **ADA, email_verified=False)
    answer = browser.return_with(query)
    assert answer["headers"]["Location"] == f"{FRONTEND}#error=invalid_oauth_code"
    answer = browser.return_with(query)
    assert answer["headers"]["Location"] == f"{FRONTEND}#error=invalid_oauth_state"
    settings.setenv("GOOGLE_CLIENT_ID", "")
    vars(config.config).clear()
    answer = browser.return_with(query)
    assert answer["headers"]["Location"] == f"{FRONTEND}#error=feature_disabled"


@pytest.mark.parametrize("name", ["auth_code", "code"])
def test_a_client_sends_the_code_that_it_obtained(google: MemoryGoogle, name: str) -> None:
    code = google.give_code("postmessage", **ADA)
    status, given = post(**{name: code})
    assert (status, given["profile_complete"], given["scope"]) == (200, False, "full")
    assert post(**{name: code})[1]["code"] == "invalid_oauth_code"


def test_a_browsers_code_is_not_accepted_from_a_client(
    google: MemoryGoogle, browser: Browser
) -> None:
    stolen = google.sign_in(browser.start(), **ADA)["code"]
    assert post(auth_code=stolen)[1]["code"] == "invalid_oauth_code"


@pytest.mark.usefixtures("google")
@pytest.mark.parametrize("body", [{}, {"auth_code": ""}, {"auth_code": "x" * 2049}, {"code": 7}])
def test_a_client_sends_no_code(body: dict[str, Any]) -> None:
    status, given = post(**body)
    assert (status, given["code"]) == (400, "invalid_input")


@pytest.mark.usefixtures("aws")
def test_the_feature_is_off_without_a_client_id(call: Call, settings: pytest.MonkeyPatch) -> None:
    settings.setenv("PUBLIC_URL", "")
    for status, given in (call(start_app), call(finish_app), post(auth_code="x")):
        assert (status, given["code"]) == (503, "feature_disabled")


def test_an_account_without_a_password_can_set_one(sign_in: SignIn, call: Call) -> None:
    token = sign_in()[1]["token"]
    body = {"new_password": "Battery-Staple-8"}
    assert call(change_password_app, body, token)[0] == 200
    assert call(change_password_app, body, token)[1]["code"] == "wrong_password"


def test_names_that_are_taken_get_a_number(sign_in: SignIn) -> None:
    names = []
    for number in range(3):
        status, given = sign_in(sub=f"ada-{number}", email=f"ada{number}@gmail.com")
        assert status == 200
        names.append(given["user"]["username"])
    assert names[0] == "ada_byron"
    assert len(set(names)) == 3
    assert all(name.startswith("ada_byron_") for name in names[1:])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoë Müller", "Zoë Müller"),
        ("  Li\u202e \n Wei  ", "Li Wei"),
        ("x" * 80, "x" * 64),
        ("Al", None),
        ("", None),
        (None, None),
        ("李", None),
    ],
)
def test_a_name_is_cut_to_the_allowed_length(
    sign_in: SignIn, name: str | None, shown: str | None
) -> None:
    status, given = sign_in(name=name, email="al@gmail.com")
    assert status == 200
    assert given["user"]["name"] == (shown or given["user"]["username"])
    assert 5 <= len(given["user"]["name"]) <= 64


def test_two_clicks_make_one_account(
    google: MemoryGoogle, sign_in: SignIn, aws: MemoryAws, settings: pytest.MonkeyPatch
) -> None:
    from auth import google_accounts

    first = sign_in()[1]["user"]["id"]
    # The second click reads before the first has written.
    look, looks = google_accounts._account_of, iter([None])
    settings.setattr(
        google_accounts, "_account_of", lambda identity: next(looks, "again") and look(identity)
    )
    assert sign_in()[1]["user"]["id"] == first
    assert len(aws.dynamo.items("hoshi-users")) == 1


def test_the_account_is_mailed_in_the_language_of_the_browser(
    browser: Browser, sign_in: SignIn
) -> None:
    browser.language = "ja"
    user_id = sign_in()[1]["user"]["id"]
    assert recipient(User.get(user_id))["language"] == "ja"
    browser.language = "id"
    assert sign_in()[1]["user"]["id"] == user_id
    assert recipient(User.get(user_id))["language"] == "id"
