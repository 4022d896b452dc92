"""The privacy settings."""

from typing import Any

import pytest

from profiles.edit_privacy import app as edit_app
from profiles.get_privacy import app as get_app
from profiles.get_profile import app as profile_app
from tests.support.memory_aws import MemoryAws
from tests.support.people import Call, Join
from users.models import User

DEFAULTS = {
    "is_private": False,
    "allow_message_requests": True,
    "show_presence": True,
    "show_read_receipts": True,
    "suggest_alt_text": False,
}


def test_the_defaults(call: Call, join: Join) -> None:
    assert call(get_app, join("yuki")) == (200, DEFAULTS)


@pytest.mark.parametrize("name", DEFAULTS)
def test_one_setting_changes_and_the_others_stay(name: str, call: Call, join: Join) -> None:
    yuki, changed = join("yuki"), {**DEFAULTS, name: not DEFAULTS[name]}
    others: dict[str, Any] = dict.fromkeys(DEFAULTS)  # null: unchanged
    assert call(edit_app, yuki, body={**others, name: changed[name]}) == (200, changed)
    assert call(get_app, yuki) == (200, changed)
    assert call(profile_app, yuki, "me")[1]["privacy"] == changed


def test_no_change_changes_nothing(call: Call, join: Join) -> None:
    assert call(edit_app, join("yuki", is_private=True), body={}) == (
        200,
        {**DEFAULTS, "is_private": True},
    )


@pytest.mark.parametrize("wrong", ["maybe", 7, [], {}])
def test_a_setting_is_yes_or_no(wrong: Any, call: Call, join: Join) -> None:
    yuki = join("yuki")
    status, body = call(edit_app, yuki, body={"show_presence": wrong, "is_private": True})
    assert (status, body["code"]) == (400, "invalid_input")
    assert call(get_app, yuki) == (200, DEFAULTS)


def test_a_deleted_account_has_no_settings(aws: MemoryAws, call: Call, join: Join) -> None:
    yuki = join("yuki")
    yuki.delete()
    assert call(get_app, yuki)[0] == 404
    assert call(edit_app, yuki, body={"is_private": True})[0] == 404
    assert aws.dynamo.items("hoshi-users") == []


def test_values_that_are_so_already_change_nothing(call: Call, join: Join) -> None:
    yuki = join("yuki", is_private=True)
    before = User.get(yuki.user_id).attribute_values
    same = {**DEFAULTS, "is_private": True}
    assert call(edit_app, yuki, body=same) == (200, same)
    assert User.get(yuki.user_id).attribute_values == before
    assert call(edit_app, yuki, body=DEFAULTS) == (200, DEFAULTS)
    assert User.get(yuki.user_id).updated_at != before["updated_at"]
