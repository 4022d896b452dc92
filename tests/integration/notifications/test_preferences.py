"""Preferences on real tables: concurrent changes are all kept."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from notifications import edit_preferences, get_preferences
from notifications.types import SWITCHES
from tests.integration.posts.world import a_user, call

pytestmark = pytest.mark.usefixtures("foundation")
ROUTE = "PUT /settings/notifications"


def test_changes_of_several_types_at_once_are_all_kept() -> None:
    reader = a_user()
    chosen = SWITCHES[:8]

    def switch_off(name: str) -> int:
        while True:  # a call that lost too many races is tried again, as a client would
            body: Any = {"types": {name: False}}
            status, _ = call(edit_preferences.app, ROUTE, reader, body=body)
            if status != 503:
                return status

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(switch_off, chosen)) == {200}
    status, given = call(get_preferences.app, "GET /settings/notifications", reader)
    assert status == 200
    assert given["types"] == {name: name not in chosen for name in SWITCHES}
    assert given["push_enabled"] is True


def test_an_unknown_account_has_no_preferences() -> None:
    reader = a_user()
    gone = type(reader)("01KAEJB1R8W3C4E5G6H7J8K9M0", "gone", "s", "user", "full")
    status, given = call(edit_preferences.app, ROUTE, gone, body={"push_enabled": False})
    assert (status, given["code"]) == (404, "user_not_found")
