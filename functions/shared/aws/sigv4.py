"""SigV4, for what is signed so often that botocore's general way of it counts: DynamoDB's calls, of
which it is a fifth. They all POST to one address with the same few headers; only time, operation
and body differ.
"""

import hashlib
import hmac
import time
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import NoCredentialsError

_ALGORITHM = "AWS4-HMAC-SHA256"


@lru_cache(maxsize=8)
def signing_key(secret: str, scope: str) -> bytes:
    """The key of one day, region and service: `scope` is `20260102/us-east-1/s3/aws4_request`."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


class DynamoSigner:
    """Signs the requests of one DynamoDB client, in place of botocore's `RequestSigner.sign`."""

    def __init__(self, dynamodb: Any) -> None:
        self._credentials = dynamodb._request_signer._credentials
        self._region: str = dynamodb.meta.region_name
        address = urlsplit(dynamodb.meta.endpoint_url)
        self._host, self._path = address.netloc, address.path or "/"

    def __call__(self, operation_name: str, request: Any, *_: Any, **__: Any) -> None:
        """Give `request`, botocore's, the headers that prove who sends it."""
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        scope = f"{moment[:8]}/{self._region}/dynamodb/aws4_request"
        if self._credentials is None:
            raise NoCredentialsError
        frozen = self._credentials.get_frozen_credentials()
        headers = request.headers
        given = [
            ("content-type", headers["Content-Type"]),
            ("host", self._host),
            ("x-amz-date", moment),
            ("x-amz-target", headers["X-Amz-Target"]),
        ]
        headers["X-Amz-Date"] = moment
        if frozen.token:
            given.insert(3, ("x-amz-security-token", frozen.token))
            headers["X-Amz-Security-Token"] = frozen.token
        lines = "".join([f"{name}:{value}\n" for name, value in given])
        names = ";".join([name for name, _ in given])
        body = hashlib.sha256(request.data).hexdigest()
        canonical = f"POST\n{self._path}\n\n{lines}\n{names}\n{body}"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = f"{_ALGORITHM}\n{moment}\n{scope}\n{digest}"
        key = signing_key(frozen.secret_key, scope)
        signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
        headers["Authorization"] = (
            f"{_ALGORITHM} Credential={frozen.access_key}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}"
        )
