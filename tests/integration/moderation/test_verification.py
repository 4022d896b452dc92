"""A verification request on real tables, with KMS and S3: what is stored, and who may open it."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.ministack import MiniStack
from media.models import Upload
from moderation.approve_verification import app as approve_app
from moderation.list_verifications import app as list_app
from moderation.request_verification import app as request_app
from moderation.verification_models import Verification
from shared.access.caller import Caller
from shared.config import config
from shared.http.endpoint import Endpoint
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.events import load_event
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.uploads import an_upload
from users.models import User

ADMIN = Caller(new_id(), "chief", new_id(), "admin", "full")
KEY = "alias/hoshi-verification"


@pytest.fixture
def yuki(foundation: MiniStack) -> Caller:
    return a_user()


@pytest.fixture
def face(foundation: MiniStack, yuki: Caller) -> Upload:
    s3 = foundation.client("s3")
    s3.create_bucket(Bucket=config.media_bucket)
    upload = an_upload(yuki, purpose="verification")
    s3.put_object(Bucket=config.media_bucket, Key=upload.media["original"], Body=b"a face")
    return upload


def call(app: Endpoint, caller: Caller, **given: Any) -> dict[str, Any]:
    route = app.declaration.routes[0]
    event = gateway_event(f"{route.method} {route.path}", caller=caller, **given)
    answer = app(event, LambdaContext())
    assert answer["statusCode"] in (200, 201), answer["body"]
    body: dict[str, Any] = json.loads(answer["body"])
    return body


def as_role(emulator: MiniStack, role: str, service: str) -> Any:
    arn = f"arn:aws:iam::000000000000:role/hoshi-{role}"
    given = emulator.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=emulator.endpoint,
        region_name="us-east-1",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def requested(yuki: Caller, face: Upload) -> Verification:
    body = json.loads(load_event("moderation", "request_verification")["body"])
    call(request_app, yuki, body={**body, "upload_id": face.upload_id})
    found = Verification.find(yuki.user_id, consistent=True)
    assert found is not None
    return found


def test_from_the_request_to_the_badge(foundation: MiniStack, yuki: Caller, face: Upload) -> None:
    request = requested(yuki, face)
    assert "X1234567" not in str(request.attribute_values)
    assert Upload.find(face.upload_id, consistent=True) is None
    s3 = foundation.client("s3")
    kept = s3.head_object(Bucket=config.media_bucket, Key=request.picture_key or "")
    assert (kept["ServerSideEncryption"], kept["SSEKMSKeyId"]) == ("aws:kms", KEY)
    [shown] = [
        each
        for each in call(list_app, ADMIN)["requests"]
        if each["request_id"] == request.request_id
    ]
    assert shown["id_card_number"] == "X1234567"
    decided = call(approve_app, ADMIN, path={"request_id": request.request_id})
    assert decided["status"] == "approved"
    user = User.find(yuki.user_id, consistent=True)
    assert user is not None
    assert user.is_verified


def test_one_role_alone_opens_what_another_one_sealed(foundation: MiniStack, yuki: Caller) -> None:
    context = {"user_id": yuki.user_id, "request_id": new_id()}
    sealed = as_role(foundation, "moderation", "kms").encrypt(
        KeyId=KEY, Plaintext=b"X1234567", EncryptionContext=context
    )["CiphertextBlob"]
    asked = {"KeyId": KEY, "CiphertextBlob": sealed, "EncryptionContext": context}
    assert as_role(foundation, "identity-reviewer", "kms").decrypt(**asked)["Plaintext"] == (
        b"X1234567"
    )
    for role in ("moderation", "export-worker", "media"):
        with pytest.raises(ClientError) as refused:
            as_role(foundation, role, "kms").decrypt(**asked)
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_only_the_reviewer_reads_pictures(
    foundation: MiniStack, yuki: Caller, face: Upload
) -> None:
    request = requested(yuki, face)
    place = {"Bucket": config.media_bucket, "Key": request.picture_key}
    assert as_role(foundation, "identity-reviewer", "s3").get_object(**place)
    for role in ("moderation", "media", "profiles", "posts"):
        with pytest.raises(ClientError) as refused:
            as_role(foundation, role, "s3").get_object(**place)
        assert refused.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")
