"""Logging in with Google, against an OpenID Connect server on loopback in its place."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.e2e.client import PASSWORD, Api, Person, new_name, registration, wait_for
from tests.e2e.conftest import STACK, Deployed
from tests.e2e.settings import settings
from tests.e2e.test_least_privilege import as_service, refusal
from tests.support.oidc_provider import CLIENT_ID, Provider

CALLBACK = "/auth/google/callback"


@pytest.fixture(scope="module")
def google(loopback: None, stack: Deployed, provider: Provider) -> Iterator[Provider]:
    stored = stack.client("secretsmanager").get_secret_value(SecretId=f"{STACK}/google")
    with provider.running(json.loads(stored["SecretString"])["client_secret"]):
        yield provider


class Browser:
    """Keeps the one cookie; tests follow the redirects."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.cookie = ""

    def start(self) -> str:
        answer = self.api.call("GET", "/auth/google/login")
        assert answer.status_code == 302, answer.text
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return str(answer.headers["location"])

    def return_with(self, query: dict[str, str]) -> httpx.Response:
        return self.api.call("GET", CALLBACK, params=query, headers={"Cookie": self.cookie})


@pytest.fixture
def browser(api: Api) -> Browser:
    return Browser(api)


def someone() -> tuple[str, dict[str, Any]]:
    """A Google identity that no other test has."""
    name = new_name("googler")
    claims = {"email": f"{name}@gmail.com", "email_verified": True, "name": f"The {name}"}
    return f"subject-{name}", claims


def sign_in(
    google: Provider, browser: Browser, subject: str, claims: dict[str, Any]
) -> httpx.Response:
    return browser.return_with(google.sign_in(browser.start(), subject, **claims))


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_newcomer_signs_up_and_logs_in_the_next_time(google: Provider, browser: Browser) -> None:
    subject, claims = someone()
    first = sign_in(google, browser, subject, claims)
    assert first.status_code == 200, first.text
    assert first.headers["referrer-policy"] == "no-referrer"
    assert first.headers["cache-control"] == "no-store"
    given = first.json()
    assert given["scope"] == "full"
    profile = browser.api.expect(200, "GET", "/profile", token=given["token"])
    assert profile["email"] == claims["email"]
    assert profile["email_verified"] is True
    assert profile["has_password"] is False
    assert profile["name"] == claims["name"]
    again = sign_in(google, browser, subject, {**claims, "email": "elsewhere@gmail.com"}).json()
    assert again["user"]["id"] == given["user"]["id"]
    fresh = browser.api.expect(
        200, "POST", "/auth/refresh", {"refresh_token": again["refresh_token"]}
    )
    assert fresh["user"]["id"] == given["user"]["id"]


def test_an_account_with_the_verified_address_is_linked(
    google: Provider, browser: Browser, alice: Person
) -> None:
    subject, claims = someone()
    given = sign_in(google, browser, subject, {**claims, "email": alice.email.upper()}).json()
    assert given["user"]["id"] == alice.id
    login = {"identifier": alice.username, "password": PASSWORD}
    assert browser.api.call("POST", "/login", login).status_code == 200
    next_owner, _ = someone()
    refused = sign_in(google, browser, next_owner, {**claims, "email": alice.email})
    assert code_of(refused) == (409, "email_taken")


def test_an_address_that_is_not_verified_is_refused(
    google: Provider, browser: Browser, alice: Person
) -> None:
    subject, claims = someone()
    refused = sign_in(
        google, browser, subject, {**claims, "email": alice.email, "email_verified": False}
    )
    assert code_of(refused) == (400, "invalid_oauth_code")
    body = registration(new_name("waiting"))
    browser.api.expect(201, "POST", "/register", body)
    refused = sign_in(google, browser, subject, {**claims, "email": body["email"]})
    assert code_of(refused) == (409, "email_taken")


def test_states_of_other_browsers(google: Provider, browser: Browser) -> None:
    subject, claims = someone()
    query = google.sign_in(browser.start(), subject, **claims)
    other = Browser(browser.api)
    other.start()
    assert code_of(other.return_with(query)) == (400, "invalid_oauth_state")
    assert code_of(Browser(browser.api).return_with(query)) == (400, "invalid_oauth_state")
    forged = {**query, "state": "A" * len(query["state"])}
    assert code_of(browser.return_with(forged)) == (400, "invalid_oauth_state")
    cookie = browser.cookie
    assert browser.return_with(query).status_code == 200
    browser.cookie = cookie
    assert code_of(browser.return_with(query)) == (400, "invalid_oauth_state"), "it works once"


def test_codes_of_other_sign_ins(google: Provider, browser: Browser) -> None:
    subject, claims = someone()
    query = google.sign_in(browser.start(), subject, **claims)
    assert browser.return_with(query).status_code == 200
    replayed = {**google.sign_in(browser.start(), subject, **claims), "code": query["code"]}
    assert code_of(browser.return_with(replayed)) == (400, "invalid_oauth_code")
    stolen = google.sign_in(browser.start(), subject, **claims)["code"]
    thief = Browser(browser.api)
    own = google.sign_in(thief.start(), *someone()[:1], **claims)
    assert code_of(thief.return_with({**own, "code": stolen})) == (400, "invalid_oauth_code")
    posted = browser.api.call("POST", CALLBACK, {"auth_code": stolen})
    assert code_of(posted) == (400, "invalid_oauth_code")


