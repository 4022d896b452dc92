"""Forms with files: as browsers and curl send them, and hostile ones."""

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


def test_a_preamble_and_an_epilogue_are_ignored() -> None:
    raw = b"preamble\r\n" + form(field("a", b"1"), field("a", b"2")) + b"epilogue"
    assert parse_form(raw, "Multipart/Form-Data; charset=utf-8; boundary=----edge") == (
        {"a": "2"},
        [],
    )


def test_a_form_may_be_empty() -> None:
    assert parse_form(form(), TYPE) == ({}, [])


def test_parts_within_a_part_are_content() -> None:
    inner = b"--inner\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--inner--"
    head = (
        'Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=inner'
    )
    assert parse_form(form(part(head, inner)), TYPE) == ({"a": inner.decode()}, [])


def test_a_filename_is_read_as_browsers_and_curl_quote_it() -> None:
    names = ["a %22b%22.jpg", 'a \\"b\\".jpg']
    heads = [f'Content-Disposition: form-data; name="f"; filename="{name}"' for name in names]
    _, files = parse_form(form(*(part(head, b"x") for head in heads)), TYPE)
    assert [file.filename for file in files] == ['a "b".jpg'] * 2


def test_a_content_type_has_no_parameters() -> None:
    head = (
        'Content-Disposition: form-data; name="f"; filename="a.jpg"\r\n'
        "Content-Type: Image/JPEG; charset=binary"
    )
    _, [file] = parse_form(form(part(head, b"x")), TYPE)
    assert file.content_type == "image/jpeg"


def test_the_bounds_are_inclusive() -> None:
    assert parse_form(form(*[field("a", b"1")] * 64), TYPE) == ({"a": "1"}, [])
    used = len('Content-Dispositionform-data; name="a"X')
    padded = part(f'Content-Disposition: form-data; name="a"\r\nX: {"y" * (4096 - used)}', b"1")
    assert parse_form(form(padded), TYPE) == ({"a": "1"}, [])
    boundary = "x" * 70
    raw = form(field("a", b"1")).replace(b"----edge", boundary.encode())
    assert parse_form(raw, f"multipart/form-data; boundary={boundary}") == ({"a": "1"}, [])


TOO_MUCH = "A form can have at most 64 parts, each with at most 4096 bytes of headers."
CUT_OFF = "The form is malformed: Unexpected end of multipart stream (parser closed)."
LONG_LINE = f'Content-Disposition: form-data; name="a"\r\nX: {"y" * 4000}\r\nZ: {"z" * 100}'


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", CUT_OFF),
        (b"nothing", CUT_OFF),
        (
            b"nothing as long as a boundary",
            "The form is malformed: Boundary not found in first chunk.",
        ),
        (b"------edge\r\n", CUT_OFF),
        (field("a", b"1"), CUT_OFF),
        (
            form(part("Content-Type: text/plain", b"no name")),
            "The form is malformed: Missing Content-Disposition segment header.",
        ),
        (
            form(part("Content-Disposition: form-data", b"no name")),
            "The form is malformed: "
            "Invalid Content-Disposition segment header: Missing name option.",
        ),
        (form(field("a", b"\xff\xfe")), "A text field is not valid UTF-8."),
        (form(part("X: " + "y" * 5000, b"")), TOO_MUCH),
        (form(part(LONG_LINE, b"")), TOO_MUCH),
        (form(*[field("a", b"1")] * 65), TOO_MUCH),
        (
            b"------edge\r\nno headers\r\n------edge--\r\n",
            "The form is malformed: Malformed segment header.",
        ),
        (
            field("a", b"1").replace(b"edge", b"edgeware") + b"------edge--\r\n",
            "The form is malformed: Unexpected byte after first boundary.",
        ),
        (form(field("a", b"1\r\n------edgeware"), field("b", b"2")), CUT_OFF),
    ],
)
def test_a_malformed_form_is_refused(raw: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_form(raw, TYPE)
    assert raised.value.details == [{"field": "body", "error": sentence}]


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        "multipart/form-data; boundary=" + "x" * 71,
        "multipart/form-data; boundary=é",
        'multipart/form-data; boundary="é"',
    ],
)
def test_a_form_needs_a_boundary(content_type: str) -> None:
    with pytest.raises(InvalidInput, match="not valid") as raised:
        parse_form(form(field("a", b"1")), content_type)
    assert "must name a boundary" in raised.value.details[0]["error"]


