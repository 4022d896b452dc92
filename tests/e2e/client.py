"""People with HTTP clients, sockets and mailboxes, for the end-to-end tests."""

import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.sync.client import ClientConnection, connect

from infra.local.mailbox import SentMail, sent_mails
from tests.support.api_document import api_document

PASSWORD = "Correct-Horse-7"
PATIENCE = 45.0  # seconds that the effect of another Lambda may take on a busy laptop
# Calls of a crowd that run at the same time: each is a process of the emulator, and a small machine
# that starts too many finishes none in time. tests/integration makes a hundred at once, in one
# process.
AT_ONCE = 8
_numbers = itertools.count(1)


def wait_for[Fact](look: Callable[[], Fact], what: str, patience: float = PATIENCE) -> Fact:
    """The result of `look` once it is truthy; fails, saying what was awaited, if it never is."""
    began = time.monotonic()
    while True:
        fact = look()
        if fact:
            return fact
        waited = time.monotonic() - began
        if waited > patience:
            raise AssertionError(f"waited {patience:.0f} s in vain for {what}; last seen: {fact!r}")
        # Each look takes processor time from what is awaited, so they become less frequent.
        time.sleep(min(0.05 + waited / 10, 0.5))


def at_once[Each, Result](do: Callable[[Each], Result], crowd: Iterable[Each]) -> list[Result]:
    """The results of `do` for each of a crowd, some of them in parallel."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(do, crowd))


def _hold_to_document(answer: httpx.Response, method: str, path: str) -> None:
    """Fail unless `openapi.json` declares this answer of one of its operations; what succeeds is
    one of them."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    document = api_document()
    template = document.template_of(method, urlsplit(path).path)
    if template is None:
        is_extra = method in ("HEAD", "OPTIONS")  # which every path answers
        assert is_extra or not answer.is_success, f"openapi.json does not have {method} {path}"
        return
    fault = document.fault(method, template, answer.status_code, kind, answer.text)
    assert not fault, f"openapi.json does not say so: {fault}"


