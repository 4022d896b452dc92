"""A ZIP that is written into a sink that cannot seek."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import IO, Any, cast

import pytest

from exports.zip_stream import Archive


class Sink:
    """A write-only file without a position."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)

    def flush(self) -> None:
        pass

    def read(self) -> zipfile.ZipFile:
        found = zipfile.ZipFile(io.BytesIO(bytes(self.data)))
        assert found.testzip() is None
        return found


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def archive(sink: Sink) -> Archive:
    return Archive(cast(IO[bytes], sink))


@pytest.mark.parametrize(
    "content",
    [{}, {"name": "Jürgen 名前 😀", "bio": 'a "quote"\n'}, [], [{"a": 1}], [{"a": 1}, {"b": None}]],
)
def test_what_is_written_can_be_read(sink: Sink, archive: Archive, content: Any) -> None:
    archive.add_json("a.json", content if isinstance(content, dict) else iter(content))
    archive.close()
    text = sink.read().read("a.json").decode()
    assert json.loads(text) == content
    assert text.endswith("\n")
    assert "\\u" not in text, "readable without a decoder"


def test_json_is_indented(sink: Sink, archive: Archive) -> None:
    archive.add_json("a.json", iter([{"a": 1, "b": [2]}]))
    archive.close()
    assert "\n  " in sink.read().read("a.json").decode()


def test_a_long_list_is_written_while_it_is_read(sink: Sink, archive: Archive) -> None:
    written_before: list[int] = []

    def items() -> Iterator[dict[str, Any]]:
        for number in range(20_000):
            if number % 5_000 == 0:
                written_before.append(len(sink.data))
            yield {"number": number, "text": f"{number * 7919 % 99991:x}" * 8}

    archive.add_json("a.json", items())
    archive.close()
    assert written_before == sorted(set(written_before)), "the list was not collected first"
    assert len(json.loads(sink.read().read("a.json"))) == 20_000


def test_files_are_readable_by_their_owner(sink: Sink, archive: Archive) -> None:
    archive.add_text("README.txt", "Grüße")
    archive.close()
    [entry] = sink.read().infolist()
    assert sink.read().read("README.txt").decode() == "Grüße"
    assert entry.external_attr >> 16 & 0o600 == 0o600
    assert entry.date_time[0] >= 2025


def test_an_aborted_archive_raises_only_the_original_error(sink: Sink, archive: Archive) -> None:
    def items() -> Iterator[dict[str, Any]]:
        yield {}
        raise LookupError

    with pytest.raises(LookupError):
        archive.add_json("a.json", items())