def test_two_clicks_at_once_make_one_account(google: Provider, api: Api) -> None:
    subject, claims = someone()

    def click(browser: Browser) -> str:
        return str(sign_in(google, browser, subject, claims).json()["user"]["id"])

    with ThreadPoolExecutor(4) as pool:
        accounts = set(pool.map(click, [Browser(api) for _ in range(4)]))
    assert len(accounts) == 1


def test_a_client_sends_its_code(google: Provider, api: Api) -> None:
    subject, claims = someone()
    asked = (
        f"{google.issuer}/oauth2/authorize?response_type=code&client_id={CLIENT_ID}"
        "&redirect_uri=postmessage&scope=openid+email+profile"
    )
    code = google.sign_in(asked, subject, **claims)["code"]
    given = api.expect(200, "POST", CALLBACK, {"auth_code": code})
    assert given["profile_complete"] is False
    assert api.call("GET", "/profile", token=given["token"]).status_code == 200
    again = api.call("POST", CALLBACK, {"auth_code": code})
    assert code_of(again) == (400, "invalid_oauth_code")


def test_an_account_that_is_banned(google: Provider, browser: Browser, stack: Deployed) -> None:
    subject, claims = someone()
    user_id = sign_in(google, browser, subject, claims).json()["user"]["id"]
    stack.client("dynamodb").update_item(
        TableName=stack.table("users"),
        Key={"user_id": {"S": user_id}},
        UpdateExpression="SET #status = :banned",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":banned": {"S": "banned"}},
    )
    refused = sign_in(google, browser, subject, claims)
    assert code_of(refused) == (403, "account_banned")


def test_google_is_down(google: Provider, browser: Browser, stack: Deployed) -> None:
    subject, claims = someone()
    query = google.sign_in(browser.start(), subject, **claims)
    closed_port = {"GOOGLE_TOKEN_URL": "http://127.0.0.1:9/oauth2/token"}
    with settings(stack, "FinishGoogleLogin", **closed_port):
        refused = browser.return_with(query)
    assert code_of(refused) == (503, "dependency_unavailable")
    assert refused.headers["retry-after"]


def test_the_frontend_gets_tokens_or_an_error_in_the_fragment(
    google: Provider, browser: Browser, stack: Deployed
) -> None:
    frontend = "https://app.example.com/welcome"
    with settings(stack, "FinishGoogleLogin", FRONTEND_URL=frontend):
        answer = sign_in(google, browser, *someone())
        where = urlsplit(answer.headers["location"])
        refused = browser.return_with({"state": "x", "code": "y"})
    assert answer.status_code == 302
    assert where._replace(fragment="").geturl() == frontend
    given = dict(parse_qsl(where.fragment))
    assert set(given) == {"token", "refresh_token"}
    assert browser.api.call("GET", "/profile", token=given["token"]).status_code == 200
    assert refused.headers["location"] == f"{frontend}#error=invalid_oauth_state"


def test_the_feature_is_off_without_a_client_id(api: Api, stack: Deployed) -> None:
    assert api.expect(200, "GET", "/config")["features"]["google_login"] is True
    with settings(stack, "GetConfig", GOOGLE_CLIENT_ID=""):
        assert api.expect(200, "GET", "/config")["features"]["google_login"] is False
    with settings(stack, "StartGoogleLogin", GOOGLE_CLIENT_ID=""):
        assert code_of(api.call("GET", "/auth/google/login")) == (503, "feature_disabled")
    with settings(stack, "FinishGoogleLogin", GOOGLE_CLIENT_ID=""):
        assert code_of(api.call("GET", CALLBACK)) == (503, "feature_disabled")
        posted = api.call("POST", CALLBACK, {"auth_code": "x"})
        assert code_of(posted) == (503, "feature_disabled")


def test_nothing_secret_is_logged(google: Provider, browser: Browser, stack: Deployed) -> None:
    subject, claims = someone()
    query = google.sign_in(browser.start(), subject, **claims)
    answer = browser.return_with(query)
    given, request_id = answer.json(), answer.headers["x-request-id"]

    def lines() -> list[str]:
        return list(stack.log_lines()) if any(stack.log_lines(request_id)) else []

    text = "\n".join(wait_for(lines, "the log line of the sign-in"))
    secrets = (given["token"], given["refresh_token"], query["code"], query["state"], subject)
    for secret in (*secrets, claims["email"], browser.cookie.partition("=")[2]):
        assert secret not in text


def test_only_auth_reads_the_secret_and_the_states(stack: Deployed) -> None:
    as_service(stack, "auth", "secretsmanager").get_secret_value(SecretId=f"{STACK}/google")
    users = as_service(stack, "users", "secretsmanager")
    code = refusal(users.get_secret_value, SecretId=f"{STACK}/google")
    assert code == "AccessDeniedException"
    states = as_service(stack, "users", "dynamodb")
    key = {"state": {"S": "x"}}
    code = refusal(states.get_item, TableName=stack.table("oauth-states"), Key=key)
    assert code == "AccessDeniedException"
