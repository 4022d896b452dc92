"""Faster calls: what replaces private parts of botocore, and only of the versions it was tested
with.

* DynamoDB's attribute values cross botocore untouched. On the wire `{"S": "..."}` already has the
  form in which PynamoDB makes and takes it; botocore would walk through each value by its service
  model, a quarter of the processor time of a page of posts. Only binary values, which are base64
  on the wire, still go that way.
* DynamoDB's calls are signed here. botocore's SigV4, which suits every service, is a fifth of a
  call. These all POST to one URL with the same few headers; only time, operation and body differ.
* A service has one URL for all calls. botocore would evaluate the service's endpoint rules for each
  of them, 15 % of a call. S3's URL depends on the bucket, so its client keeps the rules.

With any other version of botocore the clients stay as botocore made them: slower, and as correct.
"""

import hashlib
import hmac
import json
import logging
import re
import time
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import botocore
from botocore.exceptions import NoCredentialsError
from botocore.parsers import JSONParser, ResponseParserFactory
from botocore.serialize import JSONSerializer

from shared.aws.sigv4 import ALGORITHM, signing_key
from shared.config import config

# pyproject.toml pins one of them; tests/unit/wiring/test_pins.py compares the two.
TESTED_VERSIONS = ("1.43.106",)

# The answers to these operations hold nothing that JSON cannot express, except binary values.
_ANSWERS = {
    f"{operation}Output"
    for operation in (
        *("BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query"),
        *("TransactWriteItems", "UpdateItem"),
    )
}
_mentions_binary = re.compile(rb'"BS?"').search
# The names of shapes in DynamoDB's model: a value, and the maps of values.
_VALUE = "AttributeValue"
_MAPS = {"AttributeMap", "ExpressionAttributeValueMap", "Key", "PutItemInputAttributeMap"}


def speed_up(client: Any, service: str) -> None:
    """Replace the slow parts of a botocore client of `service`, if this botocore was tested."""
    if not _is_tested():
        return
    if service != "s3":
        client._ruleset_resolver = None
    if service == "dynamodb":
        client._endpoint._response_parser_factory = _Parsers()
        if type(client._serializer) is JSONSerializer:
            client._serializer = _Serializer()
        client._request_signer.sign = DynamoSigner(client)


@cache
def _is_tested() -> bool:
    version: str = botocore.__version__
    if version in TESTED_VERSIONS:
        return True
    # `shared.observability` is above this package; its handler takes this line as well.
    logging.getLogger(config.log_name).warning(
        "botocore was not tested with the faster calls: they are off",
        extra={"botocore": version, "tested": list(TESTED_VERSIONS)},
    )
    return False


def _is_plain(shape: Any, value: Any) -> bool:
    """Whether `value` is an attribute value or a map of them, and none is binary."""
    if shape.name in _MAPS:
        return not any("B" in each for each in value.values())
    return bool(shape.name == _VALUE and "B" not in value)


class _Parser(JSONParser):
    def _handle_json_body(self, raw_body: bytes, shape: Any) -> Any:
        if shape.name in _ANSWERS and not _mentions_binary(raw_body):
            return self._parse_body_as_json(raw_body)  # type: ignore[attr-defined]
        return super()._handle_json_body(raw_body, shape)  # type: ignore[misc]

    def _handle_map(self, shape: Any, value: Any) -> Any:
        if value is not None and _is_plain(shape, value):
            return value
        return super()._handle_map(shape, value)  # type: ignore[misc]

    def _handle_structure(self, shape: Any, value: Any) -> Any:
        if value is not None and _is_plain(shape, value):
            return value
        return super()._handle_structure(shape, value)  # type: ignore[misc]


class _Parsers(ResponseParserFactory):
    def create_parser(self, protocol_name: str) -> Any:
        return _Parser() if protocol_name == "json" else super().create_parser(protocol_name)


class _Serializer(JSONSerializer):
    def serialize_to_request(self, parameters: Any, operation_model: Any) -> Any:
        try:
            body = json.dumps(parameters)
        except TypeError:  # it holds binary values
            return super().serialize_to_request(parameters, operation_model)
        request = super().serialize_to_request({}, operation_model)
        request["body"] = body.encode()
        return request


class DynamoSigner:
    """Signs the requests of one DynamoDB client, in place of botocore's `RequestSigner.sign`."""

    def __init__(self, dynamodb: Any) -> None:
        self._credentials = dynamodb._request_signer._credentials
        self._region: str = dynamodb.meta.region_name
        url = urlsplit(dynamodb.meta.endpoint_url)
        self._host, self._path = url.netloc, url.path or "/"

    def __call__(self, operation_name: str, request: Any, *_: Any, **__: Any) -> None:
        """Give `request`, a botocore `AWSRequest`, the headers that prove who sends it."""
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        scope = f"{moment[:8]}/{self._region}/dynamodb/aws4_request"
        if self._credentials is None:
            raise NoCredentialsError
        frozen = self._credentials.get_frozen_credentials()
        headers = request.headers
        signed = [
            ("content-type", headers["Content-Type"]),
            ("host", self._host),
            ("x-amz-date", moment),
            ("x-amz-target", headers["X-Amz-Target"]),
        ]
        headers["X-Amz-Date"] = moment
        if frozen.token:
            signed.insert(3, ("x-amz-security-token", frozen.token))
            headers["X-Amz-Security-Token"] = frozen.token
        lines = "".join([f"{name}:{value}\n" for name, value in signed])
        names = ";".join([name for name, _ in signed])
        body = hashlib.sha256(request.data).hexdigest()
        canonical = f"POST\n{self._path}\n\n{lines}\n{names}\n{body}"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = f"{ALGORITHM}\n{moment}\n{scope}\n{digest}"
        key = signing_key(frozen.secret_key, scope)
        signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
        headers["Authorization"] = (
            f"{ALGORITHM} Credential={frozen.access_key}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}"
        )
