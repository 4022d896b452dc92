"""Running ffmpeg with limits, so that no file can block it or us.

One ffmpeg may use 2.4 GB of memory, 1 GB in each file that it writes (`prlimit`), and 60 s plus
15 s for each second of the video, however long the Lambda might go on; a timer ends it. Its stdin
is a pipe whose other end this process holds: when this process is killed, the kernel closes that
end and kills ffmpeg (`F_SETOWN`, `F_SETSIG`), which the end of a Lambda does not do on an
emulator. The next attempt in the same scratch directory removes what a killed one left in /tmp; a
lock on the directory says whether it is in use. /tmp has 5 GB: the upload, three rungs and a copy
of one of them. Rejected: `preexec_fn`, which Python warns about in the presence of threads; a guard
process, which needs the Lambda's library path.
"""

import fcntl
import os
import re
import resource
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final

from media.errors import MediaTooLarge, ProcessingFailed

# Limits of one ffmpeg, for a Lambda with 3 GB of memory and 5 GB of /tmp.
_MAX_MEMORY: Final = 2_400_000_000  # bytes
_MAX_WRITTEN: Final = 1_000_000_000  # bytes of each file

_EXIT_INVALID_DATA = 183  # AVERROR_INVALIDDATA, cut to a byte by exit()
_EXIT_TOO_MANY_ERRORS = 69  # more than two thirds of the frames could not be decoded
_ERROR = re.compile(r"\[(error|fatal|panic)\]")

_LOG_LINES, _LOG_WIDTH = 5, 200  # of ffmpeg's errors in our logs: lines, and characters of each


class FfmpegFailed(ProcessingFailed):
    """ffmpeg ended with an error. `log` has its last error lines, for our logs, never for users."""

    def __init__(self, status: int, log: str) -> None:
        super().__init__("The file could not be processed.")
        self.status = status
        self.log = log

    @property
    def blames_input(self) -> bool:
        """Whether ffmpeg says that the input is broken (and not, say, that the disk is full)."""
        return self.status in (_EXIT_INVALID_DATA, _EXIT_TOO_MANY_ERRORS)


@cache
def binary() -> str:
    """Path of the ffmpeg to use: that of the media layer, else that of imageio-ffmpeg.

    On AWS, a layer is unpacked to /opt; emulators without containers unpack layers to the
    directories in `_LAMBDA_LAYERS_DIRS`, without the permission to execute. (That variable is the
    emulator's, no setting of a deployment, so `shared.config` does not have it.)
    """
    for root in ["/opt", *os.environ.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep)]:
        path = Path(root, "bin", "ffmpeg")
        if root and path.is_file():
            if not os.access(path, os.X_OK):
                path.chmod(path.stat().st_mode | 0o111)
            return str(path)
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def run(
    arguments: Sequence[str],
    *,
    seconds: float,
    on_line: Callable[[str], object] | None = None,
    level: str = "error",
) -> str:
    """Run ffmpeg to its end and return the last lines that it logged at `level`.

    `on_line` gets each line of its standard output as it is written.

    After `seconds` ffmpeg is killed and ProcessingFailed is raised; an exit status other than 0
    raises FfmpegFailed, a file above the size limit MediaTooLarge. ffmpeg never outlives this call,
    whatever `on_line` raises, nor this process, however that ends.
    """
    if seconds <= 0:
        raise ProcessingFailed("The file took too long to process.")
    command = [binary(), "-nostdin", "-hide_banner", "-nostats", "-loglevel", f"level+{level}"]
    with _started([*command, "-y", *arguments]) as process:
        timed_out = threading.Event()

        def end() -> None:
            timed_out.set()
            _kill(process)

        timer = threading.Timer(seconds, end)
        # Both pipes are read at once: a child that fills one while we wait for the other blocks.
        log: deque[str] = deque(maxlen=40)
        reader = threading.Thread(target=log.extend, args=(process.stderr,))
        try:
            timer.start()
            reader.start()
            assert process.stdout is not None  # noqa: S101  (stdout=PIPE)
            for line in process.stdout:
                if on_line:
                    on_line(line.rstrip("\n"))
            process.wait()
        finally:
            timer.cancel()
            _kill(process)
            reader.join()
    if timed_out.is_set():
        raise ProcessingFailed("The file took too long to process.")
    if process.returncode == -signal.SIGXFSZ:
        raise MediaTooLarge("A rendition of the file would be larger than allowed.")
    if process.returncode:
        # Lines of other levels may contain the file's metadata: where and by whom it was made.
        errors = [line for line in log if _ERROR.search(line)]
        raise FfmpegFailed(process.returncode, "".join(errors))
    return "".join(log)


def error_lines(error: BaseException) -> list[str]:
    """ffmpeg's last error lines before it caused `error`, shortened for our logs."""
    while not isinstance(error, FfmpegFailed):
        if error.__cause__ is None:
            return []
        error = error.__cause__
    return [line[:_LOG_WIDTH] for line in error.log.splitlines()[-_LOG_LINES:]]


@contextmanager
def _started(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """The running program, limited in memory and file sizes. Its stdin is a pipe whose other end we
    hold: when this process ends, the kernel closes that end and kills the program."""
    its_end, our_end = os.pipe()
    try:
        with subprocess.Popen(
            command,
            stdin=its_end,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={},  # a decoder of untrusted files needs none of our secrets
            start_new_session=True,
        ) as process:
            fcntl.fcntl(its_end, fcntl.F_SETOWN, -process.pid)
            fcntl.fcntl(its_end, fcntl.F_SETSIG, signal.SIGKILL)
            fcntl.fcntl(its_end, fcntl.F_SETFL, fcntl.FASYNC)
            with suppress(ProcessLookupError):  # it has already ended
                resource.prlimit(process.pid, resource.RLIMIT_DATA, (_MAX_MEMORY,) * 2)
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (_MAX_WRITTEN,) * 2)
            yield process
    finally:
        os.close(our_end)
        os.close(its_end)


def _kill(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
