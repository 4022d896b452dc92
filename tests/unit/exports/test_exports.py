"""Requesting an export, its status, and the changes that its worker makes."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from exports import exports, get_export, request_export
from exports.models import Export
from shared.clock import stop_at, timestamp
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.people import Call, Join, as_caller
from users.models import User

NOTHING = {
    "status": "none",
    "requested_at": None,
    "ready_at": None,
    "url": None,
    "size": None,
    "expires_at": None,
}
DAY = 24 * 3600


@pytest.fixture
def yuki(join: Join) -> User:
    return join("yuki")


def stored(user: User) -> Export:
    found = Export.find(user.user_id)
    assert found is not None
    return found


def made_ready(user: User, size: int = 1234) -> Export:
    requested = exports.request_export(user.user_id)
    key = exports.new_key(user.user_id)
    exports.finish(user.user_id, requested.export_id, key, size)
    return stored(user)


def test_without_a_request_there_is_no_export(call: Call, yuki: User) -> None:
    assert call(get_export.app, yuki) == (200, NOTHING)


def test_a_request_is_answered_before_the_archive_is_made(
    call: Call, yuki: User, noon: float
) -> None:
    pending = NOTHING | {"status": "pending", "requested_at": timestamp()}
    assert call(request_export.app, yuki) == (202, pending)
    assert call(get_export.app, yuki) == (200, pending)


def test_a_request_is_one_write(call: Call, aws: MemoryAws, yuki: User) -> None:
    aws.dynamo.calls.clear()
    call(request_export.app, yuki)
    gate_calls = aws.dynamo.calls[:-1]
    assert set(gate_calls) == {"UpdateItem"}
    assert aws.dynamo.calls[-1] == "PutItem"


def test_a_pending_export_is_not_started_again(call: Call, yuki: User, noon: float) -> None:
    call(request_export.app, yuki)
    started = stored(yuki).export_id
    with stop_at(noon + 3600):
        status, answer = call(request_export.app, yuki)
    assert (status, answer["status"]) == (202, "pending")
    assert answer["requested_at"] == timestamp(noon)
    assert stored(yuki).export_id == started


def test_a_repeated_key_gets_the_first_answer(yuki: User, noon: float) -> None:
    event = gateway_event(
        "POST /account/export", caller=as_caller(yuki), headers={"Idempotency-Key": "k1"}
    )
    first = request_export.app(event, LambdaContext())
    exports.fail(yuki.user_id, stored(yuki).export_id)
    again = request_export.app(event, LambdaContext())
    assert (first["statusCode"], again["statusCode"]) == (202, 202)
    assert json.loads(again["body"]) == json.loads(first["body"])
    assert again["headers"]["Idempotent-Replayed"] == "true"
    assert stored(yuki).status == "failed", "no export was started"


def test_a_ready_export_can_be_downloaded_for_a_day(call: Call, yuki: User, noon: float) -> None:
    export = made_ready(yuki)
    with stop_at(noon + DAY - 60):
        status, answer = call(request_export.app, yuki)
    assert (status, answer["status"], answer["size"]) == (202, "ready", 1234)
    assert answer["ready_at"] == timestamp(noon)
    assert answer["expires_at"] == timestamp(noon + DAY)
    assert stored(yuki).export_id == export.export_id
    url = urlsplit(answer["url"])
    assert url.path.endswith(export.object_key)
    assert parse_qs(url.query)["X-Amz-Expires"] == ["60"], "the link expires with the archive"
    with stop_at(noon + DAY):
        assert call(get_export.app, yuki) == (200, NOTHING)
        assert call(request_export.app, yuki)[1]["status"] == "pending"
    assert stored(yuki).export_id != export.export_id


def test_a_failed_export_can_be_requested_again_at_once(call: Call, yuki: User) -> None:
    requested = exports.request_export(yuki.user_id)
    exports.fail(yuki.user_id, requested.export_id)
    assert call(get_export.app, yuki)[1]["status"] == "failed"
    assert call(request_export.app, yuki)[1]["status"] == "pending"
    assert stored(yuki).export_id != requested.export_id


def test_an_export_without_a_result_counts_as_failed_in_the_end(
    call: Call, yuki: User, noon: float
) -> None:
    exports.request_export(yuki.user_id)
    with stop_at(noon + exports.MAX_PENDING):
        assert call(get_export.app, yuki)[1]["status"] == "failed"
        assert call(request_export.app, yuki)[1]["status"] == "pending"


def test_a_new_export_shows_nothing_of_the_old_one(yuki: User, noon: float) -> None:
    made_ready(yuki)
    with stop_at(noon + DAY):
        exports.request_export(yuki.user_id)
    assert (stored(yuki).object_key, stored(yuki).ready_at) == (None, None)


def test_only_the_owner_sees_the_link(call: Call, join: Join, yuki: User) -> None:
    made_ready(yuki)
    assert call(get_export.app, join("eve")) == (200, NOTHING)


def test_an_unverified_account_has_no_export(yuki: User) -> None:
    for app in (request_export.app, get_export.app):
        route = app.declaration.routes[0]
        event = gateway_event(
            f"{route.method} {route.path}", caller=as_caller(yuki, scope="unverified")
        )
        assert app(event, LambdaContext())["statusCode"] == 403


@pytest.mark.parametrize("status", ["banned", "active"])
def test_an_export_has_an_owner_to_work_for_while_it_is_pending(join: Join, status: str) -> None:
    user = join("yuki", status=status)
    requested = exports.request_export(user.user_id)
    found = exports.pending_owner(user.user_id, requested.export_id)
    assert found is not None
    assert found.user_id == user.user_id
    assert exports.pending_owner(user.user_id, "01KAEJ8V0M3Z5Q9W2X7Y4T6R1B") is None
    exports.fail(user.user_id, requested.export_id)
    assert exports.pending_owner(user.user_id, requested.export_id) is None


def test_the_export_of_a_deleted_or_purged_account_is_not_made(join: Join) -> None:
    deleted, gone = join("deleted", status="deleted"), join("gone")
    for user in (deleted, gone):
        exports.request_export(user.user_id)
    gone.delete()
    assert exports.pending_owner(deleted.user_id, stored(deleted).export_id) is None
    assert exports.pending_owner(gone.user_id, stored(gone).export_id) is None


def test_the_second_worker_of_an_export_does_not_change_it(aws: MemoryAws, yuki: User) -> None:
    ready = made_ready(yuki)
    exports.fail(yuki.user_id, ready.export_id)
    assert stored(yuki).status == "ready"
