"""Open sockets: open, close and forget them, and post to them."""

from botocore.exceptions import BotoCoreError, ClientError

from chat.presence import push_presence
from chat.room_presence import push_left
from shared.access.caller import Caller
from shared.access.rate_limits import admit, user_budget
from shared.aws.clients import push_client
from shared.clock import now, timestamp
from shared.config import config
from shared.errors import EmailNotVerified
from shared.observability import log_failure
from shared.realtime.sockets import Connection, remove, remove_expired, sockets_of, store

# API Gateway closes a socket after two hours. If it reports no $disconnect, the item expires soon
# after that.
_LIFE = 2 * 3600 + 600


def open_socket(connection_id: str, caller: Caller, protocol: str | None) -> None:
    """Store a socket of `caller` if they may have one now, and close their oldest ones if there are
    too many.

    Raises `ConditionFailed` if it is stored already.
    """
    if caller.scope != "full":
        raise EmailNotVerified
    admit(user_budget(caller.user_id), caller.session_id)
    remember(connection_id, caller, protocol)
    try:
        opened = remove_expired(caller.user_id)
        others = [each for each in opened if each.connection_id != connection_id]
        excess = len(others) + 1 - config.limits.ws_max_sockets
        for socket in others[: max(0, excess)]:
            close(socket.connection_id)
    except Exception:  # which refuses the socket: no $disconnect would follow
        remove(connection_id)
        raise
    if not others:
        _push_online(caller)


def _push_online(caller: Caller) -> None:
    try:
        push_presence(caller.user_id, is_online=True)
    except Exception:  # noqa: BLE001  # the push is best effort; the socket is open anyway
        log_failure("presence was not pushed")


def remember(connection_id: str, caller: Caller, protocol: str | None = None) -> None:
    """Store a socket that was opened."""
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


def post(connection_id: str, text: str) -> bool:
    """Send a text that is no frame; return whether the gateway knows the socket. Raises what else
    fails."""
    try:
        push_client().post_to_connection(ConnectionId=connection_id, Data=text.encode())
    except ClientError as error:
        if error.response["Error"]["Code"] != "GoneException":
            raise
        return False
    return True


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
