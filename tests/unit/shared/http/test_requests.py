"""Reading the JSON of a body."""

import base64
import json
from typing import Any

import pytest

from shared.errors import InvalidJson, PayloadTooLarge, UnsupportedMediaType
from shared.http.requests import MAX_BODY, read_json

JSON = {"content-type": "application/json"}


def event(body: str | None, encoded: bool = False) -> dict[str, Any]:
    return {"body": body, "isBase64Encoded": encoded}


def padded(size: int, character: str = "x") -> str:
    """A JSON object of `size` bytes."""
    around = len(json.dumps({"a": ""}))
    return json.dumps(
        {"a": character * ((size - around) // len(character.encode()))}, ensure_ascii=False
    )


def test_an_object_is_read() -> None:
    assert read_json(event('{"a": [1, "ü", null]}'), JSON) == {"a": [1, "ü", None]}


@pytest.mark.parametrize("body", [None, ""])
def test_no_body_is_an_empty_object_and_needs_no_type(body: str | None) -> None:
    assert read_json(event(body), {"content-type": "text/plain"}) == {}


def test_a_body_in_base64_is_read() -> None:
    raw = base64.b64encode('{"a": "ü"}'.encode()).decode()
    assert read_json(event(raw, encoded=True), JSON) == {"a": "ü"}


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "Application/JSON ;charset=UTF-8", ""],
)
def test_the_type_is_json_in_any_spelling_or_not_given(content_type: str) -> None:
    assert read_json(event("{}"), {"content-type": content_type}) == {}
    assert read_json(event("{}"), {}) == {}


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"],
)
def test_another_type_is_refused(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        read_json(event("{}"), {"content-type": content_type})


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "{'a': 1}",
        '{"a": 1,}',
        "[]",
        '"text"',
        "1",
        "null",
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": ' + "9" * 5000 + "}",
        '{"a":' * 30_000 + "1" + "}" * 30_000,
        "[" * 100_000,
    ],
    ids=lambda body: body[:12],
)
def test_anything_but_a_json_object_is_refused(body: str) -> None:
    with pytest.raises(InvalidJson):
        read_json(event(body), JSON)


@pytest.mark.parametrize("body", ["%%%", "eyJh*", "e"])
def test_broken_base64_is_refused(body: str) -> None:
    with pytest.raises(InvalidJson):
        read_json(event(body, encoded=True), JSON)


def test_bytes_that_are_not_utf8_are_refused() -> None:
    with pytest.raises(InvalidJson):
        read_json(event(base64.b64encode(b'{"a": "\xff"}').decode(), encoded=True), JSON)


@pytest.mark.parametrize("character", ["x", "ü", "名", "😀"])
def test_a_body_may_have_256_kb_and_not_a_byte_more(character: str) -> None:
    whole = padded(MAX_BODY, character)
    whole += " " * (MAX_BODY - len(whole.encode()))
    assert read_json(event(whole), JSON)
    with pytest.raises(PayloadTooLarge):
        read_json(event(whole + " "), JSON)


def test_base64_is_measured_by_its_bytes() -> None:
    whole = padded(MAX_BODY).encode()
    assert read_json(event(base64.b64encode(whole).decode(), encoded=True), JSON)
    with pytest.raises(PayloadTooLarge):
        read_json(event(base64.b64encode(whole + b" ").decode(), encoded=True), JSON)
