"""Signature Version 4: the key that signs DynamoDB's calls and the URLs of media."""

import hmac
from functools import lru_cache

ALGORITHM = "AWS4-HMAC-SHA256"


@lru_cache(maxsize=8)
def signing_key(secret: str, scope: str) -> bytes:
    """The key of one day, region and service: `scope` is `20260102/us-east-1/s3/aws4_request`."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
