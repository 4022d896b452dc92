"""The same as `npx wscat -c <url> -x <frame> -w <seconds>`: connect, send a frame, print answers.

With it the walk-through's commands run unchanged where npm's packages are not available.
"""

import argparse
import contextlib
import time

from websockets.sync.client import connect


def main() -> None:
    """Send the frame, then print each frame that arrives until the time is over."""
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
