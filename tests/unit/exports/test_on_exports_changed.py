"""The stream of exports: jobs for the worker, mails about results, and user.export_ready."""

import json
from typing import Any

import pytest

from exports.models import Export
from exports.on_exports_changed import app, publish_ready
from shared.clock import now, timestamp
from shared.dynamodb.changes import Change
from shared.events.users import ExportReady
from shared.ids import new_id
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join
from tests.support.streams import batch, stream_record
from users.models import User


@pytest.fixture
def yuki(join: Join) -> User:
    return join("yuki")


def pending(user: User) -> Export:
    return Export(
        user.user_id, export_id=new_id(), requested_at=timestamp(), expires_at=int(now()) + 3600
    )


def changed(export: Export, **values: Any) -> Export:
    """A copy of an export with other values."""
    copy = Export.from_raw_data(export.serialize())
    for name, value in values.items():
        setattr(copy, name, value)
    return copy


def ready(export: Export) -> Export:
    key = f"exports/{export.user_id}/{new_id()}.zip"
    return changed(export, status="ready", ready_at=timestamp(), object_key=key, size=1234)


def deliver(*changes: tuple[Export | None, Export | None]) -> None:
    """Deliver changes to the stream's Lambda, as one batch."""
    records = [stream_record(i, old=old, new=new) for i, (old, new) in enumerate(changes)]
    assert app(batch(*records), None) == {"batchItemFailures": []}


def sent(aws: MemoryAws, queue: str) -> list[dict[str, Any]]:
    return [json.loads(body) for body in aws.sent.get(queue, [])]


def test_a_new_export_becomes_a_job(aws: MemoryAws, yuki: User) -> None:
    export = pending(yuki)
    deliver((None, export))
    assert sent(aws, "exports") == [{"user_id": yuki.user_id, "export_id": export.export_id}]
    assert not sent(aws, "emails")
    assert not aws.published


def test_an_export_that_replaces_another_becomes_a_job(aws: MemoryAws, yuki: User) -> None:
    old, new = ready(pending(yuki)), pending(yuki)
    deliver((old, new))
    assert [job["export_id"] for job in sent(aws, "exports")] == [new.export_id]
    assert not sent(aws, "emails")
    assert not aws.published


def test_from_request_to_archive_there_is_one_job_one_event_and_one_mail(
    aws: MemoryAws, yuki: User
) -> None:
    requested = pending(yuki)
    made = ready(requested)
    deliver((None, requested), (requested, made), (made, changed(made, size=5678)), (made, None))
    assert [job["export_id"] for job in sent(aws, "exports")] == [requested.export_id]
    [event] = aws.published["users"]
    assert event["type"] == "user.export_ready"
    assert event["data"] == {"user_id": yuki.user_id, "requested_at": requested.requested_at}
    [mail] = sent(aws, "emails")
    assert (mail["template"], mail["to"]) == ("export_ready", yuki.email)
    assert mail["values"]["username"] == "yuki"
    assert made.object_key in mail["values"]["link"]


def test_a_repeated_delivery_repeats_neither_event_nor_mail(aws: MemoryAws, yuki: User) -> None:
    requested = pending(yuki)
    made = ready(requested)
    deliver((requested, made))
    deliver((requested, made))
    first, second = aws.published["users"]
    assert first["event_id"] == second["event_id"], "consumers recognise the repetition"
    first, second = sent(aws, "emails")
    assert first["id"] == second["id"], "so does the sender of mails"
    assert not sent(aws, "exports")


def test_a_failed_export_sends_a_mail_without_a_link(aws: MemoryAws, yuki: User) -> None:
    requested = pending(yuki)
    deliver((requested, changed(requested, status="failed")))
    [mail] = sent(aws, "emails")
    assert (mail["template"], mail["values"]) == ("export_failed", {"username": "yuki"})
    assert not aws.published


@pytest.mark.parametrize("gone", [True, False])
def test_a_deleted_account_gets_no_mail(aws: MemoryAws, yuki: User, gone: bool) -> None:
    requested = pending(yuki)
    if gone:
        yuki.delete()
    else:
        yuki.update(actions=[User.status.set("deleted")])
    deliver((requested, ready(requested)))
    assert not sent(aws, "emails")


def test_the_end_of_an_export_publishes_nothing(aws: MemoryAws, yuki: User) -> None:
    deliver((ready(pending(yuki)), None))
    assert not aws.sent
    assert not aws.published


def test_the_event_contains_no_link(yuki: User) -> None:
    requested = pending(yuki)
    change: Change[Export] = Change(requested, ready(requested), "1", "r", timestamp())
    assert list(publish_ready(change)) == [
        (None, ExportReady(yuki.user_id, requested.requested_at))
    ]
