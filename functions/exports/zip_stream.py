"""A ZIP that is uploaded to S3 while it is written: neither memory nor disk holds all of it."""

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
_CHUNK = 1024 * 1024  # bytes of a file that are copied at once
_CHECKSUM: Final = "CRC32"  # of each part, computed here and compared by S3
_FAST = 1  # zlib's level for pictures and videos, which are compressed already


class Archive:
    """A ZIP of JSON and files, written into a sink that cannot seek."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)

    def add_text(self, name: str, text: str) -> None:
        """Add a text file."""
        with self._open(name) as file:
            file.write(text.encode())

    def add_json(self, name: str, content: Iterable[dict[str, Any]] | dict[str, Any]) -> None:
        """Add an object; or a list, which is read while it is written."""
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
        """Add a file of the media bucket; return False if it does not exist."""
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
        """Write the central directory, the end of the ZIP."""
        self._zip.close()

    def _open(self, name: str, level: int | None = None) -> IO[bytes]:
        entry = zipfile.ZipInfo(name, gmtime(now())[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.compress_level = level
        return self._zip.open(entry, "w")


class ObjectWriter:
    """A write-only file that becomes an object of the media bucket.

    It is uploaded in parts; memory holds one part at a time.
    """

    def __init__(self, key: str, upload_id: str) -> None:
        self._where: Any = {"Bucket": config.media_bucket, "Key": key, "UploadId": upload_id}
        self._buffer = bytearray()
        self._parts: list[Any] = []
        self._is_aborted = False
        self.size = 0

    def write(self, data: bytes) -> int:
        """Add bytes, and upload each part that is full."""
        if self._is_aborted:  # an abandoned ZIP still writes its end
            return len(data)
        self._buffer += data
        self.size += len(data)
        while len(self._buffer) >= _PART:
            self._upload_part(_PART)
        return len(data)

    def flush(self) -> None:
        """Do nothing: only full parts may be uploaded before the last one."""

    def complete(self) -> None:
        """Upload the rest, and assemble the parts into an object."""
        if self._buffer:
            self._upload_part(len(self._buffer))
        client("s3").complete_multipart_upload(
            **self._where, MultipartUpload={"Parts": self._parts}
        )

    def abort(self) -> None:
        """Delete the parts, and ignore further writes."""
        self._is_aborted = True
        client("s3").abort_multipart_upload(**self._where)

    def _upload_part(self, length: int) -> None:
        number = len(self._parts) + 1
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        answer = client("s3").upload_part(
            **self._where, PartNumber=number, Body=body, ChecksumAlgorithm=_CHECKSUM
        )
        part = {"PartNumber": number, "ETag": answer["ETag"]}
        if "ChecksumCRC32" in answer:  # S3 expects it again at completion
            part["ChecksumCRC32"] = answer["ChecksumCRC32"]
        self._parts.append(part)


@contextmanager
def writing_object(key: str, file_name: str) -> Iterator[ObjectWriter]:
    """A writer whose object is created only if the block ends without an error.

    Browsers save the object as `file_name`.
    """
    upload = client("s3").create_multipart_upload(
        Bucket=config.media_bucket,
        Key=key,
        ContentType="application/zip",
        ContentDisposition=f'attachment; filename="{file_name}"',
        CacheControl="private, no-store",
        ChecksumAlgorithm=_CHECKSUM,
    )
    writer = ObjectWriter(key, upload["UploadId"])
    try:
        yield writer
        writer.complete()
    except BaseException:
        with suppress(Exception):  # the lifecycle rule of the bucket removes it as well
            writer.abort()
        raise


def archive_into(writer: ObjectWriter) -> Archive:
    """An archive that writes to `writer`."""
    return Archive(cast(IO[bytes], writer))  # a ZIP needs only `write` and `flush`


def _pretty(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
