"""Asking for an export, what is said of it, and what follows from its changes."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from exports import exports, get_export, request_export
from exports.models import Export
from exports.on_exports_changed import app as stream_app
from exports.on_exports_changed import publish_ready
from shared.clock import stop_at, timestamp
from shared.dynamodb.changes import Change
from shared.events.users import ExportReady
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.people import Call, Join, as_caller
from tests.support.streams import batch, stream_record
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
    asked = exports.request_export(user.user_id)
    key = exports.new_key(user.user_id)
    exports.finish(user.user_id, asked.export_id, key, size)
    return stored(user)


def test_who_never_asked_has_none(call: Call, yuki: User) -> None:
    assert call(get_export.app, yuki) == (200, NOTHING)


def test_asking_is_answered_before_anything_is_made(call: Call, yuki: User, noon: float) -> None:
    pending = NOTHING | {"status": "pending", "requested_at": timestamp()}
    assert call(request_export.app, yuki) == (202, pending)
    assert call(get_export.app, yuki) == (200, pending)


def test_asking_is_one_write(call: Call, aws: MemoryAws, yuki: User) -> None:
    aws.dynamo.calls.clear()
    call(request_export.app, yuki)
    of_the_gate = aws.dynamo.calls[:-1]
    assert set(of_the_gate) == {"UpdateItem"}
    assert aws.dynamo.calls[-1] == "PutItem"


def test_one_that_is_under_way_is_not_begun_again(call: Call, yuki: User, noon: float) -> None:
    call(request_export.app, yuki)
    begun = stored(yuki).export_id
    with stop_at(noon + 3600):
        status, answer = call(request_export.app, yuki)
    assert (status, answer["status"]) == (202, "pending")
    assert answer["requested_at"] == timestamp(noon)
    assert stored(yuki).export_id == begun


def test_a_key_that_comes_again_gets_the_first_answer(yuki: User, noon: float) -> None:
    event = gateway_event(
        "POST /account/export", caller=as_caller(yuki), headers={"Idempotency-Key": "k1"}
    )
    first = request_export.app(event, LambdaContext())
    exports.fail(yuki.user_id, stored(yuki).export_id)
    again = request_export.app(event, LambdaContext())
    assert (first["statusCode"], again["statusCode"]) == (202, 202)
    assert json.loads(again["body"]) == json.loads(first["body"])
    assert again["headers"]["Idempotent-Replayed"] == "true"
    assert stored(yuki).status == "failed", "nothing was begun"


def test_one_that_is_ready_can_be_fetched_for_a_day(call: Call, yuki: User, noon: float) -> None:
    export = made_ready(yuki)
    with stop_at(noon + DAY - 60):
        status, answer = call(request_export.app, yuki)
    assert (status, answer["status"], answer["size"]) == (202, "ready", 1234)
    assert answer["ready_at"] == timestamp(noon)
    assert answer["expires_at"] == timestamp(noon + DAY)
    assert stored(yuki).export_id == export.export_id
    url = urlsplit(answer["url"])
    assert url.path.endswith(export.object_key)
    assert parse_qs(url.query)["X-Amz-Expires"] == ["60"], "the link ends with the archive"
    with stop_at(noon + DAY):
        assert call(get_export.app, yuki) == (200, NOTHING)
        assert call(request_export.app, yuki)[1]["status"] == "pending"
    assert stored(yuki).export_id != export.export_id


def test_one_that_failed_can_be_asked_for_again_at_once(call: Call, yuki: User) -> None:
    asked = exports.request_export(yuki.user_id)
    exports.fail(yuki.user_id, asked.export_id)
    assert call(get_export.app, yuki)[1]["status"] == "failed"
    assert call(request_export.app, yuki)[1]["status"] == "pending"
    assert stored(yuki).export_id != asked.export_id


def test_one_whose_worker_died_counts_as_failed(call: Call, yuki: User, noon: float) -> None:
    exports.request_export(yuki.user_id)
    with stop_at(noon + exports.MAX_PENDING):
        assert call(get_export.app, yuki)[1]["status"] == "failed"
        assert call(request_export.app, yuki)[1]["status"] == "pending"


def test_a_new_one_says_nothing_of_the_one_before(yuki: User, noon: float) -> None:
    made_ready(yuki)
    with stop_at(noon + DAY):
        exports.request_export(yuki.user_id)
    assert (stored(yuki).object_key, stored(yuki).ready_at) == (None, None)


def test_the_link_is_its_owners_alone(call: Call, join: Join, yuki: User) -> None:
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
def test_an_export_is_wanted_while_it_is_pending(join: Join, status: str) -> None:
    user = join("yuki", status=status)
    asked = exports.request_export(user.user_id)
    found = exports.pending_owner(user.user_id, asked.export_id)
    assert found is not None
    assert found.user_id == user.user_id
    assert exports.pending_owner(user.user_id, "01KAEJ8V0M3Z5Q9W2X7Y4T6R1B") is None
    exports.fail(user.user_id, asked.export_id)
    assert exports.pending_owner(user.user_id, asked.export_id) is None


def test_nobody_wants_the_export_of_an_account_that_is_deleted_or_gone(join: Join) -> None:
    deleted, gone = join("deleted", status="deleted"), join("gone")
    for user in (deleted, gone):
        exports.request_export(user.user_id)
    gone.delete()
    assert exports.pending_owner(deleted.user_id, stored(deleted).export_id) is None
    assert exports.pending_owner(gone.user_id, stored(gone).export_id) is None


def happened(old: Export | None, new: Export | None) -> dict[str, Any]:
    answer: dict[str, Any] = stream_app(batch(stream_record(1, old=old, new=new)), None)
    return answer


def sent(aws: MemoryAws, queue: str) -> list[dict[str, Any]]:
    return [json.loads(body) for body in aws.sent.get(queue, [])]


def test_an_export_that_was_asked_for_is_put_to_work(aws: MemoryAws, yuki: User) -> None:
    asked = exports.request_export(yuki.user_id)
    happened(None, asked)
    job = {"user_id": yuki.user_id, "export_id": asked.export_id}
    assert sent(aws, "exports") == [job]
    assert not sent(aws, "emails")


def test_one_that_replaces_another_is_put_to_work(aws: MemoryAws, yuki: User, noon: float) -> None:
    old = made_ready(yuki)
    with stop_at(noon + DAY):
        new = exports.request_export(yuki.user_id)
    happened(old, new)
    assert [job["export_id"] for job in sent(aws, "exports")] == [new.export_id]
    assert not sent(aws, "emails")


def test_that_it_is_ready_is_told_and_mailed_with_a_link(aws: MemoryAws, yuki: User) -> None:
    asked = exports.request_export(yuki.user_id)
    ready = made_ready(yuki)
    happened(asked, ready)
    happened(asked, ready)  # the stream may bring it again
    assert not sent(aws, "exports")
    first, second = sent(aws, "emails")
    assert first["id"] == second["id"], "and it stays one mail"
    assert (first["template"], first["to"]) == ("export_ready", yuki.email)
    assert first["values"]["username"] == "yuki"
    assert ready.object_key in first["values"]["link"]
    [event, _] = aws.published["users"]
    assert event["type"] == "user.export_ready"
    assert event["data"] == {"user_id": yuki.user_id, "requested_at": asked.requested_at}


def test_that_it_failed_is_mailed_without_a_link(aws: MemoryAws, yuki: User) -> None:
    asked = exports.request_export(yuki.user_id)
    exports.fail(yuki.user_id, asked.export_id)
    happened(asked, stored(yuki))
    [mail] = sent(aws, "emails")
    assert (mail["template"], mail["values"]) == ("export_failed", {"username": "yuki"})
    assert not aws.published


@pytest.mark.parametrize("gone", [True, False])
def test_a_deleted_account_gets_no_mail(aws: MemoryAws, yuki: User, gone: bool) -> None:
    asked = exports.request_export(yuki.user_id)
    ready = made_ready(yuki)
    if gone:
        yuki.delete()
    else:
        yuki.update(actions=[User.status.set("deleted")])
    happened(asked, ready)
    assert not sent(aws, "emails")


def test_an_export_that_was_swept_away_tells_nothing(aws: MemoryAws, yuki: User) -> None:
    ready = made_ready(yuki)
    happened(ready, None)
    assert not aws.sent
    assert not aws.published


def test_what_is_told_names_no_file(yuki: User) -> None:
    asked, ready = exports.request_export(yuki.user_id), made_ready(yuki)
    change: Change[Export] = Change(asked, ready, "1", "r", "2026-01-05T12:00:00.000Z")
    told = list(publish_ready(change))
    assert told == [(None, ExportReady(yuki.user_id, asked.requested_at))]


def test_the_second_worker_of_an_export_does_not_change_it(aws: MemoryAws, yuki: User) -> None:
    ready = made_ready(yuki)
    exports.fail(yuki.user_id, ready.export_id)
    assert stored(yuki).status == "ready"
