"""An S3 bucket in memory."""

import re
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

from botocore.awsrequest import AWSPreparedRequest

type Reply = tuple[int, str | bytes, dict[str, str]]

_ABSENT = "<Error><Code>NoSuchKey</Code></Error>"
_BEGUN = "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"


class MemoryBucket:
    """Objects by key: content and type; and which KMS key encrypts them."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, str]] = {}
        self.keys: dict[str, str] = {}

    def answer(self, operation: str, request: AWSPreparedRequest) -> Reply:
        """Status, body and headers of the answer to a call."""
        url = urlsplit(request.url)
        _, _, key = unquote(url.path).lstrip("/").partition("/")
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        kind = headers.get("content-type", "binary/octet-stream")
        match operation:
            case "GetObject" | "HeadObject":
                return self._found(key, operation == "GetObject")
            case "HeadBucket":
                pass
            case "PutObject":
                self.objects[key] = _content(request), kind
            case "DeleteObject":
                self.objects.pop(key, None)
                return 204, "", {}
            case "DeleteObjects":
                for each in ElementTree.fromstring(_content(request)).iter():
                    if each.tag.endswith("Key"):
                        self.objects.pop(each.text or "", None)
                return 200, "<DeleteResult/>", {}
            case "CopyObject":
                self._copy(key, headers)
                return 200, "<CopyObjectResult></CopyObjectResult>", {}
            case "ListObjectsV2":
                return 200, self._listed(query.get("prefix", "")), {}
            case "CreateMultipartUpload":
                self.objects[key] = b"", kind
                return 200, _BEGUN, {}
            case "UploadPart":
                before, kind = self.objects[key]
                self.objects[key] = before + _content(request), kind
            case "CompleteMultipartUpload":
                return 200, "<CompleteMultipartUploadResult/>", {}
            case _:
                raise AssertionError(f"the bucket in memory does not know {operation}")
        return 200, "", {"etag": '"1"'}

    def _found(self, key: str, with_body: bool) -> Reply:
        if key not in self.objects:
            return 404, _ABSENT if with_body else "", {}
        content, kind = self.objects[key]
        headers = {"content-type": kind, "content-length": str(len(content)), "etag": '"1"'}
        return 200, content if with_body else "", headers

    def _copy(self, key: str, headers: dict[str, str]) -> None:
        _, _, source = unquote(headers["x-amz-copy-source"]).lstrip("/").partition("/")
        self.objects[key] = self.objects[source]
        if headers.get("x-amz-server-side-encryption") == "aws:kms":
            self.keys[key] = headers["x-amz-server-side-encryption-aws-kms-key-id"]

    def _listed(self, prefix: str) -> str:
        keys = [key for key in sorted(self.objects) if key.startswith(prefix)]
        entries = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in keys)
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>"


def _content(request: AWSPreparedRequest) -> bytes:
    """The body, without the framing of chunks that carry a checksum."""
    body = request.body
    if body is None:
        return b""
    content = (
        body.encode() if isinstance(body, str) else bytes(getattr(body, "read", lambda: body)())
    )
    if re.match(rb"[0-9a-f]+\r\n", content):
        size, _, rest = content.partition(b"\r\n")
        return rest[: int(size, 16)]
    return content


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
