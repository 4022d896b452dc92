"""Verification requests: what may be requested, who is shown what, what a decision leaves."""

import json
from typing import Any

import pytest

from exports.export_contents import _topics
from media.models import Upload
from moderation import (
    approve_verification,
    get_verification,
    list_verifications,
    on_user_erased,
    reject_verification,
    request_verification,
)
from moderation.audit import is_of_month
from moderation.models import AuditEntry
from moderation.verification_models import Verification
from profiles.get_profile import app as profile_app
from shared.access.caller import Caller
from shared.clock import now, stop_at
from shared.http.endpoint import Endpoint
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.erasing import erase
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.uploads import an_upload
from tests.unit.conftest import Log
from users.models import User

ADMIN = Caller(new_id(), "chief", new_id(), "admin", "full")
CARD = "X-1234-5678"
DAY = 24 * 3600


@pytest.fixture(autouse=True)
def at_noon(aws: MemoryAws, noon: float) -> None:
    """All of these need the tables, and a clock that stands still."""


@pytest.fixture
def yuki() -> Caller:
    return a_user()


def call(
    app: Endpoint, caller: Caller, body: dict[str, Any] | None = None, **given: Any
) -> tuple[int, Any]:
    route = app.declaration.routes[0]
    event = gateway_event(f"{route.method} {route.path}", caller=caller, body=body, **given)
    answer = app(event, LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def face(aws: MemoryAws, owner: Caller, **given: Any) -> Upload:
    upload = an_upload(owner, **{"purpose": "verification", **given})
    aws.objects[upload.media["original"]] = (b"a face", "image/jpeg")
    return upload


def ask(aws: MemoryAws, owner: Caller, **given: Any) -> tuple[int, Any]:
    upload_id = given.pop("upload_id", None) or face(aws, owner).upload_id
    body = {"id_card_number": CARD, "upload_id": upload_id, "reason": "I drum.", **given}
    return call(request_verification.app, owner, body)


def asked(aws: MemoryAws, owner: Caller) -> str:
    status, body = ask(aws, owner)
    assert status == 201, body
    return str(body["request_id"])


def decide(app: Endpoint, request_id: str, caller: Caller = ADMIN) -> tuple[int, Any]:
    body = {"reason": "No face."} if app is reject_verification.app else None
    return call(app, caller, body, path={"request_id": request_id})


def listed(status: str = "pending", **query: str) -> Any:
    code, body = call(list_verifications.app, ADMIN, query={"status": status, **query})
    assert code == 200, body
    return body


def stored(owner: Caller) -> Verification:
    found = Verification.find(owner.user_id)
    assert found is not None
    return found


def recorded(aws: MemoryAws) -> list[tuple[str, str, str]]:
    entries = map(AuditEntry.from_raw_data, aws.dynamo.items("hoshi-audit-log"))
    return [(each.admin_id, each.action, each.target_id) for each in entries if is_of_month(each)]


def badge(owner: Caller) -> bool:
    found = User.find(owner.user_id)
    return bool(found and found.is_verified)


def own_status(owner: Caller) -> str:
    answer = profile_app(gateway_event("GET /profile", caller=owner), LambdaContext())
    return str(json.loads(answer["body"])["verification_status"])


def test_the_person_sees_the_end_of_the_card_number_and_no_picture(
    aws: MemoryAws, yuki: Caller
) -> None:
    status, body = ask(aws, yuki)
    assert status == 201
    assert (body["id_card_number"], body["face_picture_url"]) == ("5678", None)
    assert (body["status"], body["reason"], body["user"]["id"]) == (
        "pending",
        "I drum.",
        yuki.user_id,
    )
    assert call(get_verification.app, yuki) == (200, body)
    assert call(get_verification.app, a_user())[1]["code"] == "request_not_found"


def test_of_a_short_number_at_most_half_is_shown(aws: MemoryAws, yuki: Caller) -> None:
    assert ask(aws, yuki, id_card_number="1234")[1]["id_card_number"] == "34"


def test_neither_number_nor_picture_is_stored_in_the_clear(aws: MemoryAws, yuki: Caller) -> None:
    upload = face(aws, yuki)
    ask(aws, yuki, upload_id=upload.upload_id)
    request = stored(yuki)
    assert CARD not in json.dumps([*aws.dynamo.items("hoshi-verifications")])
    assert aws.keys == {request.picture_key: "alias/hoshi-verification"}
    assert aws.objects[request.picture_key or ""][0] == b"a face"
    assert Upload.find(upload.upload_id) is None, "no URL of it can be signed any more"


def test_a_sealed_number_opens_for_its_request_only(aws: MemoryAws, yuki: Caller) -> None:
    asked(aws, yuki)
    omar = a_user()
    asked(aws, omar)
    Verification(omar.user_id).update([Verification.sealed_card.set(stored(yuki).sealed_card)])
    code, _ = call(list_verifications.app, ADMIN)
    assert code == 500


def test_an_administrator_is_shown_everything_and_every_look_is_recorded(
    aws: MemoryAws, yuki: Caller
) -> None:
    request_id = asked(aws, yuki)
    [shown] = listed()["requests"]
    assert shown["id_card_number"] == CARD
    assert f"/verification/{request_id}?" in shown["face_picture_url"]
    assert recorded(aws) == [(ADMIN.user_id, "view_verification", request_id)]
    listed()
    assert len(recorded(aws)) == 2


def test_what_cannot_be_recorded_is_not_shown(aws: MemoryAws, yuki: Caller) -> None:
    asked(aws, yuki)
    aws.calls.clear()
    aws.fail("dynamodb.TransactWriteItems", "InternalServerError", status=500)
    assert call(list_verifications.app, ADMIN)[0] == 503
    assert "kms.Decrypt" not in aws.calls


def test_one_request_is_pending_at_a_time(aws: MemoryAws, yuki: Caller) -> None:
    asked(aws, yuki)
    upload = face(aws, yuki)
    status, body = ask(aws, yuki, upload_id=upload.upload_id)
    assert (status, body["code"]) == (409, "verification_pending")
    assert Upload.find(upload.upload_id), "the picture stays the person's"
    assert len(aws.keys) == 1


def test_of_two_requests_at_the_same_time_one_is_stored(
    aws: MemoryAws, yuki: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_id = asked(aws, yuki)
    monkeypatch.setattr("moderation.verifications._check_may_request", lambda _user: None)
    before = dict(aws.objects)
    upload = face(aws, yuki)
    status, body = ask(aws, yuki, upload_id=upload.upload_id)
    assert (status, body["code"]) == (409, "verification_pending")
    assert stored(yuki).request_id == request_id
    assert aws.objects.keys() == before.keys() | {upload.media["original"]}, "no copy is left"


def test_who_has_the_badge_requests_nothing(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    star = a_user(is_verified=True)
    for _ in range(2):
        status, body = ask(aws, star)
        assert (status, body["code"]) == (409, "already_has_badge")
        # The second time as if the badge came after the look at it.
        monkeypatch.setattr("moderation.verifications._check_may_request", lambda _user: None)
    assert Verification.find(star.user_id) is None


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"purpose": "message"}, (400, "invalid_input")),
        ({"status": "processing"}, (409, "upload_not_ready")),
        ({"post_id": "01KAEJ8V0X2Y4Z6A8B0C1D3E5F"}, (409, "upload_in_use")),
    ],
)
def test_the_picture_is_a_ready_upload_made_for_it(
    aws: MemoryAws, yuki: Caller, given: dict[str, Any], answer: tuple[int, str]
) -> None:
    upload = face(aws, yuki, **given)
    status, body = ask(aws, yuki, upload_id=upload.upload_id)
    assert (status, body["code"]) == answer
    assert Verification.find(yuki.user_id) is None
    assert aws.objects.keys() == {upload.media["original"]}


