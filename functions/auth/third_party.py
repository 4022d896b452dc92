"""What sign-ins by Google and captchas share: asking a service of others, which may be slow, gone
or talkative, and what this deployment proves itself to it with."""

import io
import json
from functools import lru_cache
from typing import Any, Literal

import requests
from urllib3.exceptions import HTTPError

from shared.aws.clients import client
from shared.clock import now
from shared.config import config

TIMEOUT = (2, 4)  # seconds to connect, and between two bytes: less than the functions have
_LONGEST = 65_536  # bytes of an answer that are read
_SECRET_AGE = 300  # seconds that a secret is used before it is read again


def read_within_bounds(response: requests.Response, **_: Any) -> None:
    """A hook for responses that are streamed: read one that is whole, of a bearable length, and a
    JSON object; raises a `RequestException` for every other."""
    if response.status_code >= 500 or response.status_code == 429:
        raise requests.HTTPError(response=response)
    try:
        content = response.raw.read(_LONGEST + 1, decode_content=True)
    except HTTPError as error:  # it stopped in the middle
        raise requests.ConnectionError(response=response) from error
    if len(content) > _LONGEST or not isinstance(_parsed(content), dict):
        raise requests.exceptions.InvalidJSONError(response=response)
    response.raw = io.BytesIO(content)


def secret_for(provider: Literal["google", "captcha"], name: str) -> str:
    """The value `name` of the secret `<stack>/<provider>`, which the operator puts there."""
    return _secrets(provider, int(now() // _SECRET_AGE))[name]


@lru_cache(maxsize=4)
def _secrets(provider: str, period: int) -> dict[str, str]:
    # What is remembered is remembered for one period of `_SECRET_AGE` seconds.
    answer = client("secretsmanager").get_secret_value(SecretId=f"{config.stack}/{provider}")
    secret: dict[str, str] = json.loads(answer["SecretString"])
    return secret


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
