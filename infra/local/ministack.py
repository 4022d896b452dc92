"""The emulator as an object: start it on a port, with or without kept state, and end it.

    with MiniStack() as stack:            # a free port, nothing kept, ends with this process
        stack.client("s3").list_buckets()

    MiniStack(4566, Path(".local/state")).start(background=True)   # what `make run` does

`stop()` from any later process finds that one again by the lock it holds on its state folder.
"""

import contextlib
import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from infra.local.clients import REGION, client

HOST = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 60.0


class MiniStackError(RuntimeError):
    """The emulator did not start, or another program has its port."""


def free_port() -> int:
    """A free TCP port on the loopback interface."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def clean_environment(home: Path) -> dict[str, str]:
    """The few variables a child needs: none of the developer's secrets, proxies or AWS profiles."""
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"])
    return {
        "PATH": path,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "AWS_DEFAULT_REGION": REGION,
        "PYTHONUNBUFFERED": "1",
    }


class MiniStack:
    """One emulator. Without `state_dir` its state is in a temporary folder that `stop` removes."""

    def __init__(
        self,
        port: int | None = None,
        state_dir: Path | None = None,
        *,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.port = port or free_port()
        self.kept = state_dir is not None
        self.home = state_dir or Path(tempfile.mkdtemp(prefix="hoshi-ministack-"))
        self.log = self.home / "ministack.log"
        self._environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """`localhost`, not 127.0.0.1: a presigned URL holds for the very host it was made for."""
        return f"http://localhost:{self.port}"

    def client(self, service: str) -> Any:
        """A boto3 client of this emulator, as its root user."""
        return client(service, self.endpoint)

    def running(self) -> bool:
        """Whether this state folder's emulator is alive: it holds the lock while it lives."""
        try:
            with self._locked():
                return False
        except BlockingIOError:
            return True

    def ready(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/_ministack/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def start(self, *, background: bool = False) -> "MiniStack":
        """Start it and wait until it answers; with `background` it outlives this process."""
        self.home.mkdir(parents=True, exist_ok=True)
        try:
            with self._locked() as lock:
                self._spawn(lock, background)
        except BlockingIOError:
            pass  # it is running already: a second start is no error
        self._wait_until_ready()
        return self

    def stop(self) -> bool:
        """End it and wait until its state is saved; False if it was not running."""
        was_running = self.running()
        if was_running:
            os.kill(self.process_id, signal.SIGTERM)
            self.wait_until_ended()
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process_id, signal.SIGKILL)  # function workers that outlived it
        if self._process:
            self._process.wait(timeout=STOP_SECONDS)
            if self._process.stdin:
                self._process.stdin.close()
            self._process = None
        if not self.kept:
            shutil.rmtree(self.home, ignore_errors=True)
        return was_running

    @property
    def process_id(self) -> int:
        return int((self.home / "ministack.pid").read_text())

    def wait_until_ended(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while self.running():
            if self._process:
                self._process.poll()  # else it would stay a zombie
            if time.monotonic() > deadline:
                raise MiniStackError(f"MiniStack (process {self.process_id}) does not end.")
            time.sleep(0.05)

    def __enter__(self) -> "MiniStack":
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[int]:
        self.home.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield lock
        finally:
            os.close(lock)

    def _spawn(self, lock: int, background: bool) -> None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, self.port)) == 0:
                raise MiniStackError(f"Another program listens on port {self.port}.")
        temporary = self.home / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)  # the last run's workers left folders behind
        temporary.mkdir()
        self._rewind_streams()
        environment = clean_environment(temporary) | {
            "AUTH": "true",
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": HOST,
            "IOT_MTLS_ENABLED": "0",
            "AWS_ENDPOINT_URL": self.endpoint,
            "LAMBDA_WARM_TTL_SECONDS": "30",
            "TMPDIR": str(temporary),
        }
        if self.kept:
            environment |= {
                "PERSIST_STATE": "1",
                "STATE_DIR": str(self.home / "services"),
                "S3_PERSIST": "1",
                "S3_DATA_DIR": str(self.home / "objects"),
            }
        command = [sys.executable, "-m", "infra.local.emulator"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command if background else [*command, "--with-parent"],
                cwd=Path(__file__).parents[2],
                env=environment | self._environment,
                stdin=subprocess.DEVNULL if background else subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[lock],
            )
        (self.home / "ministack.pid").write_text(str(self._process.pid))

    def _rewind_streams(self) -> None:
        """MiniStack restores how far it read each DynamoDB stream, not the records: not rewound,
        it would skip as many new records as it had read before."""
        saved = self.home / "services" / "lambda.json"
        if saved.exists():
            state = json.loads(saved.read_text())
            state["payload"]["dynamodb_stream_positions"]["data"] = {}
            saved.write_text(json.dumps(state))

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.ready():
            ended = self._process is not None and self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                lines = self.log.read_text(errors="replace").splitlines()
                raise MiniStackError(
                    f"MiniStack does not answer on port {self.port}.\n" + "\n".join(lines[-20:])
                )
            time.sleep(0.05)
