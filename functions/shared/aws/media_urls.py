"""Signed GET URLs for media, cheap enough for a page of posts.

The signature (SigV4 in the query) is computed here, in a hundredth of the time that boto3 takes.
Its time is rounded down to the hour, so that a URL stays the same for a while and clients can cache
it. A URL is valid for `MediaUrlSeconds` plus the rest of that hour, so for at least
`MediaUrlSeconds`. It is signed only after the visibility rule has allowed it.

S3 refuses a URL once the credentials that signed it have expired. So credentials that say when they
do are renewed before they sign for longer than that; if newer ones do not live so long either, URLs
and `expires_at` end with them. Lambda's own credentials do not say when they end
(docs/operations.md, "Files").
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from shared.aws.clients import session
from shared.aws.sigv4 import ALGORITHM, signing_key
from shared.clock import now, timestamp
from shared.config import config

_HOUR = 3600
# Our own keys need no quoting, and to check that takes a tenth of the time of quoting.
_is_plain = re.compile(r"[A-Za-z0-9_.~/-]*").fullmatch
# Seconds after which botocore is asked for the credentials again: a divisor of the hour.
_CREDENTIALS_AGE = 300
_STEP = 60  # seconds, in which the life of credentials is measured
_KEY = 64  # characters of an object's key, at most


@dataclass(frozen=True, slots=True)
class _Credentials:
    """Credentials, and until when they are good for the URLs of this hour (epoch seconds)."""

    frozen: Any
    ends: int


@dataclass(frozen=True, slots=True)
class _Signer:
    """What all URLs of an hour have in common: only the object's key differs."""

    base: str  # scheme, host and bucket, with a slash at its end
    query: str  # all parameters and the name of the signature, sorted and encoded
    request_head: bytes  # the canonical request, before the object's key
    request_tail: bytes  # and after it
    # Has digested the text to sign up to the request's hash; each URL goes on with a copy of it.
    # Setting up an HMAC takes longer than everything else about a URL.
    mac: hmac.HMAC


def sign_url(key: str, ends: int | None = None) -> str:
    """The URL that reads the object `key` of the media bucket until `expires_at()`, or until `ends`
    (epoch seconds) if that is earlier."""
    signer = _signer(_period(), ends)
    path = key if _is_plain(key) else quote(key, safe="/~")
    request = signer.request_head + path.encode() + signer.request_tail
    mac = signer.mac.copy()
    mac.update(hashlib.sha256(request).hexdigest().encode())
    return f"{signer.base}{path}?{signer.query}{mac.hexdigest()}"


def url_length() -> int:
    """How many characters a URL that is signed now has at most: most of them are the session token
    of the credentials, for which AWS names no limit."""
    return len(sign_url("x" * _KEY))


def expires_at() -> str:
    """When URLs that are signed now expire (RFC 3339)."""
    return _formatted(ends_at())


def ends_at() -> int:
    """When URLs that are signed now expire, in epoch seconds."""
    return min(_promised_end(), _credentials(_period()).ends)


@lru_cache(maxsize=2)
def _formatted(moment: int) -> str:
    return timestamp(moment)


def _period() -> int:
    return int(now() // _CREDENTIALS_AGE)


def _promised_end() -> int:
    return int(now() // _HOUR + 1) * _HOUR + config.limits.media_url_seconds


@lru_cache(maxsize=2)
def _credentials(_: int) -> _Credentials:
    """The credentials of a period: renewed, if they would end before the URLs that they sign."""
    found = session().get_credentials()
    if found is None:
        raise LookupError("there are no AWS credentials for signing")
    wanted = _promised_end() - int(now())
    left = _life_of(found, wanted)
    if left < wanted:
        found = session().get_component("credential_provider").load_credentials()
        found.get_frozen_credentials()  # some providers load them only now
        left = _life_of(found, wanted)
    return _Credentials(found.get_frozen_credentials(), int(now()) + left)


def _life_of(credentials: Any, wanted: int) -> int:
    """For how many of the seconds `wanted` these credentials are good, in steps of `_STEP`: for all
    of them, if they do not say when they expire."""
    if not hasattr(credentials, "refresh_needed"):
        return wanted
    steps = range(wanted, 0, -_STEP)
    return next((seconds for seconds in steps if not credentials.refresh_needed(seconds)), 0)


@lru_cache(maxsize=8)
def _signer(period: int, ends: int | None) -> _Signer:
    hour = period * _CREDENTIALS_AGE // _HOUR
    credentials = _credentials(period).frozen
    day = timestamp(hour * _HOUR)[:10].replace("-", "")
    time = f"{day}T{hour % 24:02d}0000Z"
    scope = f"{day}/{config.region}/s3/aws4_request"
    bucket = urlsplit(f"{config.s3_url}/{config.media_bucket}")
    parameters = {
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{credentials.access_key}/{scope}",
        "X-Amz-Date": time,
        "X-Amz-Expires": str(min(ends or ends_at(), ends_at()) - hour * _HOUR),
        "X-Amz-SignedHeaders": "host",
    }
    if credentials.token:
        parameters["X-Amz-Security-Token"] = credentials.token
    query = "&".join(
        f"{name}={quote(value, safe='~')}" for name, value in sorted(parameters.items())
    )
    key = signing_key(credentials.secret_key, scope)
    tail = f"\n{query}\nhost:{bucket.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
    return _Signer(
        base=f"{bucket.geturl()}/",
        query=f"{query}&X-Amz-Signature=",
        request_head=f"GET\n{bucket.path}/".encode(),
        request_tail=tail.encode(),
        mac=hmac.new(key, f"{ALGORITHM}\n{time}\n{scope}\n".encode(), "sha256"),
    )
