"""What runs in the emulator's process: MiniStack, which can end with whoever started it."""

import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from ministack import app

_orphaned = threading.Event()


def _end_with_parent() -> None:
    os.read(0, 1)  # returns when the parent has ended, in whatever way
    _orphaned.set()
    os.kill(os.getpid(), signal.SIGTERM)


async def _not_here(*request: Any) -> None:
    """No answer: somebody else's turn."""


if __name__ == "__main__":
    if "--with-parent" in sys.argv:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = ["ministack"]  # its own parser reads the rest
    # It would answer /health of every host itself: that address is the application's.
    app._HEALTH_PATHS = ("/_ministack/health", "/_localstack/health")
    # And POST /login, as Cognito's page, which is ours too.
    app._handle_cognito_body_request = _not_here
    try:
        app.main()
    finally:
        if _orphaned.is_set() and "PERSIST_STATE" not in os.environ:
            shutil.rmtree(Path(os.environ["TMPDIR"]).parent, ignore_errors=True)
