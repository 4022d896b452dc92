"""Folders in which uploads are worked on, none of which is left behind, however the work ends."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "media-"
_NEW = 60  # seconds in which a folder may not be locked yet


@contextmanager
def workplace() -> Iterator[Path]:
    """An empty folder, gone afterwards. What workers that were killed have left goes first: /tmp
    outlives a Lambda that was out of time or memory."""
    _sweep()
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
        place = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(place, fcntl.LOCK_EX)  # until we close it, or die
            yield Path(folder)
        finally:
            os.close(place)


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # it went meanwhile, or is another user's, or is being worked in
            if folder.stat().st_mtime < time.time() - _NEW:
                _remove_if_free(folder)


def _remove_if_free(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(place)
