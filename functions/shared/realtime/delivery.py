"""Frames for people's open sockets: logged for `sync` where they must not be lost, then pushed.

A push is best effort, but a socket that missed a frame gets no other: it is closed, so that its
client connects again and syncs.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from shared.aws.clients import push_client
from shared.clock import now, timestamp
from shared.dynamodb.tables import parallel_map
from shared.realtime.allowed_sockets import open_sockets, still_allowed
from shared.realtime.frame_log import Reference, claim, keep
from shared.realtime.frames import Frame, encoded
from shared.realtime.sockets import Connection, remove_entries, sockets_of

# Seconds during which a push to a stored socket may fail as gone while it is still opening: API
# Gateway knows a connection only once its $connect has answered, which may take 29 s.
_OPENING = 60


def push(
    user_ids: Sequence[str],
    frame: Frame,
    *,
    about: Mapping[str, str] | None = None,
    but: str | None = None,
) -> None:
    """Send `frame` to every open socket of these users, except `but`.

    If it must not be lost, `about` says by ids what it reports, and it is logged first: a client
    that connects in between finds it in the log.
    """
    if about is not None:
        keep((user_id, _reference(frame, about)) for user_id in user_ids)
    send([each for each in open_sockets(user_ids) if each.connection_id != but], frame)


def push_once(user_id: str, frame: Frame, about: Mapping[str, str]) -> None:
    """As `push`, but sent once: for facts that may be reported twice. In the log, the second report
    is a repeat with the same id."""
    log(user_id, frame, about)
    send_once(user_id, frame)


def log(user_id: str, frame: Frame, about: Mapping[str, str]) -> None:
    """Log `frame` for `sync`, and send it to no socket."""
    keep([(user_id, _reference(frame, about))])


def send_once(user_id: str, frame: Frame, when: Callable[[], bool] = lambda: True) -> None:
    """Send `frame`, which was logged before, to every open socket of the user, unless another call
    did (one without an id in any case). `when` is asked if there are any."""
    sockets = still_allowed(sockets_of(user_id))
    if sockets and when() and (frame.id is None or claim(user_id, frame.id)):
        send(sockets, frame)


def close_ended(user_id: str) -> None:
    """Close a user's open sockets whose sessions have ended. One that cannot be closed gets nothing
    any more, and is closed at its next frame."""
    opened = sockets_of(user_id)
    allowed = {each.connection_id for each in still_allowed(opened)}
    for socket in opened:
        if socket.connection_id not in allowed:
            _close(socket)


def _reference(frame: Frame, about: Mapping[str, str]) -> Reference:
    if not frame.id:
        raise ValueError("a logged frame needs an id")
    return Reference(frame.event, frame.id, about)


def send(sockets: Sequence[Connection], frame: Frame, request_id: str | None = None) -> bool:
    """Send `frame` to these sockets, in parallel, each in its protocol; return whether the gateway
    took it for all of them."""
    texts: dict[str | None, bytes] = {
        protocol: encoded(frame, protocol, request_id).encode()
        for protocol in {socket.protocol for socket in sockets}
    }
    return all(parallel_map(partial(_send, texts), sockets))


def _send(texts: dict[str | None, bytes], socket: Connection) -> bool:
    from botocore.exceptions import BotoCoreError, ClientError

    from shared.observability import log_failure

    try:
        push_client().post_to_connection(
            ConnectionId=socket.connection_id, Data=texts[socket.protocol]
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "GoneException":
            _forget_gone(socket)
            return False
        log_failure("push failed")
    except BotoCoreError:
        log_failure("push failed")
    else:
        return True
    _close(socket)
    return False


def _forget_gone(socket: Connection) -> None:
    """Push nothing more to a socket that the gateway does not know, unless it may still be opening.
    The socket itself is deleted by $disconnect, which pushes that its user left, or expires."""
    opened_before = timestamp(now() - _OPENING)
    if not socket.connected_at or socket.connected_at < opened_before:
        remove_entries([socket])


def _close(socket: Connection) -> None:
    """Close a socket, which may have missed a frame, and push nothing more to it. If it cannot be
    closed, its client syncs in place of a ping."""
    from botocore.exceptions import BotoCoreError, ClientError

    remove_entries([socket])
    with contextlib.suppress(BotoCoreError, ClientError):
        push_client().delete_connection(ConnectionId=socket.connection_id)
