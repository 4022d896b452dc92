"""Open sockets: store, close and forget them."""

from botocore.exceptions import BotoCoreError, ClientError

from chat.presence import push_presence
from chat.room_presence import push_left
from shared.access.caller import Caller
from shared.aws.clients import push_client
from shared.clock import now, timestamp
from shared.observability import log_failure
from shared.realtime.sockets import Connection, remove, remove_expired, sockets_of, store

# API Gateway closes a socket after two hours. If it reports no $disconnect, the item expires soon
# after that.
_LIFE = 2 * 3600 + 600


def remember(connection_id: str, caller: Caller, protocol: str | None = None) -> list[Connection]:
    """Store a socket that was opened; return the user's others, oldest first."""
    store(
        Connection(
            connection_id,
            user_id=caller.user_id,
            username=caller.username,
            session_id=caller.session_id,
            protocol=protocol,
            connected_at=timestamp(),
            expires_at=int(now()) + _LIFE,
        )
    )
    opened = remove_expired(caller.user_id)
    return [each for each in opened if each.connection_id != connection_id]


def forget(connection_id: str) -> None:
    """Delete a socket that is closed; the call that deletes it pushes `user_left` and `presence` to
    those who could see its user."""
    socket = remove(connection_id)
    if socket is None:
        return
    try:
        push_left(socket, socket.room_id)
        if not sockets_of(socket.user_id):
            push_presence(socket.user_id, is_online=False)
    except Exception:  # noqa: BLE001  # the push is best effort; the socket is closed anyway
        log_failure("leaving was not pushed")


def close(connection_id: str) -> None:
    """Close a socket from our side and forget it, even if API Gateway no longer knows it."""
    try:
        push_client().delete_connection(ConnectionId=connection_id)
    except ClientError as error:
        if error.response["Error"]["Code"] != "GoneException":
            log_failure("closing failed")
    except BotoCoreError:
        log_failure("closing failed")
    forget(connection_id)
