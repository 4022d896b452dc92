"""Reading the JSON of a body."""

import base64
import json
from typing import Any

import pytest

from shared.encoding import to_json
from shared.errors import InvalidInput, InvalidJson, PayloadTooLarge, UnsupportedMediaType
from shared.http.fields import Body, Ulid
from shared.http.requests import MAX_BODY, read_json, validated

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


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-32"])
def test_a_body_in_another_encoding_is_refused(encoding: str) -> None:
    """Not read with other characters in place of those that it has."""
    raw = base64.b64encode('{"a": "ü"}'.encode(encoding)).decode()
    with pytest.raises(InvalidJson):
        read_json(event(raw, encoded=True), JSON)


def test_a_body_may_hold_the_replacement_character() -> None:
    raw = base64.b64encode('{"a": "\N{REPLACEMENT CHARACTER}"}'.encode()).decode()
    assert read_json(event(raw, encoded=True), JSON) == {"a": "\N{REPLACEMENT CHARACTER}"}


class Texts(Body):
    """A body with keys of the client's own."""

    texts: dict[Ulid, int]


@pytest.mark.parametrize("key", ["x" * 200_000, "\ud800", "a b", "<b>", "ключ"])
def test_keys_of_a_client_are_not_sent_back(key: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        validated(Texts, {"texts": {key: 1}})
    [detail] = raised.value.details
    assert detail["field"] == "texts.?.[key]"
    assert len(to_json(raised.value.body("id")).encode()) < 300


def test_a_field_is_named_by_its_place() -> None:
    with pytest.raises(InvalidInput) as raised:
        validated(Texts, {"texts": {"01ARYZ6S41TSV4RRFFQ69G5FAV": "x"}})
    [detail] = raised.value.details
    assert detail["field"] == "texts.01ARYZ6S41TSV4RRFFQ69G5FAV"
