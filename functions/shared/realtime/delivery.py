"""Frames for people's open sockets: logged for `sync` where they must not be lost, then pushed.

A push is best effort. A socket that turns out to be gone is deleted, unless it may still be
opening.
"""

import contextlib
from collections.abc import Sequence
from functools import partial

from shared.aws.clients import push_client
from shared.clock import now, timestamp
from shared.dynamodb.tables import ConditionFailed, conditions, parallel_map
from shared.realtime.frame_log import keep, keep_once
from shared.realtime.frames import Frame, encoded
from shared.realtime.sockets import (
    Connection,
    open_sockets,
    remove_entries,
    sockets_of,
    still_allowed,
)

# Seconds during which a push to a stored socket may fail as gone while it is still opening: API
# Gateway knows a connection only once its $connect has answered, which may take 29 s.
_OPENING = 60


def push(user_ids: Sequence[str], frame: Frame, but: str | None = None) -> None:
    """Send `frame` to every open socket of these users, except `but`. If it must not be lost (it
    has an id), log it first: a client that connects in between finds it in the log."""
    if frame.id:
        keep(user_ids, frame)
    send([each for each in open_sockets(user_ids) if each.connection_id != but], frame)


def push_once(user_id: str, frame: Frame) -> None:
    """As `push`, unless the user's log already has a frame with this id: for facts that may be
    reported twice."""
    if keep_once(user_id, frame):
        send(still_allowed(sockets_of(user_id)), frame)


def send(sockets: Sequence[Connection], frame: Frame, request_id: str | None = None) -> None:
    """Send `frame` to these sockets, in parallel, each in its protocol."""
    texts: dict[str | None, bytes] = {
        protocol: encoded(frame, protocol, request_id).encode()
        for protocol in {socket.protocol for socket in sockets}
    }
    parallel_map(partial(_send, texts), sockets)


def _send(texts: dict[str | None, bytes], socket: Connection) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    from shared.observability import log_failure

    try:
        push_client().post_to_connection(
            ConnectionId=socket.connection_id, Data=texts[socket.protocol]
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "GoneException":
            log_failure("push failed")
            return
        _delete_gone(socket)
    except BotoCoreError:
        log_failure("push failed")


def _delete_gone(socket: Connection) -> None:
    """Delete a socket that the gateway does not know, unless it may still be opening."""
    opened_before = timestamp(now() - _OPENING)
    if socket.connected_at and socket.connected_at >= opened_before:
        return
    with contextlib.suppress(ConditionFailed), conditions():
        Connection(socket.connection_id).delete(
            condition=Connection.is_new() | (Connection.connected_at < opened_before)
        )
        remove_entries([socket])
