"""The link in newsletters: it asks on GET, unsubscribes on POST, and nobody else can make one."""

import base64
import json
from typing import Any

import pytest

from emails.confirm_unsubscribe import app as confirm_app
from emails.subscriptions import unsubscribe_url
from emails.unsubscribe import app as unsubscribe_app
from shared.access import signing_keys
from shared.ids import new_id
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join
from users.models import User


def token_of(user_id: str) -> str:
    return unsubscribe_url(user_id).partition("?token=")[2]


def call(method: str, token: str | None, **more: Any) -> tuple[int, str]:
    query = None if token is None else {"token": token}
    event = gateway_event(f"{method} /emails/unsubscribe", query=query, **more)
    answer = (confirm_app if method == "GET" else unsubscribe_app)(event, LambdaContext())
    return answer["statusCode"], answer["body"]


def is_subscribed(user: User) -> bool:
    found = User.find(user.user_id, consistent=True)
    assert found
    assert found.newsletter == (found.subscription is not None)
    return found.newsletter


@pytest.fixture
def yuki(join: Join) -> User:
    return join("yuki", newsletter=True)


def test_the_link_asks_before_it_changes_anything(yuki: User) -> None:
    status, page = call("GET", token_of(yuki.user_id))
    assert status == 200
    assert page.count("<form") == page.count("<button") == 1
    assert '<form method="post">' in page
    assert is_subscribed(yuki)


@pytest.mark.parametrize(
    ("header", "language", "button"),
    [
        ("", "en", "Unsubscribe"),
        ("ja-JP", "ja", "配信を停止する"),
        ("id, en;q=0.5", "id", "Berhenti berlangganan"),
        ('"><script>', "en", "Unsubscribe"),
    ],
)
def test_the_page_is_in_the_language_that_the_browser_prefers(
    yuki: User, header: str, language: str, button: str
) -> None:
    status, page = call("GET", token_of(yuki.user_id), headers={"Accept-Language": header})
    assert status == 200
    assert f'<html lang="{language}">' in page
    assert f'<button type="submit">{button}</button>' in page
    assert "<script" not in page


def test_the_button_unsubscribes_as_mail_programs_and_browsers_press_it(yuki: User) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = "List-Unsubscribe=One-Click"
    for _ in range(2):
        status, answer = call("POST", token_of(yuki.user_id), body=body, headers=form)
        assert status == 200
        assert list(json.loads(answer)) == ["message"]
        assert not is_subscribed(yuki)


def test_an_account_that_is_gone_is_answered_like_any_other(aws: MemoryAws) -> None:
    status, answer = call("POST", token_of(new_id()))
    assert status == 200
    assert list(json.loads(answer)) == ["message"]


def test_the_link_ends_nobody_elses_subscription(yuki: User, join: Join) -> None:
    other = join("other", newsletter=True)
    call("POST", token_of(yuki.user_id))
    assert is_subscribed(other)


def forged(user_id: str) -> str:
    """A token that another key signed."""
    raw = base64.urlsafe_b64decode(token_of(user_id) + "==")
    return base64.urlsafe_b64encode(raw[:4] + bytes(16) + raw[20:]).decode().rstrip("=")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_our_links_are_taken(yuki: User, method: str) -> None:
    good = token_of(yuki.user_id)
    other = base64.urlsafe_b64decode(good + "==")[:20] + new_id().encode()
    swapped = base64.urlsafe_b64encode(other).decode().rstrip("=")
    for bad in (None, "", "x", "%%%", good[:-4], "é", good * 50, swapped, forged(yuki.user_id)):
        status, answer = call(method, bad)
        assert (status, json.loads(answer)["code"]) == (400, "invalid_unsubscribe_token")
    assert is_subscribed(yuki)


def test_a_signature_for_something_else_is_no_link(yuki: User) -> None:
    kid, signature = signing_keys.sign("cursors", "another purpose", yuki.user_id.encode())
    raw = bytes.fromhex(kid) + signature[:16] + yuki.user_id.encode()
    assert call("POST", base64.urlsafe_b64encode(raw).decode().rstrip("="))[0] == 400


def test_a_link_outlives_one_rotation_of_the_keys(yuki: User, aws: MemoryAws) -> None:
    token = token_of(yuki.user_id)
    aws.secrets["hoshi/cursors"] = {"current": "d" * 64, "previous": "c" * 64}
    signing_keys._keys.cache_clear()
    assert call("POST", token)[0] == 200
