"""DynamoDB's attribute values cross botocore untouched.

On the wire `{"S": "..."}` has the form already in which PynamoDB makes and takes it. Botocore would
walk through each of them by its service model, which is a quarter of what a page of posts costs the
processor. Only binary values, which are base64 on the wire, still go the long way.
"""

from typing import Any

from botocore.parsers import JSONParser, ResponseParserFactory
from botocore.serialize import JSONSerializer

_PLAIN = "AttributeValue"  # the shape's name in DynamoDB's model


class _Parser(JSONParser):
    def _handle_structure(self, shape: Any, value: Any) -> Any:
        if shape.name == _PLAIN and "B" not in value:
            return value
        return super()._handle_structure(shape, value)  # type: ignore[misc]


class _Serializer(JSONSerializer):
    def _serialize(self, serialized: Any, value: Any, shape: Any, key: Any = None) -> None:
        if shape.name == _PLAIN and "B" not in value:
            serialized[key] = value
        else:
            super()._serialize(serialized, value, shape, key)  # type: ignore[misc]


class _Parsers(ResponseParserFactory):
    def create_parser(self, protocol_name: str) -> Any:
        return _Parser() if protocol_name == "json" else super().create_parser(protocol_name)


def pass_values_through(dynamodb: Any) -> None:
    """Let this client leave attribute values as they are."""
    dynamodb._endpoint._response_parser_factory = _Parsers()
    if type(dynamodb._serializer) is JSONSerializer:
        dynamodb._serializer = _Serializer()
