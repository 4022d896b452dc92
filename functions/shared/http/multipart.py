"""multipart/form-data (RFC 7578): the fields and files of a form.

The library `multipart` parses it, in its strict mode: no folded headers, and no part within a part
is looked into. It is imported only when a form arrives, because `File` is used by Lambdas that
mostly receive JSON.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from shared.errors import InvalidInput

if TYPE_CHECKING:
    from multipart import MultipartSegment

_MAX_PARTS = 64
_MAX_HEAD = 4096  # bytes of a part's headers
_MAX_HEADERS = 64  # of a part; `_MAX_HEAD` bounds them, too
_MAX_BOUNDARY = 70  # characters (RFC 2046)
# RFC 7578 asks for UTF-8; some clients write file names as their system stores them.
_CHARSETS = ("utf-8", "latin-1")


class _OtherCharset(Exception):
    """A header of the form is not in the charset that was tried."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a form, as its sender describes it."""

    filename: str
    content_type: str | None  # in lower case, without parameters
    content: bytes


def parse_form(raw: bytes, content_type: str) -> tuple[dict[str, str], list[File]]:
    """The text fields (the last of those with the same name) and the files, in their order.

    Raises `InvalidInput` if `raw` is not a form, or is a form beyond the bounds.
    """
    fields: dict[str, str] = {}
    files: list[File] = []
    for part, content in _parts(raw, _boundary(content_type)):
        filename = _filename(part)
        if filename is None:
            fields[part.name] = _decode(content)
        elif content or filename:  # browsers send an empty, nameless file if none was chosen
            files.append(File(filename, part.content_type, bytes(content)))
    return fields, files


def _filename(part: "MultipartSegment") -> str | None:
    """The file name of a part, also in the extended form that RFC 7578 forbids and some send."""
    filename: str | None = part.filename
    if filename is not None:
        return filename
    from multipart import parse_options_header

    options = parse_options_header(part["Content-Disposition"])[1]
    extended: str | None = options.get("filename*")
    return None if extended is None else unquote(extended.rpartition("'")[2])


def _boundary(content_type: str) -> str:
    from multipart import parse_options_header

    boundary: str = parse_options_header(content_type)[1].get("boundary", "")
    if not 1 <= len(boundary) <= _MAX_BOUNDARY or not boundary.isascii():
        raise _malformed(
            "The Content-Type header must name a boundary of 1 to "
            f"{_MAX_BOUNDARY} ASCII characters."
        )
    return boundary


def _parts(raw: bytes, boundary: str) -> list[tuple["MultipartSegment", bytearray]]:
    """The parts, each with its content."""
    for charset in _CHARSETS[:-1]:
        with suppress(_OtherCharset):
            return list(_parse(raw, boundary, charset))
    return list(_parse(raw, boundary, _CHARSETS[-1]))


def _parse(
    raw: bytes, boundary: str, charset: str
) -> Iterator[tuple["MultipartSegment", bytearray]]:
    from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser

    limits = {
        "max_segment_count": _MAX_PARTS,
        "max_header_size": _MAX_HEAD,
        "max_header_count": _MAX_HEADERS,
    }
    content = bytearray()
    try:
        with PushMultipartParser(boundary, **limits, header_charset=charset, strict=True) as parser:
            for event in parser.parse(raw):
                if isinstance(event, MultipartSegment):
                    part, content = event, bytearray()
                    if sum(len(name) + len(value) for name, value in part.headerlist) > _MAX_HEAD:
                        raise ParserLimitReached
                elif event is not None:
                    content += event
                else:
                    yield part, content
    except ParserLimitReached as error:
        raise _malformed(
            f"A form can have at most {_MAX_PARTS} parts, each with at most "
            f"{_MAX_HEAD} bytes of headers."
        ) from error
    except MultipartError as error:
        if isinstance(error.args[-1], UnicodeDecodeError):
            raise _OtherCharset from error
        # The library's first argument says what is wrong, and quotes nothing that was sent.
        raise _malformed(f"The form is malformed: {error.args[0]}.") from error


def _decode(content: bytearray) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _malformed("A text field is not valid UTF-8.") from error


def _malformed(sentence: str) -> InvalidInput:
    return InvalidInput(("body", sentence))
