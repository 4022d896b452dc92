"""A ZIP that is on its way into S3 while it is written: neither memory nor disk ever holds it."""

import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from time import gmtime
from typing import IO, Any, Final, cast

from shared.aws.clients import client
from shared.clock import now
from shared.config import config

_PART = 8 * 1024 * 1024  # bytes of a part of an upload; S3 takes 10,000 parts
_CHUNK = 1024 * 1024  # bytes of a file that are copied at a time
_CHECKSUM: Final = "CRC32"  # of each part, computed here and compared by S3
_FAST = 1  # zlib's level for pictures and videos, which are compressed already


class Archive:
    """A ZIP of JSON and files, written into what can only be written to."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)

    def add_text(self, name: str, text: str) -> None:
        """A text file."""
        with self._open(name) as file:
            file.write(text.encode())

    def add_json(self, name: str, content: Iterable[dict[str, Any]] | dict[str, Any]) -> None:
        """An object; or a list, which is read while it is written."""
        with self._open(name) as file:
            if isinstance(content, dict):
                file.write(f"{_pretty(content)}\n".encode())
                return
            between = "[\n"
            for item in content:
                file.write(f"{between}{_pretty(item)}".encode())
                between = ",\n"
            file.write(b"[]\n" if between == "[\n" else b"\n]\n")

    def add_object(self, name: str, key: str) -> bool:
        """A file of the media bucket; False if it is not there (any more)."""
        from botocore.exceptions import ClientError

        try:
            found = client("s3").get_object(Bucket=config.media_bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return False
            raise
        with self._open(name, _FAST) as file:
            for chunk in found["Body"].iter_chunks(_CHUNK):
                file.write(chunk)
        return True

    def close(self) -> None:
        """Write the table of contents."""
        self._zip.close()

    def _open(self, name: str, level: int | None = None) -> IO[bytes]:
        entry = zipfile.ZipInfo(name, gmtime(now())[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.compress_level = level
        return self._zip.open(entry, "w")


class ObjectWriter:
    """A file that can only be written, and becomes an object of the media bucket: in parts, of
    which one at a time is held."""

    def __init__(self, key: str, upload_id: str) -> None:
        self._where: Any = {"Bucket": config.media_bucket, "Key": key, "UploadId": upload_id}
        self._buffer = bytearray()
        self._parts: list[Any] = []
        self._is_aborted = False
        self.size = 0

    def write(self, data: bytes) -> int:
        """Take more bytes, and send a part when there are enough."""
        if self._is_aborted:  # a ZIP that is left behind still writes its end
            return len(data)
        self._buffer += data
        self.size += len(data)
        while len(self._buffer) >= _PART:
            self._send(_PART)
        return len(data)

    def flush(self) -> None:
        """Nothing: only a part of full size may be sent before the last one."""

    def complete(self) -> None:
        """Send what is left, and make the parts an object."""
        if self._buffer:
            self._send(len(self._buffer))
        client("s3").complete_multipart_upload(
            **self._where, MultipartUpload={"Parts": self._parts}
        )

    def abort(self) -> None:
        """Throw the parts away, and all that is still written."""
        self._is_aborted = True
        client("s3").abort_multipart_upload(**self._where)

    def _send(self, length: int) -> None:
        number = len(self._parts) + 1
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        sent = client("s3").upload_part(
            **self._where, PartNumber=number, Body=body, ChecksumAlgorithm=_CHECKSUM
        )
        part = {"PartNumber": number, "ETag": sent["ETag"]}
        if "ChecksumCRC32" in sent:  # S3 wants to hear them again
            part["ChecksumCRC32"] = sent["ChecksumCRC32"]
        self._parts.append(part)


@contextmanager
def writing_object(key: str, file_name: str) -> Iterator[ObjectWriter]:
    """A writer whose object is there when the block has ended without an error, and not else.
    Whoever downloads it saves it as `file_name`."""
    begun = client("s3").create_multipart_upload(
        Bucket=config.media_bucket,
        Key=key,
        ContentType="application/zip",
        ContentDisposition=f'attachment; filename="{file_name}"',
        CacheControl="private, no-store",
        ChecksumAlgorithm=_CHECKSUM,
    )
    writer = ObjectWriter(key, begun["UploadId"])
    try:
        yield writer
        writer.complete()
    except BaseException:
        with suppress(Exception):  # what the lifecycle rule of the bucket removes as well
            writer.abort()
        raise


def archive_into(writer: ObjectWriter) -> Archive:
    """An archive whose bytes `writer` takes."""
    return Archive(cast(IO[bytes], writer))  # a ZIP asks for no more of its file than `write`


def _pretty(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
