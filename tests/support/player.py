"""ffmpeg as an HLS player, and the web server that it plays from.

ffmpeg is linked statically and resolves no host names, not even localhost: it needs URLs with an IP
address.
"""

import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from media.video import ffmpeg

type Answer = tuple[int, Mapping[str, str], bytes]

_RELAYED = ("content-type", "content-range", "accept-ranges")


def decoded(source: str | Path, number: int = 0) -> tuple[list[str], list[str]]:
    """The digests of all video frames, and of all audio frames, of a file, or of one of the sizes
    that a master playlist names."""
    lines = subprocess.run(
        [
            *(ffmpeg.binary(), "-nostdin", "-v", "error", "-i", str(source)),
            *("-map", f"0:v:{number}", "-map", f"0:a:{number}?"),
            *("-fps_mode", "passthrough", "-f", "framemd5", "-"),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=240,
    ).stdout.splitlines()
    frames = [line.split(",") for line in lines if not line.startswith("#")]
    video, audio = ([frame[5] for frame in frames if frame[0] == each] for each in "01")
    return video, audio


@dataclass
class Relay:
    """The URL of the server, and the requests that it got: path and range."""

    url: str
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def ranges(self) -> list[str]:
        """The requested ranges of objects."""
        return [range_ for path, range_ in self.asked if range_ and ".m3u8" not in path]


@contextmanager
def relay(endpoint: str, playlist: Callable[[str], Answer]) -> Iterator[Relay]:
    """Serve `playlist(path)` for paths of playlists, and else objects of the S3 at `endpoint`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            made.asked.append((self.path, asked))
            if ".m3u8" in self.path:
                status, headers, body = playlist(self.path)
                body = body.replace(endpoint.encode(), made.url.encode())
            else:
                # A player asks for an open range and closes the connection at its end.
                answer = httpx.get(endpoint + self.path, headers={"Range": asked} if asked else {})
                status, headers, body = answer.status_code, answer.headers, answer.content
            self.send_response(status)
            for name in _RELAYED:
                if name in headers:
                    self.send_header(name, headers[name])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Relay(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
