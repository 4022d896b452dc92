"""The ffmpeg program: where it is, and how it is run so that no file can hold it or us up."""

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

# Bounds of one ffmpeg, for a Lambda of 3 GB with 5 GB of /tmp: there the upload, three sizes and a
# copy of one of them fit.
_MOST_MEMORY: Final = 2_400_000_000
_MOST_WRITTEN: Final = 1_000_000_000  # bytes of each file

_EXIT_INVALID_DATA = 183  # AVERROR_INVALIDDATA, cut to a byte by exit()
_ERROR = re.compile(r"\[(error|fatal|panic)\]")
_EXIT_TOO_MANY_ERRORS = 69  # more than two thirds of the frames could not be decoded

_LINES, _LINE = 5, 200  # of what it says, and characters of each, in our logs


class FfmpegFailed(ProcessingFailed):
    """ffmpeg ended with an error. `log`: the errors it named last, for our logs and never for a
    user."""

    def __init__(self, status: int, log: str) -> None:
        super().__init__("The file could not be processed.")
        self.status = status
        self.log = log

    @property
    def blames_input(self) -> bool:
        """Whether ffmpeg says that the data is broken (and not the disk full, or memory short)."""
        return self.status in (_EXIT_INVALID_DATA, _EXIT_TOO_MANY_ERRORS)


@cache
def binary() -> str:
    """Path of the ffmpeg to use: of the media layer, else the one that imageio-ffmpeg brings.

    A layer is /opt on AWS; emulators without containers unpack layers elsewhere, list the places
    in `_LAMBDA_LAYERS_DIRS`, and lose the right to execute.
    """
    for root in ["/opt", *os.environ.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep)]:
        found = Path(root, "bin", "ffmpeg")
        if root and found.is_file():
            if not os.access(found, os.X_OK):
                found.chmod(found.stat().st_mode | 0o111)
            return str(found)
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

    `on_line` gets each line of its standard output as it comes.

    After `seconds` it is killed and ProcessingFailed raised; an exit status other than 0 raises
    FfmpegFailed, a file that grows beyond all bounds MediaTooLarge. It never outlives this call,
    whatever happens in `on_line`, nor this process, however that ends.
    """
    if seconds <= 0:
        raise ProcessingFailed("The file took too long to process.")
    command = [binary(), "-nostdin", "-hide_banner", "-nostats", "-loglevel", f"level+{level}"]
    with _started([*command, "-y", *arguments]) as process:
        late = threading.Event()

        def end() -> None:
            late.set()
            _kill(process)

        timer = threading.Timer(seconds, end)
        # Both pipes are read at once: a child that fills one while we wait on the other is stuck.
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
    if late.is_set():
        raise ProcessingFailed("The file took too long to process.")
    if process.returncode == -signal.SIGXFSZ:
        raise MediaTooLarge("What is made of the file would be larger than allowed.")
    if process.returncode:
        # What it says of a file at other levels may be where and by whom that was made.
        errors = [line for line in log if _ERROR.search(line)]
        raise FfmpegFailed(process.returncode, "".join(errors))
    return "".join(log)


def last_words(error: BaseException) -> list[str]:
    """What ffmpeg said before it made `error`, in a few lines fit for our logs."""
    while not isinstance(error, FfmpegFailed):
        if error.__cause__ is None:
            return []
        error = error.__cause__
    return [line[:_LINE] for line in error.log.splitlines()[-_LINES:]]


@contextmanager
def _started(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """The program, bounded in memory and in what it writes. It reads from a pipe of which we hold
    the other end: the kernel closes that when we die, and kills the program then."""
    its_end, our_end = os.pipe()
    try:
        with subprocess.Popen(
            command,
            stdin=its_end,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={},  # a decoder of strangers' files needs none of our secrets
            start_new_session=True,
        ) as process:
            fcntl.fcntl(its_end, fcntl.F_SETOWN, -process.pid)
            fcntl.fcntl(its_end, fcntl.F_SETSIG, signal.SIGKILL)
            fcntl.fcntl(its_end, fcntl.F_SETFL, fcntl.FASYNC)
            with suppress(ProcessLookupError):  # when it has ended already
                resource.prlimit(process.pid, resource.RLIMIT_DATA, (_MOST_MEMORY,) * 2)
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (_MOST_WRITTEN,) * 2)
            yield process
    finally:
        os.close(our_end)
        os.close(its_end)


def _kill(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
