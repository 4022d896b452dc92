"""What runs in the emulator's process: MiniStack, ending with the process that started it when asked to."""

import os
import signal
import sys
import threading

from ministack.app import main


def _end_with_parent() -> None:
    sys.stdin.buffer.read()  # returns when the parent, however it ended, no longer holds the other end
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    if "--with-parent" in sys.argv:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = ["ministack"]  # its own parser reads the rest
    main()
