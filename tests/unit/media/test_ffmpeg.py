import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from media.errors import MediaTooLarge, MediaUnreadable, ProcessingFailed
from media.video import ffmpeg
from media.video.ffmpeg import FfmpegFailed
from tests.unit.media.samples import four_corners, saved

type Pretend = Callable[[str], Path]


@pytest.fixture
def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pretend]:
    """Put a shell script in the place of a layer's ffmpeg."""
    layer = tmp_path / "layer"
    (layer / "bin").mkdir(parents=True)

    def write(script: str) -> Path:
        path = layer / "bin" / "ffmpeg"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o644)  # as emulators unpack it
        return path

    monkeypatch.setenv("_LAMBDA_LAYERS_DIRS", f"{tmp_path / 'other'}{os.pathsep}{layer}")
    ffmpeg.binary.cache_clear()
    yield write
    ffmpeg.binary.cache_clear()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"


def wait_until_gone(pid: int) -> None:
    ends = time.monotonic() + 10
    while is_running(pid):
        assert time.monotonic() < ends, f"{pid} is still running"


def test_ffmpeg_comes_from_a_layer_and_is_made_executable(pretend: Pretend) -> None:
    path = pretend("exit 0")
    assert ffmpeg.binary() == str(path)
    assert os.access(path, os.X_OK)
    assert ffmpeg.run([], seconds=10) == ""


def test_without_a_layer_the_packaged_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("_LAMBDA_LAYERS_DIRS", raising=False)
    ffmpeg.binary.cache_clear()
    lines: list[str] = []
    ffmpeg.run(["-version"], seconds=10, on_line=lines.append)
    assert lines[0].startswith("ffmpeg version")


def test_lines_arrive_while_it_runs_and_the_log_is_returned(pretend: Pretend) -> None:
    pretend("echo one; echo two; echo 'a warning' >&2")
    lines: list[str] = []
    assert ffmpeg.run([], seconds=10, on_line=lines.append) == "a warning\n"
    assert lines == ["one", "two"]


def test_failure_carries_status_and_error_lines(pretend: Pretend) -> None:
    pretend('for i in $(seq 100); do echo "[mov @ 0x5] [error] line $i" >&2; done; exit 183')
    with pytest.raises(FfmpegFailed) as caught:
        ffmpeg.run([], seconds=10)
    assert caught.value.blames_input
    assert caught.value.code == "processing_failed"
    assert caught.value.log.splitlines()[-1] == "[mov @ 0x5] [error] line 100"
    assert len(caught.value.log.splitlines()) == 40
    assert "line" not in str(caught.value)


def test_only_errors_are_logged(pretend: Pretend) -> None:
    pretend(
        "echo '[info]     location : +51.4779-000.0015/' >&2; "
        "echo '[mov @ 0x5] [error] moov atom not found' >&2; exit 1"
    )
    with pytest.raises(FfmpegFailed) as caught:
        ffmpeg.run([], seconds=10, level="info")
    assert caught.value.log == "[mov @ 0x5] [error] moov atom not found\n"


def test_the_error_lines_are_found_in_the_cause_of_an_error() -> None:
    log = "".join(f"[error] {number} {'x' * 300}\n" for number in range(9))
    try:
        raise MediaUnreadable("The video is damaged.") from FfmpegFailed(183, log)
    except MediaUnreadable as error:
        lines = ffmpeg.error_lines(error)
    assert [line[:9] for line in lines] == [f"[error] {number}" for number in range(4, 9)]
    assert {len(line) for line in lines} == {200}
    assert ffmpeg.error_lines(MediaUnreadable("Empty.")) == []


def test_a_full_disk_is_not_the_files_fault(pretend: Pretend) -> None:
    pretend("exit 228")
    with pytest.raises(FfmpegFailed) as caught:
        ffmpeg.run([], seconds=10)
    assert not caught.value.blames_input


def test_the_deadline_kills_it_and_its_children(pretend: Pretend) -> None:
    pretend("trap '' TERM; sleep 60 & echo $!; echo $$; wait")
    pids: list[str] = []
    started = time.monotonic()
    with pytest.raises(ProcessingFailed, match="too long"):
        ffmpeg.run([], seconds=0.5, on_line=pids.append)
    assert time.monotonic() - started < 30
    assert len(pids) == 2
    for pid in pids:
        wait_until_gone(int(pid))


def test_no_time_left_starts_nothing(pretend: Pretend, tmp_path: Path) -> None:
    pretend(f"touch {tmp_path}/started")
    with pytest.raises(ProcessingFailed, match="too long"):
        ffmpeg.run([], seconds=0)
    assert not (tmp_path / "started").exists()


def test_a_listener_that_fails_ends_it(pretend: Pretend) -> None:
    pretend("echo $$; exec sleep 60")
    pids: list[str] = []

    def fail(line: str) -> None:
        pids.append(line)
        raise LookupError(line)

    with pytest.raises(LookupError):
        ffmpeg.run([], seconds=30, on_line=fail)
    wait_until_gone(int(pids[0]))


def test_a_flood_on_both_outputs_does_not_block(pretend: Pretend) -> None:
    pretend("yes out | head -c 1000000; yes err | head -c 1000000 >&2; echo end")
    lines: list[str] = []
    log = ffmpeg.run([], seconds=30, on_line=lines.append)
    assert lines[-1] == "end"
    assert log.count("err") <= 40


def test_it_sees_no_environment_of_ours(pretend: Pretend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-ours")
    pretend("env")
    lines: list[str] = []
    ffmpeg.run([], seconds=10, on_line=lines.append)
    assert lines
    assert "secret-of-ours" not in "\n".join(lines)


def test_a_real_one_is_stopped_in_the_middle_of_its_work() -> None:
    lines: list[str] = []
    endless = ("-re", "-f", "lavfi", "-i", "testsrc2", "-progress", "pipe:1", "-f", "null", "-")
    with pytest.raises(ProcessingFailed, match="too long"):
        ffmpeg.run(endless, seconds=1.5, on_line=lines.append)
    assert "progress=continue" in lines
    assert "progress=end" not in lines


def test_what_it_writes_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "_MAX_WRITTEN", 100_000)
    target = tmp_path / "out.raw"
    endless = ("-f", "lavfi", "-i", "testsrc2", "-f", "rawvideo", str(target))
    with pytest.raises(MediaTooLarge, match="larger than allowed"):
        ffmpeg.run(endless, seconds=60)
    assert target.stat().st_size <= 100_000


def test_its_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "_MAX_MEMORY", 100_000_000)
    large = saved(four_corners(8000, 8000), tmp_path / "large.jpg", "JPEG")
    with pytest.raises(FfmpegFailed, match="could not be processed"):
        ffmpeg.run(("-i", str(large), "-f", "null", "-"), seconds=60)


ENDLESS = """
from media.video import ffmpeg

source = ("-re", "-f", "lavfi", "-i", "testsrc2", "-progress", "pipe:1", "-f", "null", "-")
ffmpeg.run(source, seconds=600, on_line=lambda line: print(line, flush=True))
"""


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def test_it_ends_with_a_worker_that_is_killed() -> None:
    """Lambda kills a function that is out of time; an emulator does not kill its children."""
    worker = subprocess.Popen(
        [sys.executable, "-c", ENDLESS],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stdout is not None
        assert any(line.startswith("frame=") for line in worker.stdout)
        children = children_of(worker.pid)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
    assert len(children) == 1
    wait_until_gone(children[0])