class Api:
    """The deployed HTTP API at its public URL, called as curl and browsers do: on MiniStack by its
    custom domain. (Python does not know that every name under `localhost` is this machine.)"""

    def __init__(self, endpoint: str, url: str, socket_url: str) -> None:
        self.endpoint = endpoint
        self.url = url
        self.socket_url = socket_url
        host = str(urlsplit(url).hostname)
        self._http = httpx.Client(
            base_url=url.replace(host, "localhost"),
            headers={"Host": host} if host != "localhost" else {},
            timeout=60,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32),
        )

    def close(self) -> None:
        self._http.close()

    def call(
        self, method: str, path: str, body: Any = None, token: str | None = None, **options: Any
    ) -> httpx.Response:
        """Make one request; repeat it if the emulator answers 502, as it may at cold starts."""
        headers = dict(options.pop("headers", {}))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            options["json"] = body
        for attempt in range(4):
            answer = self._http.request(method, path, headers=headers, **options)
            if answer.status_code != 502 or attempt == 3:
                break
        _hold_to_document(answer, method, path)
        return answer

    def expect(self, status: int, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The JSON of an answer that must have this status."""
        answer = self.call(method, path, body, **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def mails_to(self, address: str) -> list[SentMail]:
        """The mails that SES sent to an address, oldest first."""
        return [mail for mail in sent_mails(self.endpoint) if address in mail["To"]]

    def code_for(self, address: str, after: int = 0) -> str:
        """The code in the newest mail to an address, once there are more than `after` mails."""
        mails = wait_for(
            lambda: (found := self.mails_to(address)) and len(found) > after and found,
            f"a mail to {address}",
        )
        found = re.search(r"\b(\d{6})\b", mails[-1]["BodyText"])
        assert found, f"no code in {mails[-1]['BodyText']!r}"
        return found.group(1)


@dataclass
class Person:
    """A person with an account and a token."""

    api: Api
    id: str
    username: str
    email: str
    token: str
    refresh_token: str
    tokens: dict[str, Any] = field(repr=False, default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.api.call(method, path, body, token=self.token, **options)

    def expect(self, status: int, method: str, path: str, body: Any = None, **options: Any) -> Any:
        return self.api.expect(status, method, path, body, token=self.token, **options)

    def get(self, path: str) -> Any:
        return self.expect(200, "GET", path)

    def upload(self, file: Path | bytes, content_type: str, purpose: str = "post") -> str:
        """Upload a file by presigned POST; returns its upload id, before it is processed."""
        content = file if isinstance(file, bytes) else file.read_bytes()
        given = self.expect(
            201,
            "POST",
            "/media/uploads",
            {"content_type": content_type, "size": len(content), "purpose": purpose},
        )
        sent = httpx.post(
            given["upload_url"],
            data=given["upload_fields"],
            files={"file": ("file", content, content_type)},
            timeout=60,
        )
        assert sent.status_code in (200, 201, 204), sent.text
        return str(given["upload_id"])

    def processed(self, upload_id: str, patience: float = 60) -> dict[str, Any]:
        """The upload once it is ready or failed."""
        return wait_for(
            lambda: (
                (upload := self.get(f"/media/uploads/{upload_id}"))["status"] in ("ready", "failed")
                and upload
            ),
            f"upload {upload_id} to be processed",
            patience,
        )

    @contextmanager
    def socket(self, token: str | None = None) -> Iterator["Socket"]:
        """An open socket of this person; of another session if its token is given."""
        token = self.token if token is None else token
        url = f"{self.api.socket_url}?token={token}"
        with connect(url, open_timeout=30, proxy=None) as connection:
            yield Socket(connection)


class Socket:
    """A WebSocket that keeps the frames it received, and drops repeats by `id` as clients do."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[dict[str, Any]] = []
        self._ids: set[str] = set()

    def send(self, frame: dict[str, Any] | str) -> None:
        self.connection.send(frame if isinstance(frame, str) else json.dumps(frame))

    def wait_for(self, event: str, patience: float = PATIENCE) -> dict[str, Any]:
        """The next frame of this kind."""
        deadline = time.monotonic() + patience
        while True:
            left = deadline - time.monotonic()
            try:
                frame = json.loads(self.connection.recv(timeout=max(left, 0.01)))
            except TimeoutError:
                seen = [frame.get("event") for frame in self.frames]
                raise AssertionError(
                    f"no frame {event!r} in {patience:.0f} s; saw {seen}"
                ) from None
            if frame.get("id") in self._ids and not {"cursor", "request_id"} & frame.keys():
                continue
            self._ids |= {frame["id"]} if "id" in frame else set()
            self.frames.append(frame)
            if frame.get("event") == event:
                return dict(frame)


_naming = threading.Lock()


def new_name(prefix: str = "person") -> str:
    """A username that no other test has."""
    with _naming:
        return f"{prefix}_{next(_numbers)}"


def registration(username: str, **more: Any) -> dict[str, Any]:
    """A request body for /register."""
    return {
        "name": f"The {username}",
        "username": username,
        "email": f"{username}@example.com",
        "password": PASSWORD,
        "confirm_password": PASSWORD,
        "date_of_birth": "1999-04-05",
        "gender": "undisclosed",
        **more,
    }


def join(api: Api, prefix: str = "person") -> Person:
    """Register over HTTP and verify with the code from the mail, which logs the person in."""
    username = new_name(prefix)
    body = registration(username)
    api.expect(201, "POST", "/register", body)
    code = api.code_for(body["email"])
    given = api.expect(200, "POST", "/verify-otp", {"email": body["email"], "otp_code": code})
    return Person(
        api,
        given["user"]["id"],
        username,
        body["email"],
        given["token"],
        given["refresh_token"],
        given,
    )


def log_in(person: Person) -> str:
    """A token of a new session of the same person."""
    given = person.api.expect(
        200, "POST", "/login", {"identifier": person.username, "password": PASSWORD}
    )
    return str(given["token"])
