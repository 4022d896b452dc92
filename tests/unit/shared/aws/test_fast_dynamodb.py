"""The faster calls give what botocore and PynamoDB give, and are off with an untested botocore."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError
from botocore.parsers import ResponseParserFactory
from botocore.serialize import JSONSerializer
from pynamodb.models import Model

from auth.models import Challenge
from posts.models import Post
from shared.aws.clients import client
from shared.aws.fast_dynamodb import TESTED_VERSIONS, DynamoSigner
from shared.dynamodb.tables import read_items
from tests.support.botocores import UNTESTED, use_botocore
from tests.support.memory_aws import MemoryAws
from tests.unit.conftest import Log

ITEM = {
    "post_id": {"S": "01KE6ND5G0000000000000000A"},
    "author_id": {"S": "01KE6ND5G0000000000000000B"},
    "author_username": {"S": "somebody"},
    "is_reel": {"BOOL": True},
    "like_count": {"N": "41"},
    "media": {"S": '[{"upload_id":"u","variants":{"320":"k"}}]'},
    "caption": {"S": "Größe ✓"},
    "location": {"NULL": True},
    "created_at": {"S": "2026-01-02T03:04:05.678Z"},
    "updated_at": {"S": "2026-01-02T03:04:05.678Z"},
    "unknown": {"L": [{"M": {"a": {"N": "1"}}}]},
}

CHALLENGE: dict[str, Any] = {
    "user_id": "01KE6ND5G0000000000000000A",
    "key_id": "0123abcd",
    "tries_left": 5,
    "sent_at": 1_767_614_400_000,
    "valid_until": 1_767_615_000_000,
    "expires_at": 1_767_700_800,
}
BODY = '{"TableName":"hoshi-posts","Key":{"post_id":{"S":"Größe ✓"}}}'.encode()


def test_an_item_is_read_as_pynamodb_reads_it() -> None:
    ours = Post.from_raw_data(ITEM)
    theirs = Model.from_raw_data.__func__(Post, ITEM)  # type: ignore[attr-defined]
    assert ours.attribute_values == theirs.attribute_values
    assert (ours.like_count, ours.is_reel, ours.visibility) == (41, True, "public")
    assert ours.location is None
    assert ours.serialize() == theirs.serialize()


def test_items_do_not_share_what_they_hold() -> None:
    first, second = Post.from_raw_data(ITEM), Post.from_raw_data(ITEM)
    first.like_count = 7
    first.media.append({})
    assert second.like_count == 41
    assert len(second.media) == 1


def test_values_cross_botocore_untouched(aws: MemoryAws) -> None:
    table = "hoshi-posts"
    client("dynamodb").put_item(TableName=table, Item=ITEM)
    key: dict[str, Any] = {"post_id": ITEM["post_id"]}
    assert client("dynamodb").get_item(TableName=table, Key=key)["Item"] == ITEM
    found = read_items([(Post, ITEM["post_id"]["S"])])
    [post] = found.of(Post)
    assert post.caption == "Größe ✓"


def test_an_answer_that_mentions_binary_is_the_same_answer(aws: MemoryAws) -> None:
    """It goes through botocore, as those do that hold some."""
    item = {**ITEM, "caption": {"S": "B"}, "BS": {"N": "1"}}
    client("dynamodb").put_item(TableName="hoshi-posts", Item=item)
    key: dict[str, Any] = {"post_id": ITEM["post_id"]}
    answer = client("dynamodb").get_item(TableName="hoshi-posts", Key=key)
    assert answer["Item"] == item
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_an_item_gives_what_it_holds_and_none_for_the_rest() -> None:
    post = Post("p", author_id="a", like_count=3)
    post.location = "Kyoto"
    del post.location
    assert (post.like_count, post.location, post.edited_at) == (3, None, None)
    assert post.attribute_values["author_id"] == "a"
    assert Post.like_count is Post.get_attributes()["like_count"]


def test_binary_values_are_read_and_written_as_bytes(aws: MemoryAws) -> None:
    challenge = Challenge("register#somebody", digest=b"\x00\xff", **CHALLENGE)
    challenge.create()
    found = Challenge.find("register#somebody")
    assert found is not None
    assert found.digest == b"\x00\xff"


def test_a_value_of_another_type_is_no_item_of_the_table() -> None:
    with pytest.raises(KeyError):
        Post.from_raw_data({**ITEM, "like_count": {"S": "many"}})


def test_a_new_item_is_what_pynamodb_would_make() -> None:
    given: dict[str, Any] = {"author_id": "a", "caption": "Here", "location": None}
    ours, theirs = Post("p", **given), Post.__new__(Post)
    Model.__init__(theirs, "p", **given)
    assert ours.attribute_values == theirs.attribute_values
    assert ours.caption == "Here"
    assert Post("q").mentions is not Post("r").mentions


def test_an_item_has_no_attribute_that_its_table_does_not_know() -> None:
    with pytest.raises(ValueError, match="Post has no attribute colour"):
        Post("p", colour="red")


# ── Signatures ────────────────────────────────────────────────────────────────────────────────────


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


# ── The version of botocore ───────────────────────────────────────────────────────────────────────


def private_parts(made: Any) -> tuple[bool, bool, bool, bool]:
    """Whether the signer, the serializer, the parsers and the endpoint rules are botocore's own."""
    return (
        not isinstance(made._request_signer.sign, DynamoSigner),
        type(made._serializer) is JSONSerializer,
        type(made._endpoint._response_parser_factory) is ResponseParserFactory,
        made._ruleset_resolver is not None,
    )


def test_the_pinned_botocore_is_sped_up(log: Log) -> None:
    assert private_parts(client("dynamodb")) == (False, False, False, False)
    assert client("sqs")._ruleset_resolver is None  # type: ignore[attr-defined]
    assert client("s3")._ruleset_resolver is not None  # type: ignore[attr-defined]
    assert log.lines == []


def test_an_untested_botocore_is_left_alone_and_logged_once(log: Log, wire: object) -> None:
    with use_botocore(UNTESTED):
        assert private_parts(client("dynamodb")) == (True, True, True, True)
        assert client("sqs")._ruleset_resolver is not None  # type: ignore[attr-defined]
    [line] = log.lines
    assert (line["level"], line["botocore"], line["tested"]) == (
        "WARNING",
        "1.999.0",
        list(TESTED_VERSIONS),
    )
