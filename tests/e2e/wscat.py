"""What `npx wscat -c <url> -x <frame> -w <seconds>` does: connect, send a frame, print what comes.

So that the walk-through's commands run as they stand where npm's packages are not to be had.
"""

import argparse
import contextlib
import time

from websockets.sync.client import connect


def main() -> None:
    """Send the frame, then print each frame that comes until the time is over."""
    parser = argparse.ArgumentParser(prog="wscat")
    parser.add_argument("-c", "--connect", required=True)
    parser.add_argument("-x", "--execute", required=True)
    parser.add_argument("-w", "--wait", type=float, default=2.0, help="seconds")
    given = parser.parse_args()
    with connect(given.connect, open_timeout=30, proxy=None) as connection:
        connection.send(given.execute)
        end = time.monotonic() + given.wait
        with contextlib.suppress(TimeoutError):
            while True:
                print(connection.recv(timeout=max(0.0, end - time.monotonic())), flush=True)


if __name__ == "__main__":
    main()
