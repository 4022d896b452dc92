"""Signed GET URLs for media, cheap enough for a page of posts.

The signature (SigV4 in the query) is made here and not by boto3, which takes a hundred times as
long. Its time is rounded down to the hour, so that a URL stays the same for a while and clients can
cache it; it lives for `MediaUrlSeconds` and the hour that was rounded off, so at least
`MediaUrlSeconds`. A URL is only ever made after the visibility rule said yes.
"""

import hashlib
import hmac
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from shared.aws import client
from shared.clock import now, timestamp
from shared.config import config

_HOUR = 3600
_EMPTY_CREDENTIALS_AGE = 300  # seconds that credentials are used before botocore is asked again


@dataclass(frozen=True, slots=True)
class _Signer:
    """What all URLs of an hour share: only the key of the object differs."""

    base: str  # scheme, host and bucket
    host: str
    path: str  # of the bucket
    key: bytes
    scope: str
    time: str
    query: str  # all parameters but the signature, sorted and encoded


def sign_url(key: str) -> str:
    """The URL that reads the object `key` of the media bucket until `expires_at`."""
    signer = _signer(int(now() // _HOUR), int(now() // _EMPTY_CREDENTIALS_AGE))
    path = f"{signer.path}/{quote(key, safe='/~')}"
    request = f"GET\n{path}\n{signer.query}\nhost:{signer.host}\n\nhost\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(request.encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{signer.time}\n{signer.scope}\n{digest}"
    signature = hmac.digest(signer.key, to_sign.encode(), "sha256").hex()
    return f"{signer.base}{path}?{signer.query}&X-Amz-Signature={signature}"


def expires_at() -> str:
    """When the URLs that are made now end (RFC 3339)."""
    return timestamp(now() // _HOUR * _HOUR + _life())


def _life() -> int:
    return config.limit("MediaUrlSeconds") + _HOUR


@lru_cache(maxsize=2)
def _signer(hour: int, credentials_period: int) -> _Signer:
    credentials = _credentials()
    moment = timestamp(hour * _HOUR)
    day = moment[:10].replace("-", "")
    time = f"{day}T{moment[11:13]}0000Z"
    scope = f"{day}/{config.region}/s3/aws4_request"
    base = urlsplit(_bucket_url())
    parameters = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{credentials.access_key}/{scope}",
        "X-Amz-Date": time,
        "X-Amz-Expires": str(_life()),
        "X-Amz-SignedHeaders": "host",
    }
    if credentials.token:
        parameters["X-Amz-Security-Token"] = credentials.token
    query = "&".join(
        f"{name}={quote(value, safe='~')}" for name, value in sorted(parameters.items())
    )
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (day, config.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return _Signer(
        f"{base.scheme}://{base.netloc}", base.netloc, base.path, key, scope, time, query
    )


@cache
def _bucket_url() -> str:
    """Where boto3 itself finds the bucket: the URL that it would sign, without object and query."""
    url = client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": config.media_bucket, "Key": "x"}
    )
    return url.partition("?")[0].removesuffix("/x")


def _credentials() -> Any:
    return client("s3")._request_signer._credentials.get_frozen_credentials()  # type: ignore[attr-defined]
