"""The audit log: append only, and read by time, administrator, action and target."""

from dataclasses import replace
from typing import Any

import pytest

from moderation import audit, list_audit_log
from moderation.models import AuditEntry
from shared.access.caller import Caller
from shared.clock import seconds, stop_at
from shared.dynamodb.tables import transaction
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.posts import call, name
from tests.unit.moderation.conftest import an_admin


def act(admin_id: str, action: str = "ban_user", target_id: str | None = None) -> str:
    """Record an act; return its target."""
    target_id = target_id or new_id()
    with transaction() as write:
        audit.record(write, admin_id, action, ("user", target_id), "Spam", until=None)
    return target_id


def log(reader: Caller, /, **asked: str) -> Any:
    status, page = call(list_audit_log, "GET /admin/audit-log", reader, query=asked or None)
    assert status == 200, page
    return page


def targets(page: Any) -> list[str]:
    return [each["target_id"] for each in page["entries"]]


def test_an_entry_says_who_did_what_to_what() -> None:
    admin = an_admin()
    target_id = act(admin.user_id)
    [entry] = log(admin)["entries"]
    assert entry["admin"]["id"] == admin.user_id
    assert {key: entry[key] for key in ("action", "target_type", "target_id", "reason")} == {
        "action": "ban_user",
        "target_type": "user",
        "target_id": target_id,
        "reason": "Spam",
    }
    assert entry["details"] == {"until": None}
    act("deployer", "make_admin")
    assert log(admin)["entries"][0]["admin"] is None


def test_filters_apply_together() -> None:
    one, other = an_admin(), an_admin()
    first = act(one.user_id)
    second = act(other.user_id, "unban_user", first)
    third = act(one.user_id, "unban_user")
    assert targets(log(one)) == [third, second, first]
    assert targets(log(one, admin=one.user_id)) == [third, first]
    assert targets(log(one, admin="me", action="unban_user")) == [third]
    assert targets(log(one, admin=name(other))) == [second]
    assert targets(log(one, action="unban_user")) == [third, second]
    found = log(one, target_id=first)["entries"]
    assert [each["action"] for each in found] == ["unban_user", "ban_user"]
    found = log(one, target_id=first, admin=other.user_id)["entries"]
    assert [each["action"] for each in found] == ["unban_user"]
    assert targets(log(one, target_id=first, action="x")) == []


@pytest.mark.parametrize("asked", [{}, {"action": "ban_user"}])
def test_pages_go_through_the_months_to_the_end(asked: dict[str, str]) -> None:
    admin, made = an_admin(), []
    for moment in (
        "2025-11-30T23:00:00.000Z",
        "2025-12-01T01:00:00.000Z",
        "2026-02-01T00:00:00.000Z",
    ):
        with stop_at(seconds(moment)):
            made.append(act(admin.user_id))
            made.append(act(admin.user_id))
    for limit in ("1", "2", "3", "100"):
        with stop_at(seconds("2026-12-31T00:00:00.000Z")):
            admin = replace(admin, session_id=new_id())
            seen, cursor = [], None
            for _ in range(20):
                page = log(admin, limit=limit, **asked, **({"cursor": cursor} if cursor else {}))
                seen += targets(page)
                cursor = page["next_cursor"]
                if cursor is None:
                    break
        assert cursor is None
        assert sorted(seen) == sorted(made)
        assert len(seen) == len(made)


def test_an_entry_is_never_put_over_another(monkeypatch: pytest.MonkeyPatch) -> None:
    admin_id, fixed = new_id(), new_id()
    monkeypatch.setattr(audit, "new_id", lambda: fixed)
    act(admin_id, target_id=admin_id)
    with pytest.raises(Exception, match="condition"):
        act(admin_id, target_id=admin_id)


def test_each_list_has_the_entry_once() -> None:
    admin_id, target_id = new_id(), new_id()
    act(admin_id, "ban_user", target_id)
    for kind, value in (("admin", admin_id), ("action", "ban_user"), ("target", target_id)):
        [entry] = AuditEntry.query(audit.list_name(kind, value))
        assert not audit.is_of_month(entry)


def test_only_administrators_read_it() -> None:
    status, answer = call(list_audit_log, "GET /admin/audit-log", a_user())
    assert (status, answer["code"]) == (403, "admin_only")
    status, answer = call(list_audit_log, "GET /admin/audit-log", an_admin(), query={"admin": "x"})
    assert (status, answer["code"]) == (404, "user_not_found")
