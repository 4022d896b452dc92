"""Calls to third parties (Google, the captcha provider), which may be slow, be down or send too
much, and the secrets that this deployment authenticates with there."""

import io
import json
from functools import lru_cache
from typing import Any, Literal

import requests
from urllib3.exceptions import HTTPError

from shared.aws.clients import client
from shared.clock import now
from shared.config import config

TIMEOUT = (2, 4)  # seconds to connect, and between two bytes: less than the functions' timeouts
_LONGEST = 65_536  # bytes of an answer that are read
_SECRET_AGE = 300  # seconds that a secret is used before it is read again


def read_within_bounds(response: requests.Response, **_: Any) -> None:
    """A hook for streamed responses: read one that is complete, at most 64 KB long and a JSON
    object; raise a `RequestException` for every other."""
    if response.status_code >= 500 or response.status_code == 429:
        raise requests.HTTPError(response=response)
    try:
        content = response.raw.read(_LONGEST + 1, decode_content=True)
    except HTTPError as error:  # the body was cut off
        raise requests.ConnectionError(response=response) from error
    if len(content) > _LONGEST or not isinstance(_parsed(content), dict):
        raise requests.exceptions.InvalidJSONError(response=response)
    response.raw = io.BytesIO(content)


def secret_for(provider: Literal["google", "captcha"], name: str) -> str:
    """The value `name` of the secret `<stack>/<provider>`, which the operator stores there."""
    return _secrets(provider, int(now() // _SECRET_AGE))[name]


@lru_cache(maxsize=4)
def _secrets(provider: str, period: int) -> dict[str, str]:
    # A new `period` begins every `_SECRET_AGE` seconds, so that the cache does not outlive one.
    answer = client("secretsmanager").get_secret_value(SecretId=f"{config.stack}/{provider}")
    secret: dict[str, str] = json.loads(answer["SecretString"])
    return secret


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
