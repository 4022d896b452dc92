"""DynamoDB's attribute values cross botocore untouched.

On the wire `{"S": "..."}` has the form already in which PynamoDB makes and takes it. Botocore would
walk through each of them by its service model, which is a quarter of what a page of posts costs the
processor. Only binary values, which are base64 on the wire, still go the long way.
"""

import json
import re
from typing import Any

from botocore.parsers import JSONParser, ResponseParserFactory
from botocore.serialize import JSONSerializer

# What these answer holds nothing that JSON cannot say, but for binary values.
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


class _Serializer(JSONSerializer):
    def serialize_to_request(self, parameters: Any, operation_model: Any) -> Any:
        try:
            body = json.dumps(parameters)
        except TypeError:  # it holds binary values
            return super().serialize_to_request(parameters, operation_model)
        request = super().serialize_to_request({}, operation_model)
        request["body"] = body.encode()
        return request


class _Parsers(ResponseParserFactory):
    def create_parser(self, protocol_name: str) -> Any:
        return _Parser() if protocol_name == "json" else super().create_parser(protocol_name)


def pass_values_through(dynamodb: Any) -> None:
    """Let this client leave attribute values as they are."""
    dynamodb._endpoint._response_parser_factory = _Parsers()
    if type(dynamodb._serializer) is JSONSerializer:
        dynamodb._serializer = _Serializer()
