"""What runs in the emulator's process: MiniStack, which can end with whoever started it."""

import os
import signal
import sys
import threading

from ministack.app import main


def _end_with_parent() -> None:
    sys.stdin.buffer.read()  # returns when the parent has ended, in whatever way
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    if "--with-parent" in sys.argv:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = ["ministack"]  # its own parser reads the rest
    main()
