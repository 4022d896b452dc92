"""The handshake of Socket.IO: what follows a $connect, and who a client proves to be.

API Gateway knows a socket only once its $connect has answered, so the packet that opens a session
is sent by a job (`greet_socket.py`). A browser cannot send a header, so its client sends its token
in the first packet: such a socket opens without a user, and a delayed job closes it if it has not
proved one by then.
"""

import json
from typing import Any

from shared.access.caller import Caller
from shared.aws.clients import client
from shared.config import config
from shared.encoding import to_json
from shared.errors import DependencyUnavailable, Unauthorized
from shared.messaging.queues import send
from shared.parallel import in_parallel
from shared.realtime.sockets import Connection

QUEUE = "socket-handshakes"
GREET, CHECK = "greet", "check"  # the steps of the jobs
PATIENCE = 20  # seconds that a socket may be open without a user
_MAX_TOKEN = 4096  # characters; ours have some 500


def begin(connection_id: str, is_proven: bool) -> None:
    """Let the session be opened and, unless it has a user, be checked after `PATIENCE`."""
    calls = [lambda: send(QUEUE, _job(connection_id, GREET))]
    if not is_proven:
        calls.append(lambda: send(QUEUE, _job(connection_id, CHECK), delay=PATIENCE))
    in_parallel(*calls)


def _job(connection_id: str, step: str) -> str:
    return to_json({"connection_id": connection_id, "step": step})


def proven_caller(connection_id: str) -> Caller | None:
    """Who proved to be the user of a socket after it was opened."""
    socket = Connection.find(connection_id, consistent=True)
    if socket is None:
        return None
    return Caller(
        user_id=socket.user_id,
        username=socket.username or "",
        session_id=socket.session_id,
        role="user",  # nothing that a socket does takes an administrator
        scope="full",
    )


def caller_by_token(token: object) -> Caller:
    """The caller that a token identifies; raises `Unauthorized` for everything else.

    Only auth can read the key of tokens, so its authorizer is asked, as at other handshakes.
    """
    if not isinstance(token, str) or not 0 < len(token) <= _MAX_TOKEN or not token.isascii():
        raise Unauthorized
    answer = client("lambda").invoke(
        FunctionName=f"{config.stack}-ws-authorizer",
        Payload=to_json({"token": token.removeprefix("Bearer ").strip()}),
    )
    verdict: dict[str, Any] = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        if verdict.get("errorMessage") == "Unauthorized":
            raise Unauthorized
        raise DependencyUnavailable
    return Caller(**verdict)
