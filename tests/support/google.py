"""Google as our functions see it at the wire: what its token endpoint is sent, and answers."""

import base64
import hashlib
import io
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
import requests
from requests.adapters import BaseAdapter

from shared.clock import now

CLIENT_ID = "client-1.apps.googleusercontent.com"
ISSUER = "https://accounts.google.com"
SECRET = "not-so-secret"


@dataclass
class Grant:
    """What a code stands for."""

    redirect_uri: str
    challenge: str | None
    claims: dict[str, Any]


@dataclass
class MemoryGoogle(BaseAdapter):
    """Gives codes to whom a test signs in, and takes each back once."""

    grants: dict[str, Grant] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    sent: list[requests.PreparedRequest] = field(default_factory=list)
    # Instead of what is right: a status and a body, or an error of the connection.
    instead: tuple[int, bytes] | Exception | None = None

    def sign_in(self, location: str, **claims: Any) -> dict[str, str]:
        """Somebody signs in where `location` sends them; the query that they come back with."""
        asked = dict(parse_qsl(urlsplit(location).query))
        assert asked["code_challenge_method"] == "S256"
        given = {"nonce": asked["nonce"], **claims}
        code = self.give_code(asked["redirect_uri"], asked["code_challenge"], **given)
        return {"code": code, "state": asked["state"]}

    def give_code(self, redirect_uri: str, challenge: str | None = None, **claims: Any) -> str:
        """A code for somebody, whose ID token will hold `claims` (None: not)."""
        code = f"4/{next(self._numbers)}"
        whole = {"iss": ISSUER, "aud": CLIENT_ID, "azp": CLIENT_ID, "email_verified": True}
        whole |= {"iat": int(now()), "exp": int(now()) + 3600, **claims}
        whole = {name: value for name, value in whole.items() if value is not None}
        self.grants[code] = Grant(redirect_uri, challenge, whole)
        return code

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        self.sent.append(request)
        if isinstance(self.instead, requests.RequestException):
            raise self.instead
        cut_off = self.instead if isinstance(self.instead, Exception) else None
        status, body = self._answer(request) if cut_off or not self.instead else self.instead
        answer = requests.Response()
        answer.status_code, answer.raw, answer.request = status, Raw(body, cut_off), request
        answer.headers["Location"] = "https://elsewhere.example.com/"  # for the redirects
        answer.url = str(request.url)
        return answer

    def close(self) -> None:
        pass

    def _answer(self, request: requests.PreparedRequest) -> tuple[int, bytes]:
        asked = {name: values[0] for name, values in parse_qs(str(request.body)).items()}
        basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        if request.headers["Authorization"] != f"Basic {basic}":
            return 401, b'{"error": "invalid_client"}'
        grant = self.grants.pop(asked["code"], None)
        if grant is None:
            return 400, b'{"error": "invalid_grant"}'
        if grant.redirect_uri != asked["redirect_uri"]:
            return 400, b'{"error": "redirect_uri_mismatch"}'
        if grant.challenge and grant.challenge != _challenge(asked.get("code_verifier", "")):
            return 400, b'{"error": "invalid_grant"}'
        token = jwt.encode(grant.claims, "k" * 32)
        tokens = {"access_token": "a", "token_type": "Bearer", "expires_in": 3599,
                  "scope": "openid https://www.googleapis.com/auth/userinfo.email"}  # fmt: skip
        return 200, json.dumps({**tokens, "id_token": token}).encode()


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Raw(io.BytesIO):
    """A body as urllib3 gives it, which may break off."""

    def __init__(self, body: bytes, cut_off: Exception | None = None) -> None:
        super().__init__(body)
        self._cut_off = cut_off

    def read(self, size: int | None = -1, decode_content: bool = False) -> bytes:
        if self._cut_off:
            raise self._cut_off
        return super().read(size)
