"""`make stop`: end the local stack, its state saved; with `--forget` its data goes too."""

import shutil
import sys

from infra.local.ministack import MiniStack
from infra.local.run import PORT, STATE, console, step


def main(forget: bool) -> None:
    ministack = MiniStack(PORT, STATE)
    if ministack.running():
        with step("MiniStack stopped"):
            ministack.stop()
    else:
        console.print("MiniStack is not running.")
    if forget:
        shutil.rmtree(STATE, ignore_errors=True)


if __name__ == "__main__":
    main("--forget" in sys.argv)
