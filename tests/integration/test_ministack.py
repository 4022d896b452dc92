"""The emulator as `make run` and the tests use it: kept state, one owner, no orphans."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.ministack import MiniStack, MiniStackError, free_port

START_AND_DIE = """
import os
from infra.local.ministack import MiniStack

stack = MiniStack(int(os.environ["PORT"])).start()
print(stack.home, flush=True)
os._exit(9)
"""


def test_a_kept_state_survives_a_stop_from_elsewhere(tmp_path: Path) -> None:
    port = free_port()
    with MiniStack(port, tmp_path) as started:
        started.client("ssm").put_parameter(Name="/kept", Value="yes", Type="String")
        started.client("s3").create_bucket(Bucket="kept")
        started.client("s3").put_object(Bucket="kept", Key="picture", Body=b"bytes")
        assert MiniStack(port, tmp_path).stop()
    with MiniStack(port, tmp_path) as again:
        assert again.client("ssm").get_parameter(Name="/kept")["Parameter"]["Value"] == "yes"
        picture = again.client("s3").get_object(Bucket="kept", Key="picture")
        assert picture["Body"].read() == b"bytes"


def test_a_second_start_finds_the_first(tmp_path: Path) -> None:
    with MiniStack(free_port(), tmp_path) as first:
        first.client("s3").create_bucket(Bucket="mine")
        second = MiniStack(first.port, tmp_path).start()
        assert [b["Name"] for b in second.client("s3").list_buckets()["Buckets"]] == ["mine"]


def test_another_programs_port_is_refused(tmp_path: Path) -> None:
    with MiniStack() as other, pytest.raises(MiniStackError, match="Another program"):
        MiniStack(other.port, tmp_path).start()


def test_it_ends_with_the_process_that_started_it() -> None:
    port = free_port()
    died = subprocess.run(
        [sys.executable, "-c", START_AND_DIE],
        cwd=Path(__file__).parents[2],
        env={"PORT": str(port)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert died.returncode == 9, died.stderr
    orphan = MiniStack(port, Path(died.stdout.strip()))
    orphan.wait_until_ended()
    assert not orphan.ready()


def test_nothing_of_the_developers_environment_reaches_a_function(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_DEVELOPER", "leaked")
    monkeypatch.setenv("AWS_PROFILE", "production")
    with MiniStack() as stack:
        assert stack.process_id is not None
        environment = Path(f"/proc/{stack.process_id}/environ").read_bytes()
    assert b"SECRET_OF_THE_DEVELOPER" not in environment
    assert b"AWS_PROFILE" not in environment