def test_a_picture_that_is_deleted_meanwhile_leaves_nothing(
    aws: MemoryAws, yuki: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = face(aws, yuki)
    monkeypatch.setattr("moderation.verifications._face_picture", lambda *_: upload)
    Upload(upload.upload_id).delete()
    status, body = ask(aws, yuki, upload_id=upload.upload_id)
    assert (status, body["code"]) == (404, "upload_not_found")
    assert Verification.find(yuki.user_id) is None
    assert aws.objects.keys() == {upload.media["original"]}


def test_a_request_that_may_be_stored_keeps_its_picture(aws: MemoryAws, yuki: Caller) -> None:
    aws.fail("dynamodb.TransactWriteItems", "InternalServerError", status=500)
    assert ask(aws, yuki)[0] == 503
    assert len(aws.keys) == 1
    assert "s3.DeleteObject" not in aws.calls


def test_the_picture_is_the_persons_own(aws: MemoryAws, yuki: Caller) -> None:
    for upload_id in (face(aws, a_user()).upload_id, new_id(), "no upload"):
        status, body = ask(aws, yuki, upload_id=upload_id)
        assert (status, body["code"]) == (404, "upload_not_found")


def test_a_url_of_the_picture_names_it_as_well(aws: MemoryAws, yuki: Caller) -> None:
    url = f"https://example.com/{face(aws, yuki).media['original']}?X=1"
    body = {"id_card_number": CARD, "face_picture_url": url, "reason": "I drum."}
    assert call(request_verification.app, yuki, body)[0] == 201


@pytest.mark.parametrize(
    "given",
    [
        {"id_card_number": "123"},
        {"id_card_number": "1" * 33},
        {"reason": ""},
        {"reason": "x" * 501},
    ],
)
def test_bad_bodies(aws: MemoryAws, yuki: Caller, given: dict[str, Any]) -> None:
    status, body = ask(aws, yuki, **given)
    assert (status, body["code"]) == (400, "invalid_input")


def test_approval_gives_the_badge_and_deletes_what_proved_it(aws: MemoryAws, yuki: Caller) -> None:
    request_id = asked(aws, yuki)
    assert own_status(yuki) == "pending"
    status, body = decide(approve_verification.app, request_id)
    assert status == 200
    assert (body["status"], body["id_card_number"], body["face_picture_url"]) == (
        "approved",
        None,
        None,
    )
    assert body["user"]["is_verified"]
    assert badge(yuki)
    assert own_status(yuki) == "approved"
    request = stored(yuki)
    assert (request.sealed_card, request.card_ending, request.picture_key, request.expires_at) == (
        None,
        None,
        None,
        None,
    )
    assert recorded(aws) == [(ADMIN.user_id, "approve_verification", request_id)]


def test_after_a_rejection_another_request_may_be_sent(aws: MemoryAws, yuki: Caller) -> None:
    request_id = asked(aws, yuki)
    status, body = decide(reject_verification.app, request_id)
    assert (status, body["status"], body["rejection_reason"]) == (200, "rejected", "No face.")
    assert stored(yuki).sealed_card is None
    assert not badge(yuki)
    assert own_status(yuki) == "rejected"
    assert call(get_verification.app, yuki)[1]["rejection_reason"] == "No face."
    second = asked(aws, yuki)
    assert second != request_id
    assert decide(approve_verification.app, request_id)[1]["code"] == "request_not_found"
    assert not badge(yuki)


@pytest.mark.parametrize("first", [approve_verification.app, reject_verification.app])
@pytest.mark.parametrize("second", [approve_verification.app, reject_verification.app])
def test_a_decision_stands(
    aws: MemoryAws, yuki: Caller, first: Endpoint, second: Endpoint, monkeypatch: Any
) -> None:
    request_id = asked(aws, yuki)
    pending = stored(yuki)
    assert decide(first, request_id)[0] == 200
    has_badge = badge(yuki)
    for _ in range(2):
        status, body = decide(second, request_id)
        assert (status, body["code"]) == (409, "already_resolved")
        # The second time as if both had read the pending request.
        monkeypatch.setattr("moderation.verifications._find", lambda _request_id: pending)
    assert badge(yuki) == has_badge
    assert len(recorded(aws)) == 1


def test_a_decision_that_cannot_be_recorded_is_not_made(aws: MemoryAws, yuki: Caller) -> None:
    request_id = asked(aws, yuki)
    aws.fail("dynamodb.TransactWriteItems", "InternalServerError", status=500)
    assert decide(approve_verification.app, request_id)[0] == 503
    assert not badge(yuki)
    assert stored(yuki).status == "pending"


@pytest.mark.parametrize("request_id", ["01KAEJ8V0X2Y4Z6A8B0C1D3E5F", "nothing"])
def test_an_unknown_request(request_id: str) -> None:
    for app in (approve_verification.app, reject_verification.app):
        assert decide(app, request_id)[1]["code"] == "request_not_found"


def test_a_request_that_nobody_decides_ends_after_90_days(aws: MemoryAws, yuki: Caller) -> None:
    request_id = asked(aws, yuki)
    with stop_at(now() + 90 * DAY - 1):
        assert own_status(yuki) == "pending"
        assert len(listed()["requests"]) == 1
    with stop_at(now() + 90 * DAY):
        assert own_status(yuki) == "none"
        assert listed()["requests"] == []
        assert call(get_verification.app, yuki)[1]["code"] == "request_not_found"
        assert decide(approve_verification.app, request_id)[1]["code"] == "request_not_found"
        assert asked(aws, yuki) != request_id
    assert not badge(yuki)


def test_requests_are_listed_by_status_the_oldest_first(aws: MemoryAws) -> None:
    ids = []
    for second in range(5):
        with stop_at(now() + second):
            ids.append(asked(aws, a_user()))
    decide(approve_verification.app, ids[1])
    decide(reject_verification.app, ids[3])

    def walk(status: str) -> list[str]:
        found, more = [], {}
        while True:
            page = listed(status, limit="2", **more)
            found += [each["request_id"] for each in page["requests"]]
            if page["next_cursor"] is None:
                return found
            more = {"cursor": page["next_cursor"]}

    assert walk("pending") == [ids[0], ids[2], ids[4]]
    assert walk("approved") == [ids[1]]
    assert walk("rejected") == [ids[3]]
    assert walk("all") == ids


def test_a_page_has_at_most_20_requests(aws: MemoryAws) -> None:
    for _ in range(21):
        asked(aws, a_user())
    page = listed(limit="100")
    assert len(page["requests"]) == 20
    assert len(listed(limit="100", cursor=page["next_cursor"])["requests"]) == 1
    assert len(recorded(aws)) == 21


@pytest.mark.parametrize(
    "app", [list_verifications.app, approve_verification.app, reject_verification.app]
)
def test_only_administrators_may(aws: MemoryAws, yuki: Caller, app: Endpoint) -> None:
    request_id = asked(aws, yuki)
    body = {"reason": "No."} if app is reject_verification.app else None
    path = {"request_id": request_id} if app is not list_verifications.app else {}
    status, answer = call(app, yuki, body, path=path)
    assert (status, answer["code"]) == (403, "admin_only")
    assert recorded(aws) == []


def test_nothing_that_proves_who_a_person_is_is_logged(
    aws: MemoryAws, yuki: Caller, log: Log
) -> None:
    asked(aws, yuki)
    listed()
    assert CARD not in log.text
    assert "I drum." not in log.text


def test_erasing_the_account_deletes_the_request(aws: MemoryAws, yuki: Caller) -> None:
    asked(aws, yuki)
    erase(on_user_erased.app, yuki.user_id)
    assert Verification.find(yuki.user_id) is None


def test_the_export_contains_the_request_without_the_whole_number(
    aws: MemoryAws, yuki: Caller
) -> None:
    user = User.get(yuki.user_id)
    [empty] = [each for each in _topics(user) if each.name == "verification"]
    assert empty.content == {}
    request_id = asked(aws, yuki)
    [topic] = [each for each in _topics(user) if each.name == "verification"]
    assert isinstance(topic.content, dict)
    assert topic.content["request_id"] == request_id
    assert topic.content["card_ending"] == "5678"
    assert "sealed_card" not in topic.content
