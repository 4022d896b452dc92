"""What follows from a verification request: events, notifications, mails, and no picture left."""

import json
from typing import Any

import pytest

from moderation import audit
from moderation.on_moderation_changed import app
from moderation.verification_models import Verification
from notifications.event_mapping import entries_of
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import transaction
from shared.events.envelopes import Envelope
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.streams import batch, stream_record
from users.models import User


@pytest.fixture
def yuki(aws: MemoryAws) -> Caller:
    return a_user()


def pending(aws: MemoryAws, owner: Caller) -> Verification:
    request_id = new_id()
    key = f"verification/{request_id}"
    aws.objects[key] = (b"a face", "image/jpeg")
    return Verification(
        owner.user_id,
        request_id=request_id,
        reason="I drum.",
        sealed_card="c2VhbGVk",
        card_ending="5678",
        picture_key=key,
        expires_at=2_000_000_000,
        created_at=timestamp(),
    )


def decided(request: Verification, status: str) -> Verification:
    return Verification(
        request.user_id,
        request_id=request.request_id,
        reason=request.reason,
        status=status,
        rejection_reason="No <b>face</b>." if status == "rejected" else None,
        resolved_at=timestamp(),
        created_at=request.created_at,
    )


def deliver(old: Verification | None, new: Verification | None) -> None:
    event = batch(stream_record(1, old=old, new=new))
    assert app(event, LambdaContext()) == {"batchItemFailures": []}


def mails(aws: MemoryAws) -> list[dict[str, Any]]:
    return [json.loads(each) for each in aws.sent.get("emails", [])]


@pytest.mark.parametrize("status", ["approved", "rejected"])
def test_a_decision_is_published_mailed_and_deletes_the_picture(
    aws: MemoryAws, yuki: Caller, status: str
) -> None:
    request = pending(aws, yuki)
    after = decided(request, status)
    deliver(request, after)
    assert aws.objects == {}
    [published] = aws.published["moderation"]
    assert published["type"] == f"verification.{status}"
    assert published["data"] == {
        "user_id": yuki.user_id,
        "request_id": request.request_id,
        "resolved_at": after.resolved_at,
    }
    [mail] = mails(aws)
    assert (mail["template"], mail["to"]) == (
        f"verification_{status}",
        f"{yuki.username}@example.com",
    )
    assert mail["values"].get("reason") == after.rejection_reason


def test_a_repeated_change_sends_the_same_mail_and_notifies_once(
    aws: MemoryAws, yuki: Caller
) -> None:
    request = pending(aws, yuki)
    after = decided(request, "approved")
    for _ in range(2):
        deliver(request, after)
    assert len({mail["id"] for mail in mails(aws)}) == 1
    entries = [
        entry
        for each in aws.published["moderation"]
        for entry in entries_of(Envelope.from_json(json.dumps(each)).event)
    ]
    assert {(entry.user_id, entry.type, entry.entity_id) for entry in entries} == {
        (yuki.user_id, "verification.approved", request.request_id)
    }
    assert len({entry.notification_id for entry in entries}) == 1


@pytest.mark.parametrize("gone", [True, False])
def test_a_deleted_account_gets_no_mail(aws: MemoryAws, yuki: Caller, gone: bool) -> None:
    if gone:
        User(yuki.user_id).delete()
    else:
        User(yuki.user_id).update([User.status.set("deleted")])
    request = pending(aws, yuki)
    deliver(request, decided(request, "approved"))
    assert mails(aws) == []


def test_a_new_request_is_published_for_the_administrators_and_keeps_its_picture(
    aws: MemoryAws, yuki: Caller
) -> None:
    chief = a_user(role="admin")
    with transaction() as write:
        audit.record(write, "deployer", "make_admin", ("user", chief.user_id))
    request = pending(aws, yuki)
    deliver(None, request)
    [published] = aws.published["moderation"]
    assert published["type"] == "verification.requested"
    assert published["data"] == {
        "user_id": yuki.user_id,
        "request_id": request.request_id,
        "admin_ids": [chief.user_id],
        "created_at": request.created_at,
    }
    assert mails(aws) == []
    assert list(aws.objects) == [request.picture_key]


def test_the_picture_of_a_request_that_is_forgotten_or_replaced_is_deleted(
    aws: MemoryAws, yuki: Caller
) -> None:
    old, new = pending(aws, yuki), pending(aws, yuki)
    deliver(old, new)
    assert list(aws.objects) == [new.picture_key]
    assert aws.published["moderation"][0]["type"] == "verification.requested", "the second, too"
    deliver(new, None)
    assert aws.objects == {}


def test_what_s3_does_not_delete_is_tried_again(aws: MemoryAws, yuki: Caller) -> None:
    request = pending(aws, yuki)
    aws.fail("s3.DeleteObject", "AccessDenied", status=403, times=1)
    deliver(request, None)
    [job] = aws.sent["moderation-failures"]
    retried = app(
        {"Records": [{"eventSource": "aws:sqs", "messageId": "m", "body": job}]}, LambdaContext()
    )
    assert retried == {"batchItemFailures": []}
    assert aws.objects == {}
