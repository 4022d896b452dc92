"""A real OpenID Connect server on loopback, in a process of its own, in Google's place.

oidc-provider-mock does the protocol; PKCE and the client's secret, which it leaves to chance, are
checked here.
"""

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

HOST = "127.0.0.1"
CLIENT_ID = "hoshi-on-loopback"


@dataclass(frozen=True)
class Provider:
    """Where it will be, whether it runs or not."""

    port: int

    @property
    def issuer(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def parameters(self) -> dict[str, str]:
        """What a deployment must be given to use it."""
        return {
            "GoogleClientId": CLIENT_ID,
            "GoogleAuthorizeUrl": f"{self.issuer}/oauth2/authorize",
            "GoogleTokenUrl": f"{self.issuer}/oauth2/token",
            "GoogleIssuer": self.issuer,
        }

    @contextmanager
    def running(self, secret: str) -> Iterator["Provider"]:
        """It runs inside the block, and knows the client by `secret`."""
        environment = {
            **os.environ,
            "AUTHLIB_INSECURE_TRANSPORT": "1",
            "CLIENT_SECRET": secret,
            "PYTHONWARNINGS": "ignore",
        }
        process = subprocess.Popen(
            [sys.executable, __file__, str(self.port)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._wait(process)
            yield self
        finally:
            process.terminate()
            process.wait(10)

    def sign_in(self, location: str, subject: str, **claims: Any) -> dict[str, str]:
        """Somebody signs in where `location` sends them; the query that they come back with."""
        put = httpx.put(f"{self.issuer}/users/{subject}", json=claims)
        assert put.status_code == 204, put.text
        answer = httpx.post(location, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < deadline:
            try:
                httpx.get(f"{self.issuer}/.well-known/openid-configuration").raise_for_status()
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the OpenID provider does not start")


def serve(port: int, secret: str) -> None:
    """Serve until this process ends."""
    import flask
    import oidc_provider_mock
    import werkzeug.serving
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    app = oidc_provider_mock.app()
    challenges: dict[str, str | None] = {}
    basic = base64.b64encode(f"{CLIENT_ID}:{secret}".encode()).decode()

    @app.after_request
    def remember(answer: flask.Response) -> flask.Response:
        back = dict(parse_qsl(urlsplit(answer.headers.get("Location", "")).query))
        if "code" in back:
            challenges[back["code"]] = flask.request.args.get("code_challenge")
        return answer

    @app.before_request
    def check() -> Any:
        if flask.request.path != "/oauth2/token":
            return None
        if flask.request.headers.get("Authorization") != f"Basic {basic}":
            return flask.jsonify(error="invalid_client"), 401
        challenge = challenges.get(flask.request.form.get("code", ""))
        verifier = flask.request.form.get("code_verifier", "")
        if challenge and create_s256_code_challenge(verifier) != challenge:
            return flask.jsonify(error="invalid_grant"), 400
        return None

    werkzeug.serving.make_server(HOST, port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), os.environ["CLIENT_SECRET"])