def test_noise_is_a_form_or_refused() -> None:
    """Nothing but `InvalidInput` comes out, whatever goes in."""
    chance = random.Random(7)
    good = [
        b"------edge", b"\r\n", b"Content-Disposition: ", b"form-data; ", b"name", b"=", b"a",
        b"; ", b"filename", b"=", b'"', b"b", b'"', b"\r\n", b"\r\n", b"c", b"\r\n",
        b"------edge", b"--",
    ]  # fmt: skip
    noise = [*good, b"*0*", b"*", b"utf-8''", b"%22", b"%", b":", b"\xff", b"\\", b" ", b"\n", b""]
    refused = 0
    for _ in range(20_000):
        pieces = list(good)
        for _ in range(chance.randint(1, 4)):
            pieces[chance.randrange(len(pieces))] = chance.choice(noise)
        try:
            parse_form(b"".join(pieces), TYPE)
        except InvalidInput:
            refused += 1
    assert 1_000 < refused < 19_000


SIZE = 4_500_000
HEAD = b'------edge\r\nContent-Disposition: form-data; name="a"'
HOSTILE = {
    "one long line": b"x" * SIZE,
    "no line breaks in the head": HEAD + b"x" * SIZE,
    "folded header": HEAD + b"\r\n " * (SIZE // 3),
    "many headers": HEAD + b"\r\nX: " * (SIZE // 5),
    "many boundaries": b"------edge\r\n" * (SIZE // 12),
    "almost boundaries": HEAD + b"\r\n\r\n" + b"\r\n------edgx" * (SIZE // 12),
    "boundaries with a tail": HEAD + b"\r\n\r\n" + b"\r\n------edgex" * (SIZE // 13),
    "open quotes": HEAD + b'; a="' * 800 + b"\r\n\r\n" + b"x" * SIZE,
    "escapes": HEAD + b'; a="' + b"\\" * 4000 + b"\r\n\r\n" + b"x" * SIZE,
    "semicolons": HEAD + b";" + b" " * 4000 + b"\r\n\r\n" + b"x" * SIZE,
    "small parts": field("a", b"") * (SIZE // 55),
}


@pytest.mark.timeout(60)  # each takes milliseconds; in quadratic time it would be minutes
@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_input_of_the_largest_size_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_form(raw, TYPE)


@pytest.mark.parametrize(
    ("named", "filename"),
    [
        (b'filename="caf\xc3\xa9.jpg"', "café.jpg"),
        (b'filename="caf\xe9.jpg"', "café.jpg"),
        (b"filename*=utf-8''caf%C3%A9.jpg", "café.jpg"),
        (b"filename*=utf-8'en'plain.jpg", "plain.jpg"),
    ],
    ids=["UTF-8", "Latin-1", "extended", "extended with a language"],
)
def test_a_file_keeps_its_name_however_its_client_writes_it(named: bytes, filename: str) -> None:
    head = b'Content-Disposition: form-data; name="media"; ' + named
    raw = b"------edge\r\n" + head + b"\r\n\r\n\xff\xd8\r\n------edge--\r\n"
    assert parse_form(raw, TYPE) == ({}, [File(filename, None, b"\xff\xd8")])


def test_a_part_may_have_headers_of_its_clients_own() -> None:
    own = "".join(f"X-{number}: y\r\n" for number in range(20))
    head = f'{own}Content-Disposition: form-data; name="a"'
    assert parse_form(form(part(head, b"1")), TYPE) == ({"a": "1"}, [])
