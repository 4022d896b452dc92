"""DynamoDB's calls are signed as botocore would sign them."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError

from shared.aws.clients import client
from shared.aws.sigv4 import DynamoSigner, signing_key

BODY = '{"TableName":"hoshi-posts","Key":{"post_id":{"S":"Größe ✓"}}}'.encode()


@pytest.fixture(params=[None, "session/token+=="], ids=["of a user", "of a role"])
def credentials(request: pytest.FixtureRequest) -> Credentials:
    return Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", request.param)


@pytest.fixture
def dynamodb(credentials: Credentials) -> Iterator[Any]:
    """The functions' client, with these credentials."""
    made: Any = client("dynamodb")
    signer = made._request_signer
    before = signer._credentials
    signer._credentials = credentials
    yield made
    signer._credentials = before


def request_to(dynamodb: Any) -> AWSRequest:
    headers = {
        "X-Amz-Target": "DynamoDB_20120810.GetItem",
        "Content-Type": "application/x-amz-json-1.0",
        "User-Agent": "hoshi",
    }
    return AWSRequest("POST", f"{dynamodb.meta.endpoint_url}/", headers, BODY)


def test_a_request_is_signed_as_botocore_signs_it(dynamodb: Any, credentials: Credentials) -> None:
    ours, theirs = request_to(dynamodb), request_to(dynamodb)
    DynamoSigner(dynamodb)("GetItem", ours)
    botocore = SigV4Auth(credentials, "dynamodb", dynamodb.meta.region_name)
    moment = ours.headers["X-Amz-Date"]
    theirs.headers["X-Amz-Date"] = moment
    theirs.context["timestamp"] = moment
    if credentials.token:
        theirs.headers["X-Amz-Security-Token"] = credentials.token
    to_sign = botocore.string_to_sign(theirs, botocore.canonical_request(theirs))
    expected = botocore.signature(to_sign, theirs)
    signed = botocore.signed_headers(botocore.headers_to_sign(theirs))
    scope = botocore.scope(theirs)
    assert ours.headers["Authorization"] == (
        f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed}, Signature={expected}"
    )
    assert ours.headers["X-Amz-Security-Token"] == credentials.token


def test_another_body_has_another_signature(dynamodb: Any) -> None:
    first, second = request_to(dynamodb), request_to(dynamodb)
    second.data = BODY.replace(b"posts", b"users")
    for each in (first, second):
        DynamoSigner(dynamodb)("GetItem", each)
    assert first.headers["Authorization"] != second.headers["Authorization"]


def test_without_credentials_nothing_is_sent(dynamodb: Any) -> None:
    dynamodb._request_signer._credentials = None
    with pytest.raises(NoCredentialsError):
        DynamoSigner(dynamodb)("GetItem", request_to(dynamodb))


def test_the_functions_client_signs_so(dynamodb: Any) -> None:
    assert isinstance(dynamodb._request_signer.sign, DynamoSigner)


def test_a_key_is_of_one_day_region_and_service() -> None:
    """The example of AWS's own documentation of Signature Version 4."""
    key = signing_key(
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830/us-east-1/iam/aws4_request"
    )
    assert key.hex() == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
