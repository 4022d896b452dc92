"""What people want to be notified of: read, changed, merged."""

import json
from typing import Any

import pytest

from notifications.edit_preferences import app as edit
from notifications.get_preferences import app as get
from notifications.types import SWITCHES
from shared.access.caller import Caller
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from users.models import User
from users.public import language_changes, recipient

ALL_ON = dict.fromkeys(SWITCHES, True)


@pytest.fixture
def reader(aws: MemoryAws) -> Caller:
    return a_user()


def call(method: str, caller: Caller, body: Any = None) -> tuple[int, Any]:
    event = gateway_event(f"{method} /settings/notifications", caller=caller, body=body)
    answer = (get if method == "GET" else edit)(event, LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def test_everything_except_the_newsletter_is_on_at_first(reader: Caller) -> None:
    assert call("GET", reader) == (
        200,
        {
            "push_enabled": True,
            "email_enabled": True,
            "newsletter": False,
            "language": "en",
            "types": ALL_ON,
        },
    )


def test_only_what_is_named_changes(reader: Caller) -> None:
    status, given = call("PUT", reader, {"push_enabled": False, "types": {"post.liked": False}})
    assert status == 200
    assert given == {
        "push_enabled": False,
        "email_enabled": True,
        "newsletter": False,
        "language": "en",
        "types": ALL_ON | {"post.liked": False},
    }
    change = {"newsletter": True, "types": {"story.created": False, "post.liked": True}}
    status, given = call("PUT", reader, change)
    assert status == 200
    assert given["push_enabled"] is False
    assert given["newsletter"] is True
    assert given["types"] == ALL_ON | {"story.created": False}
    assert call("GET", reader) == (200, given)


def test_an_account_older_than_the_setting_can_switch_off(reader: Caller, aws: MemoryAws) -> None:
    User(reader.user_id).update(actions=[User.muted_types.remove()])
    status, given = call("PUT", reader, {"types": {"post.liked": False}})
    assert (status, given["types"]) == (200, ALL_ON | {"post.liked": False})


@pytest.mark.parametrize("body", [{}, {"push_enabled": None, "types": {"post.liked": None}}])
def test_nothing_named_changes_nothing(reader: Caller, aws: MemoryAws, body: Any) -> None:
    assert call("PUT", reader, body)[0] == 200
    user = User.find(reader.user_id)
    assert user
    assert (user.push_enabled, user.muted_types, user.updated_at) == (
        True,
        [],
        user.created_at,
    )


@pytest.mark.parametrize(
    "body",
    [
        {"types": {"post.burned": False}},
        {"types": {"post.liked": "perhaps"}},
        {"types": ["post.liked"]},
        {"push_enabled": "perhaps"},
        {"language": "fr"},
        {"language": "ja-JP"},
        {"language": ["ja"]},
    ],
)
def test_what_is_not_a_preference(reader: Caller, body: Any) -> None:
    status, given = call("PUT", reader, body)
    assert (status, given["code"]) == (400, "invalid_input")
    assert call("GET", reader)[1]["types"] == ALL_ON


def test_a_chosen_language_is_that_of_mails_and_stays(reader: Caller) -> None:
    assert call("PUT", reader, {"language": "ja"})[1]["language"] == "ja"
    assert call("PUT", reader, {"push_enabled": False})[1]["language"] == "ja"
    user = User.get(reader.user_id)
    assert recipient(user)["language"] == "ja"
    assert language_changes(user, "id") == []


def test_values_that_are_so_already_change_nothing(reader: Caller, aws: MemoryAws) -> None:
    """The account's stream would take it for a change."""
    chosen = {"push_enabled": False, "newsletter": True, "language": "ja"}
    body = {**chosen, "types": {"post.liked": False}}
    assert call("PUT", reader, body)[0] == 200
    before = User.get(reader.user_id).attribute_values
    assert call("PUT", reader, body) == call("GET", reader)
    assert User.get(reader.user_id).attribute_values == before
    assert call("PUT", reader, {**body, "newsletter": False})[1]["newsletter"] is False
    after = User.get(reader.user_id)
    assert (after.subscription, after.updated_at == before["updated_at"]) == (None, False)
