"""Scratch directories for processing uploads. Those of killed processes are removed later."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "media-"
_GRACE = 60  # seconds in which a new directory may not be locked yet


@contextmanager
def scratch_directory() -> Iterator[Path]:
    """An empty directory, removed afterwards. First, the directories of killed processes are
    removed: /tmp outlives an invocation that ran out of time or memory."""
    _remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as directory:
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # until we close it or are killed
            yield Path(directory)
        finally:
            os.close(descriptor)


def _remove_abandoned() -> None:
    for directory in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # it is gone, belongs to another user, or is in use
            if directory.stat().st_mtime < time.time() - _GRACE:
                _remove_if_unused(directory)


def _remove_if_unused(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(directory, ignore_errors=True)
    finally:
        os.close(descriptor)
