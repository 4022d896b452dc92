"""SocialHub's walk-through, command by command, as the contract has it (`walk_through.sh`).

Every command runs verbatim in one bash, with curl and jq. Only `npx` is ours: a function that
starts `wscat.py`, which sends the same frames.
"""

import json
import re
import shlex
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import wait_for
from tests.e2e.conftest import Deployed

SCRIPT = Path(__file__).with_name("walk_through.sh")
WSCAT = Path(__file__).with_name("wscat.py")


def commands() -> list[str]:
    """The script's commands, each with all of its lines."""
    found: list[str] = []
    pending = ""
    for line in SCRIPT.read_text().splitlines():
        pending += line + "\n"
        if not line.endswith("\\") and _is_whole(pending):
            if shlex.split(pending, comments=True):
                found.append(pending)
            pending = ""
    assert not pending, f"this does not end: {pending}"
    return found


def _is_whole(text: str) -> bool:
    try:
        shlex.split(text, comments=True)
    except ValueError:  # a quote is open
        return False
    return True


class Shell:
    """One bash, whose variables stay from command to command."""

    def __init__(self, **variables: str) -> None:
        self._process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # curl's progress
            text=True,
        )
        # The commands call this machine only, which a proxy cannot reach.
        self.run("unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY")
        python = shlex.quote(sys.executable)
        self.run(f'npx() {{ shift; {python} {shlex.quote(str(WSCAT))} "$@"; }}')
        for name, value in variables.items():
            self.run(f"{name}={shlex.quote(value)}")

    def run(self, command: str) -> str:
        """Run a command; return what it prints."""
        pipes = self._process.stdin, self._process.stdout
        assert pipes[0]
        assert pipes[1]
        end = f"--- {uuid.uuid4()}"
        pipes[0].write(f"{command}\necho; echo '{end}'\n")
        pipes[0].flush()
        lines: list[str] = []
        while (line := pipes[1].readline()) != f"{end}\n":
            assert line, f"bash ended at {command}"
            lines.append(line)
        return "".join(lines).strip()

    def close(self) -> None:
        self._process.communicate(timeout=30)  # ends its input, which ends bash


class Walk:
    """The script; its commands are run one after the other."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._left = commands()

    def step(self, *words: str) -> str:
        """Run the next command, which must contain these words; return what it prints."""
        self.command = self._left.pop(0)
        assert all(word in self.command for word in words), self.command
        return self._shell.run(self.command)

    def json(self, *words: str) -> Any:
        return _read(self.step(*words))

    def again(self) -> Any:
        """Run the last command once more."""
        return _read(self._shell.run(self.command))

    def value(self, name: str) -> str:
        return self._shell.run(f"echo ${name}")

    def is_over(self) -> bool:
        return not self._left


def _read(printed: str) -> Any:
    try:
        return json.loads(printed)
    except ValueError:
        raise AssertionError(f"not JSON: {printed}") from None


def _frames(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


@pytest.fixture
def walk(limited_stack: Deployed) -> Iterator[Walk]:
    outputs = limited_stack.outputs
    shell = Shell(API=outputs["ApiUrl"], WS=outputs["WebSocketUrl"])
    yield Walk(shell)
    shell.close()


def test_the_walk_through_works_as_it_stands(walk: Walk) -> None:
    # 1. Register two users
    for username in ("testuser", "otheruser"):
        joined = walk.json("/auth/signup", username)
        assert joined["message"] == "User created"
        assert joined["token"].startswith("eyJ")
        assert joined["user"]["username"] == username

    # 2. Log in
    walk.step("TOKEN=", "/auth/login", "test@example.com")
    walk.step("OTHER=", "/auth/login", "otheruser")
    token, other = walk.value("TOKEN"), walk.value("OTHER")
    assert token.startswith("eyJ")
    assert other.startswith("eyJ")
    assert token != other
    head, _, body = walk.step("curl -i", "/auth/verify-user").replace("\r", "").partition("\n\n")
    assert re.match(r"HTTP/\S+ 200", head), head
    payload = re.search(r"(?im)^x-user-payload: (.*)$", head)
    assert payload, head
    assert json.loads(payload.group(1))["username"] == "testuser"
    assert json.loads(body) == {"valid": True}
    walk.step("USER_ID=", "/users/profile/otheruser")
    user_id = walk.value("USER_ID")

    # 3. Protected endpoints
    walk.step("POST_ID=", "/posts/", "My first post!")
    post_id = walk.value("POST_ID")
    assert post_id != "null"
    second = walk.json("/api/v1/posts/", "Second")
    assert second["message"] == "Post created"
    assert second["post"]["content"] == "Second"
    assert second["post"]["user"]["username"] == "testuser"
    profile = walk.json("-X GET", "/users/profile/$USER_ID")
    assert profile["success"] is True
    assert (profile["user"]["id"], profile["user"]["username"]) == (user_id, "otheruser")
    followed = walk.json("/users/follow/$USER_ID")
    assert followed["message"] == "Followed successfully"
    assert followed["follow"]["followingId"] == user_id
    assert followed["follow"]["status"] == "active"
    refused = walk.json("/users/follow/$USER_ID")
    assert refused["error"] == "Already following"
    liked = walk.json("/api/v1/posts/$POST_ID/like")
    assert liked["liked"] is True
    commented = walk.json("/posts/$POST_ID/comment", "Nice!")
    assert commented["message"] == "Comment added"
    assert commented["comment"]["content"] == "Nice!"
    assert commented["comment"]["postId"] == post_id
    assert commented["comment"]["user"]["username"] == "otheruser"

    # 4. Events -> notifications
    walk.step("sleep 2")
    types = _kinds(walk.json("/notify/notifications"))
    if not {"POST", "COMMENT", "LIKE"} <= types:  # a laptop that is busy may need longer
        wait_for(
            lambda: {"POST", "COMMENT", "LIKE"} <= _kinds(walk.again()),
            "post, comment and like among the notifications",
        )
    assert _kinds(walk.again()) == {"POST", "COMMENT", "LIKE"}
    feed = walk.json("/api/feed/?page=1&limit=10")
    assert feed["posts"] == [], "the other user has none yet"
    assert (feed["page"], feed["limit"]) == (1, 10)

    # 5. Chat
    room = walk.step("ROOM=", "/conversations")
    assert re.fullmatch(r"[0-9A-Z]{26}", room), room
    joined_room = _frames(walk.step("npx wscat", "join_room"))
    events = [frame["event"] for frame in joined_room]
    assert {"message_history", "room_users"} <= set(events)
    assert all(
        frame["data"]["roomId"] == room for frame in joined_room if "roomId" in frame["data"]
    )
    sent = _frames(walk.step("npx wscat", "send_message"))
    # A fresh socket may get it again, with the same id.
    found = {frame["id"]: frame["data"] for frame in sent if frame["event"] == "new_message"}
    [message] = found.values()
    assert (message["roomId"], message["message"]) == (room, "Hello!")
    assert message["username"] == "testuser"
    assert walk.is_over()


def _kinds(answer: Any) -> set[str]:
    assert answer["success"] is True
    return {entry["type"] for entry in answer["data"]}
