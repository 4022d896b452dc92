"""multipart/form-data (RFC 7578): the fields and files of a form.

By hand and without recursion: a part is what stands between two boundaries, whatever it says that
it is. The standard library's mail parser would look into parts of parts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from shared.errors import InvalidInput

_MOST_PARTS = 64
_LONGEST_HEAD = 4096  # bytes of a part's headers
_LONGEST_BOUNDARY = 70  # characters (RFC 2046)
_LINE = b"\r\n"


@dataclass(frozen=True, slots=True)
class File:
    """One file of a form, as its sender describes it."""

    filename: str
    content_type: str | None
    content: bytes


def parse_form(raw: bytes, content_type: str) -> tuple[dict[str, str], list[File]]:
    """The text fields (of several with one name the last) and the files, in their order; raises
    `InvalidInput` for what is not a form."""
    fields: dict[str, str] = {}
    files: list[File] = []
    for head, content in _parts(raw, _boundary_of(content_type)):
        name, filename = head.get_param("name", header="content-disposition"), head.get_filename()
        if not isinstance(name, str):
            raise _malformed("A part has no name.")
        if filename is None:
            fields[name] = _text(content)
        elif content or filename:  # browsers send a file of no name where none was chosen
            files.append(File(filename, head["content-type"], content))
    return fields, files


def _boundary_of(content_type: str) -> bytes:
    head = Message()
    head["content-type"] = content_type
    boundary = head.get_boundary()
    if not boundary or len(boundary) > _LONGEST_BOUNDARY or not boundary.isascii():
        raise _malformed("The content type names no boundary.")
    return boundary.encode()


def _parts(raw: bytes, boundary: bytes) -> Iterator[tuple[Message, bytes]]:
    """Headers and content of each part."""
    delimiter = _LINE + b"--" + boundary
    # The first delimiter has no line before it, but for a preamble, which is nobody's business.
    pieces = (_LINE + raw).split(delimiter, _MOST_PARTS + 2)
    if len(pieces) > _MOST_PARTS + 2:
        raise _malformed(f"At most {_MOST_PARTS} parts.")
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise _malformed("The form is cut off.")
    for piece in pieces[1:-1]:
        padding, line, part = piece.partition(_LINE)
        head, empty, content = (_LINE + part).partition(_LINE * 2)
        if padding.strip(b" \t") or not line or not empty or len(head) > _LONGEST_HEAD:
            raise _malformed("A part has no headers.")
        yield _head_of(head), content


def _head_of(head: bytes) -> Message:
    message = Message()
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            message[name.strip()] = value.strip()
    return message


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _malformed("A field is not UTF-8.") from error


def _malformed(sentence: str) -> InvalidInput:
    return InvalidInput(("body", sentence))
