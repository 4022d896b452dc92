"""Forms with files, as browsers and curl send them, and as nobody should."""

import random

import pytest

from shared.errors import InvalidInput
from shared.http.multipart import File, parse_form

TYPE = 'multipart/form-data; boundary="----edge"'


def part(head: str, content: bytes) -> bytes:
    return b"------edge\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"------edge--\r\n"


def field(name: str, content: bytes) -> bytes:
    return part(f'Content-Disposition: form-data; name="{name}"', content)


def test_fields_and_files() -> None:
    image = bytes(range(256)) * 3 + b"\r\n--\r\n------edg\r\n\n\r"
    raw = form(
        field("content", "Schnee ❄\r\nund mehr".encode()),
        part(
            'content-disposition: form-data; name="files"; filename="a \\"b\\".jpg"\r\n'
            "Content-Type: image/jpeg",
            image,
        ),
        part('Content-Disposition: form-data; name="files"; filename="été.png"', b""),
        part('Content-Disposition: form-data; name="files"; filename=""', b""),
    )
    assert parse_form(raw, TYPE) == (
        {"content": "Schnee ❄\r\nund mehr"},
        [File('a "b".jpg', "image/jpeg", image), File("été.png", None, b"")],
    )


def test_what_stands_around_the_parts_is_nobodys_business() -> None:
    raw = b"preamble\r\n" + form(field("a", b"1"), field("a", b"2")) + b"epilogue"
    assert parse_form(raw, "Multipart/Form-Data; charset=utf-8; boundary=----edge") == (
        {"a": "2"},
        [],
    )


def test_a_part_is_not_looked_into() -> None:
    inner = b"--inner\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--inner--"
    head = (
        'Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=inner'
    )
    assert parse_form(form(part(head, inner)), TYPE) == ({"a": inner.decode()}, [])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"nothing",
        b"------edge\r\n",
        field("a", b"1"),  # cut off
        form(part("Content-Type: text/plain", b"no name")),
        form(part("Content-Disposition: form-data", b"no name")),
        form(field("a", b"\xff\xfe")),
        form(part("X: " + "y" * 5000, b"")),
        form(*[field("a", b"1")] * 65),
        b"------edge\r\nno headers\r\n------edge--\r\n",
        b"------edgeware\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n------edge--\r\n",
    ],
)
def test_what_is_no_form_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_form(raw, TYPE)


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 71,
        "multipart/form-data; boundary=é",
    ],
)
def test_a_form_needs_a_boundary(content_type: str) -> None:
    with pytest.raises(InvalidInput):
        parse_form(form(field("a", b"1")), content_type)


def test_noise_is_a_form_or_refused() -> None:
    """Nothing but `InvalidInput` comes out, whatever goes in."""
    chance = random.Random(7)
    pieces = [
        b"------edge", b"\r\n", b"--", b"Content-Disposition: ", b"form-data; ", b"name", b"=",
        b'"', b"filename", b"*0*", b"*", b"utf-8''", b"%ff", b"%", b";", b":", b"a", b"\xff", b"\\",
    ]  # fmt: skip
    refused = 0
    for _ in range(20_000):
        raw = b"".join(chance.choices(pieces, k=chance.randint(1, 30)))
        try:
            parse_form(b"------edge\r\n" + raw + b"\r\n------edge--", TYPE)
        except InvalidInput:
            refused += 1
    assert 0 < refused < 20_000
