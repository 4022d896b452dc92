"""The sockets that are open: remembering, closing and forgetting them."""

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws import push_client
from shared.caller import Caller
from shared.clock import now, timestamp
from shared.observability import log_failure
from shared.realtime import Connection
from shared.tables import write_items

# API Gateway ends a socket after two hours; what it does not tell us of is swept soon after.
_LIFE = 2 * 3600 + 600


def remember(connection_id: str, caller: Caller) -> None:
    """A socket was opened."""
    Connection(
        connection_id,
        user_id=caller.user_id,
        username=caller.username,
        session_id=caller.session_id,
        connected_at=timestamp(),
        expires_at=int(now()) + _LIFE,
    ).create()


def forget(connection_id: str) -> None:
    """A socket is gone."""
    write_items(deletes=[Connection(connection_id)])


def close(connection_id: str) -> None:
    """End a socket from our side; one that is gone already is only forgotten."""
    try:
        push_client().delete_connection(ConnectionId=connection_id)
    except ClientError as error:
        if error.response["Error"]["Code"] != "GoneException":
            log_failure("closing failed")
    except BotoCoreError:
        log_failure("closing failed")
    forget(connection_id)
